"""The timetable as a grid of booths by slots, with the organisers' decisions (排定表).

INVARIANTS
- Made of booth sheets and route slips, so that every posting passed the gate and every name is masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher.domain.event_terms import OverrideKind
from matcher.domain.record_terms import ShortlistState
from matcher.services.fairs.views import booth_sheets, moment, route_slips, wall_board
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession


@dataclass(frozen=True, slots=True)
class Cell:
    """A meeting in the grid. pinned: an organiser wanted it; reasons: for the person, employer_reasons: for the booth."""

    worker_id: str
    number: int | None
    name: str
    posting_id: str
    title: str
    slot: int
    rank: int
    reasons: tuple[str, ...]
    employer_reasons: tuple[str, ...]
    state: ShortlistState
    pinned: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """A booth and its slots, one tuple of meetings each. postings: (id, title) that may be shown there now."""

    booth_id: int
    booth_no: str
    employer: str
    tables: int
    postings: tuple[tuple[str, str], ...]
    slots: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What an organiser decided of a pair. title: "" where the posting may not be shown now; kept: the plan obeys it."""

    kind: OverrideKind
    name: str
    title: str
    slot: int | None
    reason: str
    decided_by: str
    decided_at: datetime
    kept: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """The timetable. people: who has a meeting. current: nothing was decided or set up since it was planned.

    certified: two ways of working out the bound agree on it.
    """

    times: tuple[datetime, ...]
    rows: tuple[GridRow, ...]
    decisions: tuple[Decision, ...]
    people: int
    meetings: int
    current: bool
    certified: bool


def timetable_grid(session: StoreSession, event_id: int) -> Grid:
    """The timetable as it stands now. Raises NotFound."""
    event = EventRepository(session).get(event_id)
    overrides = EventRepository(session).overrides(event_id)
    pins = {(one.worker_id, one.posting_id) for one in overrides if one.kind is OverrideKind.PIN}
    slips, board = route_slips(session, event_id), wall_board(session, event_id)
    why = {(slip.worker_id, stop.posting_id): stop.reasons for slip in slips for stop in slip.stops}
    rows = []
    for sheet in booth_sheets(session, event_id):
        slots: list[list[Cell]] = [[] for _ in range(event.slots or 0)]
        for line in sheet.lines:
            key = line.worker_id, line.posting_id
            slots[line.slot].append(
                Cell(
                    line.worker_id, line.number, line.name, line.posting_id, line.title, line.slot, line.rank,
                    why.get(key, ()), line.reasons, line.state, key in pins,
                )
            )  # fmt: skip
        postings = tuple((one.posting_id, one.title) for one in board if one.booth_no == sheet.booth_no)
        rows.append(
            GridRow(sheet.booth_id, sheet.booth_no, sheet.employer, sheet.tables, postings, tuple(map(tuple, slots)))
        )
    return Grid(
        times=tuple(moment(event, slot) for slot in range(event.slots or 0)),
        rows=tuple(rows),
        decisions=_decisions(session, event_id, {one.posting_id: one.title for one in board}),
        people=len(slips),
        meetings=sum(len(slip.stops) for slip in slips),
        current=event.certificate is not None,
        certified=bool((event.certificate or {}).get("certified")),
    )


def _decisions(session: StoreSession, event_id: int, titles: dict[str, str]) -> tuple[Decision, ...]:
    """The latest decision of each pair, the newest first."""
    repository, people = EventRepository(session), WorkerRepository(session)
    at = {(row.worker_id, row.posting_id): row.slot for row in ShortlistRepository(session).meetings(event_id)}
    return tuple(
        Decision(
            row.kind, people.masked_identity(row.worker_id).name, titles.get(row.posting_id, ""), row.slot,
            row.reason or "", row.decided_by, row.decided_at,
            _kept(row.kind, row.slot, (row.worker_id, row.posting_id), at),
        )
        for row in sorted(repository.overrides(event_id), key=lambda row: row.id, reverse=True)
    )  # fmt: skip


def _kept(
    kind: OverrideKind, slot: int | None, pair: tuple[str, str], at: dict[tuple[str, str], int | None]
) -> bool:
    """Whether the timetable does what was decided."""
    if kind is OverrideKind.BAN:
        return pair not in at
    return pair in at and slot in (None, at[pair])
