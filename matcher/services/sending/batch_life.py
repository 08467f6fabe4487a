"""The life of a batch after planning: approve, cancel, stop, close (批次流转).

草稿 → 已批准 → 推送中 → 已完成; a draft can be cancelled, an approved or running batch can be stopped. Sending is
`send_wave`. Every step is in the audit log with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from matcher.delivery.message import PushMessage
from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress
from matcher.domain.service_terms import PushState
from matcher.errors import Conflict, Forbidden, InvalidInput
from matcher.services.sending.batch_status import BatchStatus, status_of
from matcher.services.sending.outbox_claim import UNCERTAIN
from matcher.services.sending.push_lease import DELIVERING
from matcher.services.sending.push_receipts import STOPPED
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.leases import LeaseRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchRow

SENDABLE = (BatchState.APPROVED, BatchState.RUNNING)
LARGEST_WAVE = 1_000_000
NO_ANSWER = "答复期已过，没有回应"
_CLOSING = "closing"

Kept = Callable[[StoreSession, BatchStatus], None]
"""Called inside the transaction with the batch as it is now; an interface keeps its answer there."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a stop found. out: messages gone for good; under_way: at the channel, outcome not known yet.

    withdrawn: messages taken back; people: those who get nothing of this batch any more.
    """

    status: BatchStatus
    out: int
    under_way: int
    withdrawn: int
    people: int

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        counts = {
            "out": self.out,
            "under_way": self.under_way,
            "withdrawn": self.withdrawn,
            "stopped_people": self.people,
        }
        return self.status.to_json() | counts | {"sentence": self.sentence()}

    def sentence(self) -> str:
        """What happened, for the person who pressed stop."""
        under_way = f"，{self.under_way} 条已交给通道、无法撤回" if self.under_way else ""
        return (
            f"批次 {self.status.batch_id} 已叫停：已发出 {self.out} 条{under_way}，"
            f"撤回未发的 {self.withdrawn} 条，{self.people} 人不再发送"
        )


KeptStop = Callable[[StoreSession, Stopped], None]
"""As `Kept`, for a stop."""


def approve_batch(
    database: Database,
    batch_id: int,
    *,
    approver: str,
    wave_size: int | None = None,
    four_eyes: bool | None = None,
    kept: Kept | None = None,
) -> BatchStatus:
    """Let a draft be sent, in waves of `wave_size` people (default: as planned).

    four_eyes: whoever planned may not approve; None = exactly when the office has accounts.
    Raises Conflict unless the batch is a draft, Forbidden for the planner, InvalidInput for the wave size.
    """
    if wave_size is not None and not 1 <= wave_size <= LARGEST_WAVE:
        raise InvalidInput(f"每批人数须在 1 到 {LARGEST_WAVE} 之间，现在是 {wave_size}")
    with database.writing(approver) as session:
        batches = PushBatchRepository(session)
        batch = _in_state(batches, batch_id, "批准", BatchState.DRAFT)
        apart = batches.accounts_exist() if four_eyes is None else four_eyes
        if apart and batch.created_by == approver:
            raise Forbidden("制定批次的人不能自己批准；请由另一名工作人员批准")
        if wave_size is not None and wave_size != batch.wave_size:
            batches.assign_waves(batch_id, wave_size)
            batch = batches.get(batch_id)
            batch.wave_size = wave_size
        batch.state, batch.approver, batch.approved_at = BatchState.APPROVED, approver, session.now()
        return _noted(session, batch, "approve_push_batch", "批准发送", kept)


def cancel_draft(
    database: Database, batch_id: int, *, actor: str, reason: str, kept: Kept | None = None
) -> BatchStatus:
    """Give up a draft; its pushes are void. Raises Conflict unless the batch is a draft."""
    _require_reason(reason)
    with database.writing(actor) as session:
        batches = PushBatchRepository(session)
        batch = _in_state(batches, batch_id, "取消", BatchState.DRAFT)
        batch.state = BatchState.CANCELLED
        batch.stopped_at, batch.stopped_by, batch.stop_reason = session.now(), actor, reason
        session.flush()
        _void_pending(session, batch_id, "批次已取消")
        batches.stop_people(batch_id)
        return _noted(session, batches.get(batch_id), "cancel_push_batch", reason, kept)


def stop_batch(
    database: Database, batch_id: int, *, actor: str, reason: str, kept: KeptStop | None = None
) -> Stopped:
    """Stop button: what has not left is taken back and nobody else is sent to, in one transaction.

    A message that a channel is working on cannot be taken back; its outcome is still written down.
    Raises Conflict unless the batch is approved or running, InvalidInput without a reason.
    """
    _require_reason(reason)
    with database.writing(actor) as session:
        batches, outbox = PushBatchRepository(session), OutboxRepository(session)
        batch = _in_state(batches, batch_id, "叫停", *SENDABLE)
        batch.state = BatchState.STOPPED
        batch.stopped_at, batch.stopped_by, batch.stop_reason = session.now(), actor, reason
        session.flush()
        delivering = LeaseRepository(session).live_fence(DELIVERING) is not None
        pending = outbox.pending_of(batch_id)
        under_way = [row for row in pending if delivering and row.fence is not None]
        for row in pending:
            if row not in under_way:
                failure = STOPPED if row.fence is None else f"{STOPPED}；{UNCERTAIN}"
                outbox.close(row, OutboxState.CANCELLED, failure=failure, tried=False)
        leaving = [PushMessage.from_json(row.payload) for row in under_way]
        _void_pending(session, batch_id, STOPPED, but={i.push_id for m in leaving for i in m.items})
        back = {row.id for row in pending} - {row.id for row in under_way}
        withdrawn = [PushMessage.from_json(row.payload).worker_id for row in pending if row.id in back]
        people = batches.stop_people(batch_id, withdrawn)
        status = _noted(session, batches.get(batch_id), "stop_push_batch", reason, None)
        out = status.messages.get(OutboxState.SENT, 0)
        stopped = Stopped(status, out, len(under_way), len(back), people)
        if kept is not None:
            kept(session, stopped)
        return stopped


def close_batch(
    database: Database, batch_id: int, *, actor: str, answer_days: int, kept: Kept | None = None
) -> BatchStatus:
    """Finish a batch that everybody got, once the time to answer is over; its totals are fixed.

    Raises Conflict that says what is still open.
    """
    with database.writing(actor) as session:
        batches, pushes = PushBatchRepository(session), PushRepository(session)
        batch = _in_state(batches, batch_id, "结束", BatchState.RUNNING)
        before = status_of(session, batch)
        waiting = before.people.get(PersonProgress.WAITING, 0)
        queued = before.messages.get(OutboxState.PENDING, 0)
        if waiting or queued:
            raise Conflict(f"批次还没有发完：还有 {waiting} 人待发，{queued} 条消息没有结果")
        last = pushes.last_sent_at(batch_id)
        if last is not None and session.now() < last + timedelta(days=answer_days):
            until = last + timedelta(days=answer_days)
            raise Conflict(f"答复期还没有过，{until:%Y-%m-%d} 之后才能结束这个批次")
        silent = pushes.ids_in(batch_id, (PushState.DELIVERED, PushState.READ))
        pushes.change_all(silent, PushState.UNANSWERED, reason=NO_ANSWER)
        batch = batches.get(batch_id)
        batch.state, batch.closed_at = BatchState.DONE, session.now()
        batch.figures = (batch.figures or {}) | {_CLOSING: status_of(session, batch).totals()}
        return _noted(session, batch, "close_push_batch", "发送和答复期都已结束", kept)


def batch_status(database: Database, batch_id: int) -> BatchStatus:
    """Where a batch stands now. Raises NotFound."""
    with database.reading() as session:
        return status_of(session, PushBatchRepository(session).get(batch_id))


def batch_figures(database: Database, batch_id: int) -> dict[str, Any]:
    """What planning measured, with the certificate. Raises NotFound."""
    with database.reading() as session:
        batch = PushBatchRepository(session).get(batch_id)
        return {**(batch.figures or {}), "certificate": batch.certificate}


def list_batches(database: Database, *, before: int | None = None, limit: int = 50) -> list[BatchStatus]:
    """Batches with a number below `before`, newest first."""
    with database.reading() as session:
        found = PushBatchRepository(session).page(before=before, limit=limit)
        return [status_of(session, batch) for batch in found]


def _in_state(
    batches: PushBatchRepository, batch_id: int, act: str, *states: BatchState
) -> PushBatchRow:
    batch = batches.get(batch_id, locked=True)
    if batch.state not in states:
        wanted = "、".join(f"“{state.label}”" for state in states)
        raise Conflict(f"批次 {batch_id} 现在是“{batch.state.label}”，不能{act}；只有{wanted}的批次可以")
    return batch


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("请写明理由")


def _void_pending(
    session: StoreSession, batch_id: int, reason: str, *, but: frozenset[int] | set[int] = frozenset()
) -> None:
    repository = PushRepository(session)
    pending = [one for one in repository.ids_in(batch_id, (PushState.PENDING,)) if one not in but]
    repository.change_all(pending, PushState.VOID, reason=reason)


def _noted(
    session: StoreSession, batch: PushBatchRow, action: str, reason: str, kept: Kept | None
) -> BatchStatus:
    """The batch's status, with the act in the audit log and the answer kept in the same transaction."""
    session.flush()
    AuditRepository(session).append(
        action=action, entity="push_batch", entity_id=str(batch.id), reason=reason
    )
    status = status_of(session, batch)
    if kept is not None:
        kept(session, status)
    return status
