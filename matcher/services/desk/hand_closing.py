"""Ending the batches that were made by hand, for which nobody presses a button (人工推送结束).

A push that nobody answered would otherwise take up a place of its posting for good. It is looked after whenever the
desk sends or plans: what was sent and not answered in time is 未回应, what was never told is taken back.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matcher.domain.record_terms import BatchState, OutboxState
from matcher.errors import Conflict
from matcher.services.desk.hand_batch import BY_HAND
from matcher.services.sending.batch_life import batch_status, close_batch, stop_batch
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.tables.push_batches import PushBatchRow

AT_ONCE = 50
NEVER_TOLD = "过了答复期还没有告诉本人，撤回"


def end_hand_batches(database: Database, *, answer_days: int) -> int:
    """End those whose time to answer is over, the oldest first; returns how many."""
    row = PushBatchRow
    until = database.clock.now() - timedelta(days=answer_days)
    query = select(row.id).where(row.source == BY_HAND, row.state == BatchState.RUNNING, row.run_at < until)
    with database.reading() as session:
        due = session.scalars(query.order_by(row.id).limit(AT_ONCE)).all()
    return sum(_ended(database, batch_id, answer_days) for batch_id in due)


def _ended(database: Database, batch_id: int, answer_days: int) -> bool:
    waiting = batch_status(database, batch_id).messages.get(OutboxState.PENDING, 0)
    try:
        if waiting:
            stop_batch(database, batch_id, actor=SYSTEM_ACTOR, reason=NEVER_TOLD)
        else:
            close_batch(database, batch_id, actor=SYSTEM_ACTOR, answer_days=answer_days)
    except Conflict:  # sent later than it was made, so that its time is not over yet
        return False
    return True
