"""People who come without an invitation: matched at the door with what is free (现场来人)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.allocation.fairs.problem import MOST_BOOTHS
from matcher.domain.event_terms import CheckinVia, EventState
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.errors import Conflict
from matcher.ranking.score import Scorer
from matcher.services.fairs.arriving import CheckedIn, running
from matcher.services.fairs.pairing import booth_pairs, ordered, told
from matcher.services.fairs.seats import Seats, release_no_shows
from matcher.services.fairs.views import route_slips
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow

NO_CONSENT = "此人没有同意用于岗位匹配；请先说明并征得同意，或只计人数"
WALK_IN = "现场来人"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A booth worth going to now. slot: the next free one, from 0."""

    booth_id: int
    posting_id: str
    slot: int
    score: float
    reasons: tuple[tuple[str, str], ...]
    employer_reasons: tuple[tuple[str, str], ...]


def suggest(session: StoreSession, event_id: int, worker_id: str, scorer: Scorer) -> tuple[Suggestion, ...]:
    """At most three booths with a free table still to come, best first. Raises Conflict without a consent."""
    event = EventRepository(session).get(event_id)
    if worker_id not in WorkerRepository(session).active_ids([worker_id], ConsentPurpose.MATCHING):
        raise Conflict(NO_CONSENT)
    repository = EventRepository(session)
    shown = repository.shown(event_id)
    postings, booth_of = ordered(cleared(session, [one for ids in shown.values() for one in ids]), shown)
    if not postings:
        return ()
    person = WorkerRepository(session).get_many([worker_id])[worker_id]
    found = booth_pairs([person], postings, booth_of, scorer, session.now())
    met = {row.booth_id for row in ShortlistRepository(session).meetings(event_id, worker_id)}
    seats, taken = Seats(session, event), set[int]()
    chosen: list[tuple[int, int]] = []
    for row in (-found.score).argsort(kind="stable").tolist():
        booth_id = int(found.booth[row])
        free = [one for one in seats.open(booth_id, worker_id) if one not in taken]
        if booth_id not in met and free and len(chosen) < MOST_BOOTHS:
            taken.add(free[0])
            chosen.append((row, free[0]))
    lines = told(found, np.array([row for row, _ in chosen], np.int64), scorer)
    return tuple(
        Suggestion(
            int(found.booth[row]), postings[found.posting[row]].posting_id, slot, round(float(found.score[row]), 6),
            tuple((line.code, line.text) for line in mine), tuple((line.code, line.text) for line in theirs),
        )
        for (row, slot), (mine, theirs) in zip(chosen, lines, strict=True)
    )  # fmt: skip


def walk_in(database: Database, event_id: int, worker_id: str, scorer: Scorer, *, actor: str) -> CheckedIn:
    """Check in somebody who was not asked and find them meetings among the free places.

    Raises Conflict without a consent or when the fair is not on, NotFound for an unknown person.
    """
    with database.writing(actor) as session:
        event = running(session, event_id)
        people = ShortlistRepository(session)
        if not WorkerRepository(session).active_ids([worker_id], ConsentPurpose.MATCHING):
            raise Conflict(NO_CONSENT)
        _, new = people.check_in(event_id, worker_id, CheckinVia.NAME, walk_in=people.invitee(event_id, worker_id) is None)
        event.state = EventState.RUNNING
        if people.invitee(event_id, worker_id) is None:
            people.add_invitee(
                event_id, worker_id, number=people.next_number(event_id), channel=Channel.VISIT,
                delivery=PushState.DELIVERED, wave=0, reason=WALK_IN,
            )  # fmt: skip
        release_no_shows(session, event)
        if not any(row.state is ShortlistState.PLANNED for row in people.meetings(event_id, worker_id)):
            _seat(session, event, worker_id, scorer)
        slips = route_slips(session, event_id, [worker_id])
        invitee = people.invitee(event_id, worker_id)
        return CheckedIn(
            worker_id,
            invitee.spoken_no if invitee else None,
            WorkerRepository(session).masked_identity(worker_id).name,
            repeated=not new,
            slip=slips[0] if slips else None,
        )


def _seat(session: StoreSession, event: EventRow, worker_id: str, scorer: Scorer) -> None:
    people = ShortlistRepository(session)
    known = {row.posting_id for row in people.meetings(event.id, worker_id)}
    for one in suggest(session, event.id, worker_id, scorer):
        if one.posting_id in known:
            continue
        rank = 1 + sum(row.booth_id == one.booth_id for row in people.meetings(event.id))
        people.add(
            event.id, worker_id=worker_id, posting_id=one.posting_id, booth_id=one.booth_id, slot=one.slot,
            rank=rank, score=one.score, reasons=[list(line) for line in one.reasons],
            employer_reasons=[list(line) for line in one.employer_reasons], state=ShortlistState.PLANNED,
        )  # fmt: skip
