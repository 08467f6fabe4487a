"""The ways by which postings leave at a fair, as functions of a small office."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from matcher.domain.event_terms import EventState
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import Channel, EventType
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.ranking.rule_scorer import RuleScorer
from matcher.regions.pack import Office
from matcher.services.fairs import inviting, printing
from matcher.services.fairs.arriving import check_in_person
from matcher.services.fairs.timetable_view import timetable_grid
from matcher.services.fairs.views import booth_sheets, route_slips, wall_board
from matcher.services.fairs.walk_ins import suggest
from matcher.store.repositories.employers import employer_id_for
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.tables.events import EventRow
from tests.gate_world import GateWorld
from tests.push_world import posting_id, worker_id

OFFICE = Office("样例县就业服务中心", "0312-0000000")


def fair_sheets(world: GateWorld) -> None:
    event_id = _fair(world)
    with world.database.reading() as session:
        sheets = booth_sheets(session, event_id)
    world.leaves(*(line.posting_id for sheet in sheets for line in sheet.lines))


def fair_timetable(world: GateWorld) -> None:
    """The grid that the organiser plans in: its meetings, and what may be chosen at a booth."""
    event_id = _fair(world)
    with world.database.reading() as session:
        rows = timetable_grid(session, event_id).rows
    world.leaves(*(cell.posting_id for row in rows for cells in row.slots for cell in cells))
    world.leaves(*(posting for row in rows for posting, _ in row.postings))


def fair_slips(world: GateWorld) -> None:
    event_id = _fair(world)
    with world.database.reading() as session:
        slips = route_slips(session, event_id)
    world.leaves(*(stop.posting_id for slip in slips for stop in slip.stops))


def fair_board(world: GateWorld) -> None:
    event_id = _fair(world)
    with world.database.reading() as session:
        lines = wall_board(session, event_id)
    world.leaves(*(line.posting_id for line in lines))


def fair_check_in(world: GateWorld) -> None:
    """The way that is shown at the door."""
    event_id = _fair(world)
    try:
        done = check_in_person(world.database, event_id, worker_id(0), actor="样例甲")
    except (Conflict, NotFound):
        return
    world.leaves(*(stop.posting_id for stop in done.slip.stops) if done.slip else ())


def fair_walk_in(world: GateWorld) -> None:
    event_id = _fair(world)
    with world.database.reading() as session:
        found = suggest(session, event_id, worker_id(1), RuleScorer())
    world.leaves(*(one.posting_id for one in found))


def fair_print(world: GateWorld) -> None:
    """The sheets leave when the page is set."""
    event_id = _fair(world)
    seen: list[str] = []

    def looked_at(session: Any, event: int) -> Any:
        sheets = booth_sheets(session, event)
        seen.extend(line.posting_id for sheet in sheets for line in sheet.lines)
        return sheets

    def set_page(*_: object, **__: object) -> bytes:
        world.leaves(*seen)
        return b"%PDF"

    with patch.object(printing, "booth_sheets", looked_at), patch.object(printing, "booth_pages", set_page):
        try:
            printing.print_pack(world.database, event_id, printing.PrintKind.BOOTHS, office=OFFICE)
        except (InvalidInput, NotFound):
            return


def fair_invitations(world: GateWorld) -> None:
    """An invitation waits from one question to the next; then it is handed over."""
    event_id = _fair(world)
    number = world.kept.setdefault("invitations", 0)
    if number:
        told: list[str] = []

        def text(event: EventRow, row: Any, *_: object) -> str:
            told.append(row.posting_id)
            return "样例"

        with (
            patch.object(inviting, "invitation_text", text),
            patch.object(inviting, "_write", lambda out, rows: world.leaves(*told)),
        ):
            inviting.hand_over_invitations(
                world.database, world.folder / "fair.csv", office=OFFICE, reason="样例", actor="样例甲"
            )
    with world.database.writing("样例甲") as session:
        payload = json.dumps({"event_id": event_id, "worker_id": worker_id(0)})
        OutboxRepository(session).put(
            f"fair:{event_id}:{number}", payload, batch_id=None, channel=Channel.SMS, topic=inviting.FAIR_TOPIC
        )
    world.kept["invitations"] = number + 1


def _fair(world: GateWorld) -> int:
    """One planned fair of the history, with the postings that are known when it is first asked for."""
    if "fair" not in world.kept:
        with world.database.writing("样例甲") as session:
            event = EventRepository(session).add(
                EventRow(
                    name="样例专场", type=EventType.SPECIAL_FAIR, starts_at=world.clock.at + timedelta(days=30),
                    state=EventState.DRAFT, slots=6, slot_minutes=10,
                )
            )  # fmt: skip
            people, by_employer = ShortlistRepository(session), dict[str, list[int]]()
            for key, known in sorted(world.known.items()):
                by_employer.setdefault(known.employer, []).append(key)
            for number, (name, keys) in enumerate(by_employer.items()):
                ids = [posting_id(key) for key in keys]
                booth = EventRepository(session).add_booth(event, str(number + 1), employer_id_for(name), ids, 1)
                for rank, one in enumerate(ids, start=1):
                    people.add(
                        event.id, worker_id=worker_id(0), posting_id=one, booth_id=booth.id,
                        slot=number + rank, rank=rank, reasons=[["fits", "条件相符"]],
                        state=ShortlistState.PLANNED,
                    )  # fmt: skip
            people.add_invitee(event.id, worker_id(0), number=1, wave=1, arrive_at=event.starts_at)
            event.state = EventState.PLANNED
            world.kept["fair"] = event.id
    found: int = world.kept["fair"]
    return found


FAIR_CHANNELS: dict[str, Callable[[GateWorld], None]] = {
    "fair booth sheets": fair_sheets,
    "fair timetable": fair_timetable,
    "fair route slips": fair_slips,
    "fair wall board": fair_board,
    "fair check-in": fair_check_in,
    "fair walk-in": fair_walk_in,
    "fair print": fair_print,
    "fair invitations": fair_invitations,
}
FAIR_MODULES = {
    "matcher.services.fairs.inviting": "fair invitations",
    "matcher.services.fairs.views": "fair booth sheets, fair timetable, fair route slips, fair wall board, fair check-in, fair print",
    "matcher.services.fairs.walk_ins": "fair walk-in",
}
FAIR_INSIDE = {
    "matcher.services.fairs.carrying": "a copy for a laptop, where every output passes the gate again",
    "matcher.services.fairs.opening": "puts postings at a booth; views check again",
    "matcher.services.fairs.planning": "writes a timetable in the transaction that clears it; views check again",
    "matcher.services.fairs.suggesting": "names employers to the organiser, read live in the same transaction",
}
