"""Results of a caseworker's calls, row by row (电话结果).

A caseworker's 拒绝 needs a note; everything else is the person's own word, written down for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.clock import local_date
from matcher.delivery.call_list import CallResult
from matcher.delivery.channels import Outcome, Receipt
from matcher.delivery.message import PushMessage
from matcher.delivery.replies import Reply, ReplyKind
from matcher.delivery.states import Actor
from matcher.domain.labelled import Labelled
from matcher.domain.outcome_terms import QueueKind
from matcher.domain.service_terms import Channel, FollowUpKind, FollowUpMode, PushState, ServiceKind
from matcher.errors import MatcherError
from matcher.services.care.follow_up_queue import TRY_AGAIN
from matcher.services.care.push_answering import CALL_WANTED, Answer, answer_push, owe_contact, pushes_of
from matcher.services.sending.push_moves import move_push
from matcher.services.sending.push_receipts import apply_receipt
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import Database
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.service_records import ServiceRecordRepository
from matcher.store.session import StoreSession
from matcher.store.tables.records import OutboxRow
from matcher.store.tables.workers import WorkerRow

NO_NOTE = "记录拒绝必须写明经过；请在“原因”列写上什么时候、怎么说的"
_ANSWERS = {ReplyKind.INTERESTED: PushState.INTERESTED, ReplyKind.UNSUITABLE: PushState.UNSUITABLE}


class CallFate(Labelled):
    """What became of one row of a call list (电话结果处理)."""

    RECORDED = "recorded", "已记录"
    REPEATED = "repeated", "重复"
    NOT_REACHED = "not_reached", "没有接通"
    TO_ASK_AGAIN = "to_ask_again", "结果没读懂，待再问"
    REFUSED = "refused", "记为拒绝"
    PROBLEM = "problem", "需要更正"


@dataclass(frozen=True, slots=True)
class CallRowResult:
    """What became of a row. text: what is wrong and how to put it right, or what the person is to be told."""

    row: int
    fate: CallFate
    text: str = ""


def record_call_results(
    database: Database, results: Iterable[CallResult], office: PushOffice, *, actor: str
) -> list[CallRowResult]:
    """Record calls one by one, each in a transaction of its own; a row that is wrong keeps no other out."""
    done = []
    for result in results:
        try:
            with database.writing(actor) as session:
                done.append(_record(session, result, office))
        except MatcherError as error:
            done.append(CallRowResult(result.row, CallFate.PROBLEM, error.message))
    return done


def _record(session: StoreSession, result: CallResult, office: PushOffice) -> CallRowResult:
    row = OutboxRepository(session).by_keys([result.message_id]).get(result.message_id)
    if row is None:
        return CallRowResult(result.row, CallFate.PROBLEM, "没有这个行编号；请用原电话清单填写，不要改行编号")
    message = PushMessage.from_json(row.payload)
    if result.reached is False:
        return _not_reached(session, message, result)
    if result.reached is None:
        new = owe_contact(
            session, message.worker_id, f"电话结果没读懂：{result.note}", key=f"call:{message.message_id}"
        )
        return CallRowResult(result.row, CallFate.TO_ASK_AGAIN if new else CallFate.REPEATED)
    if result.refused and not result.note.strip():
        return CallRowResult(result.row, CallFate.PROBLEM, NO_NOTE)
    _arrived(session, row, message, office)
    if result.refused:
        return _refused(session, message, result)
    return _answered(session, message, result, result.reply or Reply(ReplyKind.UNREAD), office)


def _arrived(session: StoreSession, row: OutboxRow, message: PushMessage, office: PushOffice) -> None:
    """The person was told on the phone: that is delivery, a contact, and a recommendation given."""
    if not apply_receipt(session, row, Receipt(message.message_id, Outcome.DELIVERED), office):
        return
    session.get_one(WorkerRow, message.worker_id).last_contact_at = session.now()
    for item in message.items:
        ServiceRecordRepository(session).add(
            message.worker_id,
            ServiceKind.RECOMMENDATION,
            posting_id=item.posting_id,
            push_id=item.push_id,
        )


def _answered(
    session: StoreSession, message: PushMessage, result: CallResult, reply: Reply, office: PushOffice
) -> CallRowResult:
    to = _ANSWERS.get(reply.kind)
    if to is None:
        note = (
            CALL_WANTED if reply.kind is ReplyKind.CALL_ME else f"通话时说：{result.note or reply.kind.label}"
        )
        new = owe_contact(session, message.worker_id, note, key=f"{reply.kind.value}:{message.message_id}")
        return CallRowResult(result.row, CallFate.TO_ASK_AGAIN if new else CallFate.REPEATED)
    answer = Answer(to, Actor.CASEWORKER, Channel.PHONE, reply.reason, note=result.note or None)
    taken = [answer_push(session, push, answer, office) for push in pushes_of(session, message, reply.items)]
    told = next((one.instead for one in taken if one.instead), "")
    changed = any(one.changed for one in taken)
    return CallRowResult(result.row, CallFate.RECORDED if changed or told else CallFate.REPEATED, told)


def _refused(session: StoreSession, message: PushMessage, result: CallResult) -> CallRowResult:
    pushes = pushes_of(session, message, [item.number for item in message.items])
    open_ones = [push for push in pushes if push.state not in (PushState.VOID, PushState.DECLINED)]
    for push in open_ones:
        move_push(session, push, PushState.DECLINED, Actor.CASEWORKER, via=Channel.PHONE, note=result.note)
        push.confirmed_by, push.responded_at = session.actor, session.now()
    session.flush()
    return CallRowResult(result.row, CallFate.REFUSED if open_ones else CallFate.REPEATED)


def _not_reached(session: StoreSession, message: PushMessage, result: CallResult) -> CallRowResult:
    """Noted as a try, once a day; the message stays on the next call list."""
    now = session.now()
    new = FollowUpRepository(session).note_done(
        message.worker_id,
        QueueKind.UNDELIVERED,
        FollowUpKind.PUSH,
        FollowUpMode.PHONE,
        key=f"{message.push_id}:{local_date(now)}",
        due_at=now,
        next_due_at=now + TRY_AGAIN,
        result=f"没有接通 {result.note}".strip(),
    )
    return CallRowResult(result.row, CallFate.NOT_REACHED if new else CallFate.REPEATED)
