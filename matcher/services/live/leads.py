"""Viewers who want a posting: taken down once, masked, given to a caller with a clock (直播线索).

INVARIANTS
- One phone, posting and livestream make one lead, however often and in whatever spelling it comes.
- A phone whose owner is not the viewer is marked and linked to nobody: the owner is asked first.
- Nobody sees a whole phone but by `reveal_lead`, which leaves an audit entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from matcher.domain.event_terms import LeadState
from matcher.domain.masking import mask_phone
from matcher.domain.worker_terms import PhoneOwner
from matcher.errors import Conflict, InvalidInput
from matcher.services.live.lead_lines import AskBack, WrittenLead, read_leads
from matcher.services.live.plain import plain_values
from matcher.services.live.sessions import CALLERS
from matcher.services.live.signalling import LEADS
from matcher.store.database import Database
from matcher.store.identity import PHONE
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.live import LiveLeadRow
from matcher.store.tables.people import WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow

CALL_WITHIN = timedelta(minutes=30)

_NEXT: dict[LeadState, frozenset[LeadState]] = {
    LeadState.NEW: frozenset(LeadState) - {LeadState.NEW, LeadState.DAY_7},
    LeadState.NOT_REACHED: frozenset(LeadState) - {LeadState.NEW, LeadState.DAY_7},
    LeadState.REACHED: frozenset(
        {LeadState.INTERVIEW, LeadState.STARTED, LeadState.NOT_INTERESTED, LeadState.WRONG_NUMBER}
    ),
    LeadState.INTERVIEW: frozenset({LeadState.STARTED, LeadState.NOT_INTERESTED}),
    LeadState.STARTED: frozenset({LeadState.DAY_7}),
    LeadState.WRONG_NUMBER: frozenset({LeadState.REACHED}),
    LeadState.NOT_INTERESTED: frozenset({LeadState.REACHED, LeadState.INTERVIEW, LeadState.STARTED}),
    LeadState.DAY_7: frozenset(),
}


@dataclass(frozen=True, slots=True)
class LeadView:
    """One lead as staff see it. owner_known: True the viewer's own phone, False somebody else's, None not known.

    overdue: the call is due and nobody has tried yet. worker_id: whom the phone belongs to, where that is sure.
    """

    lead_id: int
    short_no: int
    phone: str
    question: str
    state: LeadState
    asked_at: datetime
    handed_to: str
    call_due_at: datetime | None
    first_call_at: datetime | None
    overdue: bool
    owner_known: bool | None
    worker_id: str | None

    @classmethod
    def of(cls, row: LiveLeadRow, now: datetime) -> LeadView:
        """From a row, the phone masked."""
        due = row.call_due_at
        return cls(
            row.id,
            row.short_no,
            mask_phone(row.phone),
            row.question or "",
            row.state,
            row.asked_at,
            row.handed_to or "",
            due,
            row.first_call_at,
            row.first_call_at is None and due is not None and due <= now,
            row.owner_known,
            row.worker_id,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return plain_values(self)


@dataclass(frozen=True, slots=True)
class LeadsTaken:
    """What became of a paste. new, repeated: leads, each once; ask_back: lines to ask about."""

    new: tuple[LeadView, ...]
    repeated: tuple[LeadView, ...]
    ask_back: tuple[AskBack, ...]


def take_leads(database: Database, event_id: int, paste: str, *, actor: str) -> LeadsTaken:
    """Take down what was pasted. Raises InvalidInput for a blank or overlong paste, NotFound for no such event."""
    read = read_leads(paste)
    with database.writing(actor) as session:
        repository = LiveRepository(session)
        event = repository.event(event_id, locked=True)
        known = {row.short_no for row in repository.items(event_id)}
        fits = [lead for lead in read.leads if lead.short_no in known]
        strange = [
            AskBack(lead.line, f"没有 {lead.short_no} 号岗位", mask_phone(lead.phone))
            for lead in read.leads
            if lead.short_no not in known
        ]
        new, repeated = _write(session, event, fits)
        return LeadsTaken(new, repeated, (*read.ask_back, *strange))


def _write(
    session: StoreSession, event: EventRow, leads: Sequence[WrittenLead]
) -> tuple[tuple[LeadView, ...], tuple[LeadView, ...]]:
    """Write each lead once, hand it to the next caller, and tell the consoles how many there are."""
    repository, now = LiveRepository(session), session.now()
    hashes = {lead.phone: session.keyring.lookup_hash(PHONE, lead.phone) for lead in leads}
    known = repository.known_leads(event.id, list(set(hashes.values())))
    callers = list((event.figures or {}).get(CALLERS, ()))
    turn = sum(repository.lead_counts(event.id).values())
    new: list[LeadView] = []
    repeated: dict[int, LeadView] = {}
    for lead in leads:
        key = (lead.short_no, hashes[lead.phone])
        if key in known:
            repeated[known[key].id] = LeadView.of(known[key], now)
            continue
        owner_known, worker_id = _owner(session, key[1], own=lead.own)
        known[key] = repository.add_lead(
            event_id=event.id,
            short_no=lead.short_no,
            phone=lead.phone,
            phone_hash=key[1],
            worker_id=worker_id,
            question=lead.question or None,
            handed_to=callers[turn % len(callers)] if callers else None,
            call_due_at=now + CALL_WITHIN,
            owner_known=owner_known,
        )
        turn += 1
        new.append(LeadView.of(known[key], now))
    if new:
        tell_counts(session, event.id)
    fresh = {view.lead_id for view in new}
    return tuple(new), tuple(view for one, view in repeated.items() if one not in fresh)


def tell_counts(session: StoreSession, event_id: int) -> None:
    """How many leads each posting has, to every console."""
    repository = LiveRepository(session)
    counts = repository.lead_counts(event_id)
    by_number = {str(number): count for number, count in sorted(counts.items())}
    repository.signal(event_id, LEADS, {"total": sum(counts.values()), "by_number": by_number})


def _owner(session: StoreSession, phone_hash: str, *, own: bool) -> tuple[bool | None, str | None]:
    """Whether the phone is the viewer's own, and who that is. Two people with one phone are nobody in particular."""
    if not own:
        return False, None
    query = (
        select(WorkerPhoneRow.worker_id, WorkerPhoneRow.owner)
        .join(WorkerRow, WorkerRow.worker_id == WorkerPhoneRow.worker_id)
        .where(WorkerPhoneRow.phone_hash == phone_hash, WorkerRow.withdrawn_at.is_(None))
    )
    found = session.execute(query).all()
    if not found:
        return None, None
    if len({worker_id for worker_id, _ in found}) > 1 or any(owner is not PhoneOwner.SELF for _, owner in found):
        return False, None
    return True, found[0][0]


