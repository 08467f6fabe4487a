"""What a booth says of a meeting, and what is owed to the person after it (展位标记).

INVARIANTS
- A hiring is a statement of the employer's and goes where all outcomes go; interest alone is no outcome.
- Whoever was interested or hired is asked about it 3 and 30 days after, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from matcher.clock import local_date
from matcher.domain.event_terms import EventState
from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import Evidence, FollowUpKind, ResponseReason
from matcher.errors import Conflict, InvalidInput
from matcher.services.care.outcomes import Statement, record_outcome
from matcher.services.fairs.seats import release_no_shows
from matcher.store.database import Database
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow, ShortlistRow
from matcher.store.tables.outcomes import OutcomeRow

S = ShortlistState
MARKS = frozenset({S.MET, S.INTENT, S.INTERVIEW, S.HIRED, S.NO_FIT, S.ABSENT})
CHASED = frozenset({S.INTENT, S.INTERVIEW, S.HIRED})
CHASE = ((FollowUpKind.FAIR_DAY_3, 3), (FollowUpKind.FAIR_DAY_30, 30))


@dataclass(frozen=True, slots=True)
class Marked:
    """The state of the meeting now. notices: what the desk should know, in Chinese."""

    state: ShortlistState
    repeated: bool = False
    notices: tuple[str, ...] = ()


def mark_meeting(
    database: Database,
    event_id: int,
    worker_id: str,
    posting_id: str,
    state: ShortlistState,
    *,
    reason: ResponseReason | None = None,
    actor: str,
) -> Marked:
    """Note what came of a meeting; the same mark again changes nothing, another one corrects it.

    Raises InvalidInput for a state that is no mark or 不合适 without a reason, NotFound for a meeting that is not
    planned, Conflict for a fair that was called off or has not been planned, or a meeting that was given away.
    """
    if state not in MARKS:
        raise InvalidInput(f"展位只能标记：{'、'.join(one.label for one in S if one in MARKS)}")
    if (state is S.NO_FIT) != (reason is not None):
        raise InvalidInput("“不合适”要选一个原因，其他标记不填原因")
    with database.writing(actor) as session:
        event = EventRepository(session).get(event_id, locked=True)
        if event.state in (EventState.DRAFT, EventState.CANCELLED):
            raise Conflict(f"“{event.name}”{event.state.label}，不能登记洽谈结果")
        row = ShortlistRepository(session).meeting(event_id, worker_id, posting_id)
        if row.state is S.RELEASED:
            raise Conflict("这个洽谈已经让出；人来了请先签到")
        if row.state is state and row.mark_reason is reason:
            return Marked(state, repeated=True)
        was_hired = row.state is S.HIRED
        row.state, row.mark_reason = state, reason
        row.marked_at, row.marked_by = session.now(), session.actor
        return Marked(state, notices=what_follows(session, event, row, was_hired=was_hired))


def what_follows(session: StoreSession, event: EventRow, row: ShortlistRow, *, was_hired: bool) -> tuple[str, ...]:
    """Outcome and contacts that a mark brings with it; safe to repeat. Returns notices."""
    notices: tuple[str, ...] = ()
    if row.state is S.HIRED or was_hired:
        day = local_date(row.marked_at or session.now())
        hired = row.state is S.HIRED
        said = Statement(
            row.worker_id, OutcomeFact.HIRED, hired, Evidence.EMPLOYER, posting_id=row.posting_id, on=day if hired else None
        )
        done = record_outcome(session, said)
        session.get_one(OutcomeRow, done.outcome_id).event_id = event.id
        notices = done.notices
    if row.state in CHASED:
        for kind, days in CHASE:
            FollowUpRepository(session).schedule_once(
                row.worker_id, kind, event.starts_at + timedelta(days=days),
                note=f"“{event.name}”上{row.state.label}，问一问后来怎样",
                key=f"fair:{event.id}:{row.worker_id}:{days}",
            )  # fmt: skip
    session.flush()
    return notices


def give_away_no_shows(database: Database, event_id: int, *, actor: str) -> int:
    """Free the places of people who did not come; returns how many places are free now."""
    with database.writing(actor) as session:
        event = EventRepository(session).require_open(event_id)
        if event.state is EventState.DRAFT:
            raise Conflict("招聘会还没有排定")
        return release_no_shows(session, event)


def close_fair(database: Database, event_id: int, *, actor: str) -> int:
    """The fair is over; meetings that never came about are noted as missed. Returns how many.

    Raises Conflict before its time or when it is over already.
    """
    with database.writing(actor) as session:
        event = EventRepository(session).require_open(event_id)
        if event.starts_at > session.now():
            raise Conflict("招聘会还没有开始；不办了请用取消")
        rows = [row for row in ShortlistRepository(session).meetings(event_id) if row.state is S.PLANNED]
        for row in rows:
            row.state = S.ABSENT
        event.state = EventState.CLOSED
        return len(rows)
