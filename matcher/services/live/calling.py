"""Calling the leads of livestreams back, off the air (线索回电).

INVARIANTS
- A caller sees the leads that are theirs, and of others only those that nobody has or nobody called in time.
- The question and the whole phone of a lead are open to whoever holds it; the phone by a logged reading alone.
- A lead that may not be seen is answered like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from matcher.delivery.renderings import Notice, Sign
from matcher.domain.event_terms import EventState, LeadState
from matcher.domain.service_terms import EventType
from matcher.errors import Conflict, NotFound
from matcher.services.accounts.objects import staff_region_covers
from matcher.services.accounts.sight import region_digits, visible_workers
from matcher.services.accounts.staff import Staff
from matcher.services.live.leads import LeadView, move_lead, next_states, reveal_lead
from matcher.services.renderings import notices_of
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.live import LiveItemRow, LiveLeadRow
from matcher.store.tables.workers import WorkerRow

TAKEN_FOR = timedelta(minutes=10)
"""Whoever takes a lead over has it to themselves for so long; how late the call was is counted from the asking."""

NO_SUCH_LEAD = "没有这条线索，或者已经由别人跟进"
_DONE = (LeadState.DAY_7, LeadState.WRONG_NUMBER, LeadState.NOT_INTERESTED)


@dataclass(frozen=True, slots=True)
class Call:
    """One lead to call. job: None when the posting may not be shown any more. minutes_left: negative when late.

    lead: its worker_id is None unless the caller may open that person's file; its question is "" unless it is theirs.
    """

    lead: LeadView
    event_id: int
    event_name: str
    job: Notice | None
    mine: bool
    minutes_left: int | None
    steps: tuple[LeadState, ...]


@dataclass(frozen=True, slots=True)
class Calls:
    """waiting: nobody has called yet, the longest overdue first. following: one's own that go on."""

    waiting: tuple[Call, ...]
    following: tuple[Call, ...]


def calls_of(session: StoreSession, sign: Sign, staff: Staff) -> Calls:
    """The leads that somebody has to call, or may take over."""
    found = [(row, event) for row, event in _open_leads(session) if _may_see(session, staff, row, event)]
    jobs = _jobs(session, sign, [row for row, _ in found])
    people = _people(session, staff, [row.worker_id for row, _ in found if row.worker_id])
    calls = [_call(session, staff, row, event, jobs, people) for row, event in found]
    waiting = sorted(
        (one for one in calls if one.lead.first_call_at is None),
        key=lambda one: (one.lead.call_due_at or one.lead.asked_at, one.lead.lead_id),
    )
    return Calls(tuple(waiting), tuple(one for one in calls if one.lead.first_call_at is not None))


def claim_lead(database: Database, staff: Staff, lead_id: int) -> None:
    """Take a lead over; one's own stays one's own. Raises NotFound, and Conflict when somebody called it already."""
    with database.writing(staff.login) as session:
        row, event = _seen(session, staff, lead_id)
        LiveRepository(session).event(event.id, locked=True)
        session.refresh(row)
        if _holds(staff, row):
            return
        if not _to_be_had(session, row):
            raise Conflict("这条线索刚被别人接走了")
        row.handed_to = staff.login
        row.call_due_at = max(row.call_due_at or row.asked_at, session.now() + TAKEN_FOR)


def reveal_claimed(database: Database, staff: Staff, lead_id: int, reason: str) -> str:
    """The whole phone of one's own lead; the reading is an entry of the audit log. Raises NotFound, InvalidInput."""
    return reveal_lead(database, _held(database, staff, lead_id), lead_id, reason=reason.strip(), actor=staff.login)


def log_lead_call(
    database: Database, staff: Staff, lead_id: int, state: LeadState, *, own_phone: bool | None = None
) -> LeadView:
    """What the call of one's own lead led to. Raises NotFound, Conflict for a step that does not follow."""
    event_id = _held(database, staff, lead_id)
    return move_lead(database, event_id, lead_id, state, own_phone=own_phone, actor=staff.login)


