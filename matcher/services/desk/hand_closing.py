"""Looking after the batches made by hand, for which nobody presses a button (人工推送照看).

A message that the weekly cap or a busy sender held back would otherwise never leave, and a push that nobody
answered would take up a place of its posting for good. Both are looked after whenever the desk sends or plans:
what is due is handed over, what was sent and not answered in time is 未回应, what was never told is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import exists, select

from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress
from matcher.domain.service_terms import Channel
from matcher.errors import Conflict
from matcher.services.desk.hand_batch import BY_HAND
from matcher.services.sending.batch_life import batch_status, close_batch, stop_batch
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.tables.push_batches import PushBatchRow
from matcher.store.tables.records import OutboxRow

AT_ONCE = 50
NEVER_TOLD = "过了答复期还没有告诉本人，撤回"
_OPEN = (BatchState.APPROVED, BatchState.RUNNING)


def deliver_held_back(database: Database, ways: Mapping[Channel, Way], office: PushOffice) -> int:
    """Hand over what is due of earlier pushes by hand, the oldest first; returns how many batches it was of."""
    row, batch = OutboxRow, PushBatchRow
    query = (
        select(row.batch_id)
        .join(batch, batch.id == row.batch_id)
        .where(
            batch.source == BY_HAND,
            batch.state == BatchState.RUNNING,
            row.state == OutboxState.PENDING,
            row.due_at <= database.clock.now(),
            row.channel.in_(list(ways)),
        )
    )
    with database.reading() as session:
        due = session.scalars(query.distinct().order_by(row.batch_id).limit(AT_ONCE)).all()
    for batch_id in due:
        deliver_outbox(database, ways, office, batch_id=batch_id)
    return len(due)


def end_hand_batches(database: Database, *, answer_days: int) -> int:
    """End those whose time to answer is over, the oldest first; returns how many."""
    row = PushBatchRow
    until = database.clock.now() - timedelta(days=answer_days)
    held_back = exists().where(
        OutboxRow.batch_id == row.id, OutboxRow.state == OutboxState.PENDING, OutboxRow.due_at >= until
    )
    query = select(row.id).where(row.source == BY_HAND, row.state.in_(_OPEN), row.run_at < until, ~held_back)
    with database.reading() as session:
        due = session.scalars(query.order_by(row.id).limit(AT_ONCE)).all()
    return sum(_ended(database, batch_id, answer_days) for batch_id in due)


def _ended(database: Database, batch_id: int, answer_days: int) -> bool:
    status = batch_status(database, batch_id)
    waiting = status.messages.get(OutboxState.PENDING, 0) + status.people.get(PersonProgress.WAITING, 0)
    try:
        if waiting:
            stop_batch(database, batch_id, actor=SYSTEM_ACTOR, reason=NEVER_TOLD)
        else:
            close_batch(database, batch_id, actor=SYSTEM_ACTOR, answer_days=answer_days)
    except Conflict:  # sent later than it was made, so that its time is not over yet
        return False
    return True
