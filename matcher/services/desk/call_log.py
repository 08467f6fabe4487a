"""Writing down a call in one go: the line of the queue, the answers to pushes, the next day (通话登记).

INVARIANTS
- Everything of one call is one transaction: the queue never says done while the answers are lost.
- 拒绝 is the caseworker's record and needs a note; nothing else on the form becomes one.
- Whoever was not reached has said nothing: only the try is noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher.delivery.states import Actor
from matcher.domain.labelled import Labelled
from matcher.domain.outcome_terms import QueueKind
from matcher.domain.service_terms import (
    Channel,
    FollowUpKind,
    FollowUpMode,
    PushState,
    ResponseReason,
    ServiceKind,
)
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.pack import RegionPack
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.care.follow_up_queue import LONGEST_NOTE, TRY_AGAIN, Contact, write_contact
from matcher.services.care.push_answering import Answer, answer_push
from matcher.services.sending.push_moves import deliver_push, move_push
from matcher.services.sending.push_receipts import eligible_now
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import Database
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.service_records import ServiceRecordRepository
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import FollowUpRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

OWN_ACCOUNT = "desk"
"""`source` of a contact that settles no line of the queue."""

_NOT_ARRIVED = (PushState.PENDING, PushState.SENT, PushState.FAILED)


class Said(Labelled):
    """What the person said of one posting on the phone (答复)."""

    TOLD = "told", "已告知，再想想"
    INTERESTED = "interested", "想去"
    UNSUITABLE = "unsuitable", "不合适"
    REFUSED = "refused", "拒绝"


@dataclass(frozen=True, slots=True)
class PushSaid:
    """What was said of one push. reason: of 不合适."""

    push_id: int
    said: Said
    reason: ResponseReason | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a caseworker enters it.

    kind: the line of the queue that it settles, None for a call on the caseworker's own account.
    service: what was given beside. next_at: when to get in touch again.
    """

    worker_id: str
    mode: FollowUpMode = FollowUpMode.PHONE
    reached: bool = True
    kind: QueueKind | None = None
    answers: tuple[PushSaid, ...] = ()
    note: str = ""
    service: ServiceKind | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """What a call did. next_at: when the next contact is due; told: what the person is to be told, one line each."""

    next_at: datetime | None
    told: tuple[str, ...] = ()


def log_call(
    database: Database, pack: RegionPack, office: PushOffice, sight: Sight, call: Call, *, actor: str
) -> Logged:
    """Write a call down, all of it or nothing.

    Raises NotFound for a person out of sight or a push of somebody else, InvalidInput for a refusal without a
    note, Conflict when the line of the queue is settled already.
    """
    if not call.reached and call.answers:
        raise InvalidInput("没有接通，不能登记答复")
    with database.writing(actor) as session:
        require_worker(session, sight, call.worker_id)
        next_at = _contact(session, pack, call)
        pushes = _pushes(session, call)
        told = [_answer(session, pushes[one.push_id], one, call, office) for one in call.answers]
        return Logged(next_at, tuple(line for line in told if line))


def _contact(session: StoreSession, pack: RegionPack, call: Call) -> datetime | None:
    if call.kind is not None:
        contact = Contact(
            call.worker_id, call.kind, call.mode, call.reached, call.note, call.service, call.next_at
        )
        return write_contact(session, pack, contact)
    now = session.now()
    if len(call.note) > LONGEST_NOTE:
        raise InvalidInput(f"通话记录最多 {LONGEST_NOTE} 个字，现在 {len(call.note)} 个；请写短一些")
    if call.next_at is not None and call.next_at <= now:
        raise InvalidInput("下次联系时间要在现在之后；请重新选日期")
    next_at = call.next_at or (None if call.reached else now + TRY_AGAIN)
    note = call.note if call.reached else f"没有接通 {call.note}".strip()
    session.add(
        FollowUpRow(
            source=OWN_ACCOUNT,
            worker_id=call.worker_id,
            kind=FollowUpKind.PUSH,
            mode=call.mode,
            due_at=now,
            done_at=now,
            done_by=session.actor,
            result=note or None,
            next_due_at=next_at,
        )
    )
    if next_at is not None:
        FollowUpRepository(session).schedule(call.worker_id, FollowUpKind.PUSH, next_at, note=call.note)
    if call.reached:
        session.get_one(WorkerRow, call.worker_id).last_contact_at = now
        if call.service is not None:
            ServiceRecordRepository(session).add(call.worker_id, call.service, note=call.note or None)
    return next_at


def _pushes(session: StoreSession, call: Call) -> dict[int, PushRow]:
    found = PushRepository(session).get_many([one.push_id for one in call.answers])
    if any(one.push_id not in found or found[one.push_id].worker_id != call.worker_id for one in call.answers):
        raise NotFound("没有这条推送，或不是推给这个人的")
    return found


def _answer(
    session: StoreSession, push: PushRow, said: PushSaid, call: Call, office: PushOffice
) -> str:
    """Write one answer down; returns what the person is to be told, "" for nothing."""
    if push.state is PushState.VOID:
        raise Conflict("这条推送已作废，不能登记答复；请刷新")
    if push.state in _NOT_ARRIVED:
        _arrived(session, push, office)
    if said.said is Said.TOLD:
        return ""
    if said.said is Said.REFUSED:
        move_push(session, push, PushState.DECLINED, Actor.CASEWORKER, via=Channel.PHONE, note=call.note)
        push.confirmed_by, push.responded_at, push.contested_at = session.actor, session.now(), None
        session.flush()
        return "已记为拒绝；请告诉本人：对这条记录有异议可以提出，会重新核实"
    to = PushState.INTERESTED if said.said is Said.INTERESTED else PushState.UNSUITABLE
    answer = Answer(to, Actor.CASEWORKER, Channel.PHONE, said.reason, note=call.note or None)
    return answer_push(session, push, answer, office).instead


def _arrived(session: StoreSession, push: PushRow, office: PushOffice) -> None:
    """Told on the phone: that is delivery, and a recommendation given."""
    fits = eligible_now(session, [push], office)
    deliver_push(
        session,
        push,
        Actor.CASEWORKER,
        eligible=fits.get(push.posting_id),
        repeat_days=office.terms.repeat_days,
        via=Channel.PHONE,
        reason="通话中告知",
    )
    ServiceRecordRepository(session).add(
        push.worker_id, ServiceKind.RECOMMENDATION, posting_id=push.posting_id, push_id=push.id
    )