def leads_of(session: StoreSession, event_id: int, *, only_due: bool = False) -> list[LeadView]:
    """Leads, those to be called first at the top; only_due: those that nobody has called yet."""
    repository = LiveRepository(session)
    repository.event(event_id)
    now = session.now()
    views = [LeadView.of(row, now) for row in repository.leads(event_id)]
    waiting = sorted(
        (one for one in views if one.first_call_at is None), key=lambda one: (one.call_due_at or now, one.lead_id)
    )
    called = [one for one in views if one.first_call_at is not None]
    return waiting if only_due else [*waiting, *called]


def move_lead(
    database: Database, event_id: int, lead_id: int, state: LeadState, *, own_phone: bool | None = None, actor: str
) -> LeadView:
    """What a call led to; the first one stops the clock. own_phone: whose phone it is, where the call told.

    The same state again changes nothing. Raises Conflict for a step that does not follow.
    """
    with database.writing(actor) as session:
        repository = LiveRepository(session)
        repository.event(event_id, locked=True)
        row = repository.lead(event_id, lead_id)
        if row.state is not state and state not in _NEXT[row.state]:
            raise Conflict(f"这条线索现在是“{row.state.label}”，不能改为“{state.label}”")
        row.first_call_at = row.first_call_at or session.now()
        row.state = state
        if own_phone is not None:
            row.owner_known = own_phone
        session.flush()
        return LeadView.of(row, session.now())


def next_states(state: LeadState) -> tuple[LeadState, ...]:
    """What a lead in a state may become, in the order of the list of states."""
    return tuple(one for one in LeadState if one in _NEXT[state])


def hand_lead(database: Database, event_id: int, lead_id: int, caller: str, *, actor: str) -> LeadView:
    """Give a lead to another caller; its clock goes on."""
    with database.writing(actor) as session:
        repository = LiveRepository(session)
        event = repository.event(event_id, locked=True)
        if caller not in (event.figures or {}).get(CALLERS, ()):
            raise InvalidInput("这个人不在本场的回电人员里；请先加进去")
        row = repository.lead(event_id, lead_id)
        row.handed_to = caller
        session.flush()
        return LeadView.of(row, session.now())


def reveal_lead(database: Database, event_id: int, lead_id: int, *, reason: str, actor: str) -> str:
    """The whole phone, to call it. reason: kept in the audit log. Raises InvalidInput without one."""
    if not reason.strip():
        raise InvalidInput("查看完整电话须写明用途")
    with database.writing(actor) as session:
        row = LiveRepository(session).lead(event_id, lead_id)
        AuditRepository(session).append(
            action="reveal_lead", entity="live_lead", entity_id=str(lead_id), reason=reason, actor=actor
        )
        return row.phone