def _open_leads(session: StoreSession) -> list[tuple[LiveLeadRow, EventRow]]:
    query = (
        select(LiveLeadRow, EventRow)
        .join(EventRow, EventRow.id == LiveLeadRow.event_id)
        .where(
            EventRow.type == EventType.LIVESTREAM,
            EventRow.state != EventState.CANCELLED,
            LiveLeadRow.state.not_in(_DONE),
        )
        .order_by(LiveLeadRow.id)
    )
    return [(row, event) for row, event in session.execute(query)]


def _holds(staff: Staff, row: LiveLeadRow) -> bool:
    """Whether a lead is theirs; run-sheets made on the command line name people, pages name logins."""
    return bool(row.handed_to) and row.handed_to in (staff.login, staff.name)


def _to_be_had(session: StoreSession, row: LiveLeadRow) -> bool:
    """Whether anybody may take it: nobody has it, or whoever has it let the time run out."""
    late = row.call_due_at is not None and row.call_due_at <= session.now()
    return row.first_call_at is None and (not row.handed_to or late)


def _may_see(session: StoreSession, staff: Staff, row: LiveLeadRow, event: EventRow) -> bool:
    return _holds(staff, row) or (_to_be_had(session, row) and _in_reach(staff, event))


def _in_reach(staff: Staff, event: EventRow) -> bool:
    """Whether the places of account and event lie in one another: a town's caseworker calls for the county."""
    if staff.region_code is None or event.region_code is None:
        return True
    inside = staff.region_code.startswith(region_digits(event.region_code))
    return inside or staff_region_covers(staff, event.region_code)


def _seen(session: StoreSession, staff: Staff, lead_id: int) -> tuple[LiveLeadRow, EventRow]:
    row = session.get(LiveLeadRow, lead_id)
    event = session.get(EventRow, row.event_id) if row is not None else None
    if row is None or event is None or not _may_see(session, staff, row, event):
        raise NotFound(NO_SUCH_LEAD)
    return row, event


def _held(database: Database, staff: Staff, lead_id: int) -> int:
    """The livestream of one's own lead."""
    with database.reading() as session:
        row, event = _seen(session, staff, lead_id)
        if not _holds(staff, row):
            raise NotFound(NO_SUCH_LEAD)
        return event.id


def _jobs(
    session: StoreSession, sign: Sign, rows: Sequence[LiveLeadRow]
) -> Mapping[tuple[int, int], Notice]:
    """(livestream, spoken number) → the posting, where it may be told."""
    events = {row.event_id for row in rows}
    items = session.scalars(select(LiveItemRow).where(LiveItemRow.event_id.in_(events))).all() if events else ()
    notices, _ = notices_of(session, sign, sorted({item.posting_id for item in items}), aired=True)
    return {
        (item.event_id, item.short_no): notices[item.posting_id] for item in items if item.posting_id in notices
    }


def _people(session: StoreSession, staff: Staff, worker_ids: Sequence[str]) -> frozenset[str]:
    """Those whose files they may open."""
    row = WorkerRow
    query = select(row.worker_id).where(row.worker_id.in_(worker_ids), visible_workers(staff.sight))
    return frozenset(session.scalars(query))


def _call(
    session: StoreSession,
    staff: Staff,
    row: LiveLeadRow,
    event: EventRow,
    jobs: Mapping[tuple[int, int], Notice],
    people: frozenset[str],
) -> Call:
    lead, mine = LeadView.of(row, session.now()), _holds(staff, row)
    left = row.call_due_at - session.now() if row.call_due_at is not None else None
    return Call(
        replace(
            lead,
            question=lead.question if mine else "",
            worker_id=lead.worker_id if mine and lead.worker_id in people else None,
        ),
        event.id,
        event.name,
        jobs.get((event.id, row.short_no)),
        mine,
        int(left.total_seconds() / 60) if left is not None else None,
        next_states(row.state) if mine else (),
    )
