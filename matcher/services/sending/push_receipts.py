"""What became of messages: from a channel at sending, from the operator or the gateway afterwards (回执)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from matcher.delivery.channels import Failure, Outcome, Receipt
from matcher.delivery.message import PushMessage
from matcher.delivery.states import Actor
from matcher.domain.record_terms import BatchState, OutboxState
from matcher.domain.service_terms import PushState
from matcher.services.sending.push_moves import deliver_push, move_push
from matcher.services.sending.push_terms import PushOffice, retry_delay
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.contacts import ContactRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import OutboxRow

_NOBODY_THERE = frozenset({Failure.WRONG_NUMBER, Failure.EMPTY_NUMBER})
STOPPED = "批次已叫停"
_GIVEN_UP = "多次没有送出，已放弃"
_NEVER_KNOWN = "多次试发，送达结果不明，已放弃"


@dataclass(slots=True)
class ReceiptsResult:
    """What receipts changed. repeated: said again what was known; unknown: for messages we never sent."""

    delivered: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    repeated: int = 0
    unknown: int = 0

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def record_receipts(
    database: Database,
    receipts: Sequence[Receipt],
    office: PushOffice,
    *,
    actor: str = SYSTEM_ACTOR,
) -> ReceiptsResult:
    """Take in receipts that came after sending; the same receipt again changes nothing.

    One transaction a message, so that one that is cut short loses nothing that was counted.
    """
    result = ReceiptsResult()
    for receipt in receipts:
        with database.writing(actor) as session:
            row = OutboxRepository(session).by_keys([receipt.message_id]).get(receipt.message_id)
            if row is None:
                result.unknown += 1
            elif receipt.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN) or not apply_receipt(
                session, row, receipt, office
            ):
                result.repeated += 1
            elif receipt.outcome is Outcome.DELIVERED:
                result.delivered += 1
            elif receipt.outcome is Outcome.FAILED:
                result.failed[reason_of(receipt)] += 1
            else:
                result.sent += 1
    return result


def apply_receipt(
    session: StoreSession,
    row: OutboxRow,
    receipt: Receipt,
    office: PushOffice,
    *,
    asks_again_in: timedelta | None = None,
) -> bool:
    """Bring a message and its pushes to what the receipt says; False when that changes nothing.

    asks_again_in: the channel is worked by a person, so "not yet" is no failed attempt.
    """
    if row.state is OutboxState.CANCELLED:
        return False
    if receipt.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN):
        return row.state is OutboxState.PENDING and _not_gone(session, row, receipt, office, asks_again_in)
    pushes = _pushes(session, row)
    if receipt.outcome is Outcome.FAILED:
        return _failed(session, row, pushes, receipt)
    if receipt.outcome is Outcome.DELIVERED:
        changed = _delivered(session, row, pushes, office)
    else:
        changed = _sent(session, row, pushes)
    if row.state is OutboxState.PENDING or (changed and row.state is OutboxState.DEAD):
        OutboxRepository(session).close(row, OutboxState.SENT)
        return True
    return changed


def reason_of(receipt: Receipt) -> str:
    """Why a message failed, in a few words."""
    return receipt.failure.label if receipt.failure else receipt.note or Failure.OTHER.label


def _pushes(session: StoreSession, row: OutboxRow) -> list[PushRow]:
    message = PushMessage.from_json(row.payload)
    return list(PushRepository(session).get_many(item.push_id for item in message.items).values())


def _sent(session: StoreSession, row: OutboxRow, pushes: Sequence[PushRow]) -> bool:
    moved = [
        move_push(session, push, PushState.SENT, Actor.SYSTEM, via=row.channel)
        for push in pushes
        if push.state is PushState.PENDING
    ]
    return any(moved)


def _delivered(
    session: StoreSession, row: OutboxRow, pushes: Sequence[PushRow], office: PushOffice
) -> bool:
    """Whoever answered, read or refused already was reached before: their push stays as it is."""
    reached = [p for p in pushes if p.state in (PushState.PENDING, PushState.SENT, PushState.FAILED)]
    if row.batch_id is not None:
        office = office.of_batch(PushBatchRepository(session).get(row.batch_id).policy)
    fits = eligible_now(session, reached, office)
    for push in reached:
        deliver_push(
            session,
            push,
            Actor.SYSTEM,
            eligible=fits.get(push.posting_id),
            repeat_days=office.terms.repeat_days,
            via=row.channel,
        )
    return bool(reached)


def eligible_now(session: StoreSession, pushes: Sequence[PushRow], office: PushOffice) -> dict[str, bool]:
    """Posting → whether the one person of these pushes may be offered it at this moment."""
    if not pushes:
        return {}
    worker_id = pushes[0].worker_id
    worker = WorkerRepository(session).get_many([worker_id])[worker_id]
    postings = PostingRepository(session).get_many([push.posting_id for push in pushes])
    verdicts = office.judge.eligible(worker, list(postings.values()), session.now())
    return dict(zip(postings, verdicts, strict=True))


def _failed(session: StoreSession, row: OutboxRow, pushes: Sequence[PushRow], receipt: Receipt) -> bool:
    reason = reason_of(receipt)
    changed = fail_pushes(session, row, pushes, reason)
    if changed and receipt.failure in _NOBODY_THERE:
        ContactRepository(session).phone_is_wrong(pushes[0].worker_id)
    if row.state is OutboxState.PENDING:
        OutboxRepository(session).close(row, OutboxState.DEAD, failure=reason)
        return True
    return changed


def fail_pushes(session: StoreSession, row: OutboxRow, pushes: Sequence[PushRow], reason: str) -> bool:
    """Move what was not reached yet to 失败 with the reason."""
    lost = [push for push in pushes if push.state in (PushState.PENDING, PushState.SENT)]
    for push in lost:
        push.failure = reason
        move_push(session, push, PushState.FAILED, Actor.SYSTEM, via=row.channel, reason=reason)
    return bool(lost)


def _not_gone(
    session: StoreSession,
    row: OutboxRow,
    receipt: Receipt,
    office: PushOffice,
    asks_again_in: timedelta | None,
) -> bool:
    """Try again later, or give up with the reason after `most_attempts`."""
    outbox, now = OutboxRepository(session), session.now()
    reason = receipt.note or receipt.outcome.label
    if row.batch_id is not None and _stopped(session, row.batch_id):
        for push in _pushes(session, row):
            if push.state is PushState.PENDING:
                move_push(session, push, PushState.VOID, Actor.SYSTEM, via=row.channel, reason=STOPPED)
        outbox.close(row, OutboxState.CANCELLED, failure=f"{STOPPED}：{reason}")
        return True
    if asks_again_in is not None:
        outbox.postpone(row, now + asks_again_in, reason=reason, tried=False)
        return True
    if row.attempts + 1 >= office.terms.most_attempts:
        given_up = _NEVER_KNOWN if receipt.outcome is Outcome.UNKNOWN else _GIVEN_UP
        fail_pushes(session, row, _pushes(session, row), given_up)
        outbox.close(row, OutboxState.DEAD, failure=f"{given_up}：{reason}")
        return True
    delay = retry_delay(row.attempts + 1)
    if receipt.retry_after_s is not None:
        delay = max(delay, timedelta(seconds=receipt.retry_after_s))
    outbox.postpone(row, now + delay, reason=reason)
    return True


def _stopped(session: StoreSession, batch_id: int) -> bool:
    return PushBatchRepository(session).get(batch_id, shared=True).state is not BatchState.RUNNING
