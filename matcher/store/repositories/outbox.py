"""Messages to the outside: queued with the change that caused them, sent once (外发).

INVARIANTS
- A message is one row; its idempotency key never changes, so that trying again sends it once.
- fence not NULL: handed to a channel, outcome not yet written down. The number says under which lease.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from matcher.domain.record_terms import OutboxState
from matcher.domain.service_terms import Channel
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import OutboxRow

PUSH_TOPIC = "push"
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """Messages of a batch by state. failures: reason → messages, for those not sent."""

    states: dict[OutboxState, int]
    failures: dict[str, int]


class OutboxRepository:
    """Queues messages and records what became of them."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def put(
        self, key: str, payload: str, *, batch_id: int | None, channel: Channel, topic: str = PUSH_TOPIC
    ) -> OutboxRow:
        """Queue a message, due at once; the payload is sealed. A key that exists already fails the flush."""
        now = self._session.now()
        row = OutboxRow(
            topic=topic,
            idempotency_key=key,
            payload=payload,
            state=OutboxState.PENDING,
            attempts=0,
            created_at=now,
            due_at=now,
            batch_id=batch_id,
            channel=channel,
        )
        self._session.add(row)
        self._session.flush()
        return row

    def by_keys(self, keys: Sequence[str]) -> dict[str, OutboxRow]:
        """Messages by key, locked until the transaction ends; keys that do not exist are absent."""
        found: dict[str, OutboxRow] = {}
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            part = keys[start : start + _KEYS_AT_ONCE]
            query = select(OutboxRow).where(OutboxRow.idempotency_key.in_(part)).with_for_update()
            found.update((row.idempotency_key, row) for row in self._session.scalars(query))
        return found

    def of_person(self, batch_id: int, worker_id: str) -> list[OutboxRow]:
        """The person's messages of a batch, in order, found by their numbered keys."""
        rows: list[OutboxRow] = []
        while row := self._by_key(self.person_key(batch_id, worker_id, len(rows) + 1)):
            rows.append(row)
        return rows

    def person_key(self, batch_id: int, worker_id: str, number: int) -> str:
        """The idempotency key of a person's `number`-th message of a batch, from 1.

        It goes to the SMS operator, so the person's first push stands for them: a worker id may be a number of
        some other system that says who they are.
        """
        row = PushRow
        first = select(func.min(row.id)).where(row.batch_id == batch_id, row.worker_id == worker_id)
        return f"push:{batch_id}:{self._session.scalar(first) or 0}:{number}"

    def due(
        self,
        channels: Iterable[Channel],
        *,
        limit: int,
        batch_id: int | None = None,
        topic: str = PUSH_TOPIC,
    ) -> list[OutboxRow]:
        """Pending messages whose time has come, oldest first, locked until the transaction ends."""
        row = OutboxRow
        query = select(row).where(
            row.topic == topic,
            row.state == OutboxState.PENDING,
            row.due_at <= self._session.now(),
            row.channel.in_(list(channels)),
        )
        if batch_id is not None:
            query = query.where(row.batch_id == batch_id)
        return list(self._session.scalars(query.order_by(row.due_at, row.id).limit(limit).with_for_update()))

    def pending_of(self, batch_id: int) -> list[OutboxRow]:
        """All pending messages of a batch, locked until the transaction ends."""
        row = OutboxRow
        query = select(row).where(row.batch_id == batch_id, row.state == OutboxState.PENDING)
        return list(self._session.scalars(query.order_by(row.id).with_for_update()))

    def claim(self, row: OutboxRow, fence: int) -> None:
        """Note that the message is being handed over under this lease."""
        row.fence = fence
        self._session.flush()

    def close(
        self, row: OutboxRow, state: OutboxState, *, failure: str | None = None, tried: bool = True
    ) -> None:
        """Settle a message: SENT, DEAD or CANCELLED. tried: whether an attempt was made."""
        row.state, row.failure, row.fence = state, failure, None
        row.attempts += int(tried)
        if state is OutboxState.SENT:
            row.sent_at = self._session.now()
        self._session.flush()

    def postpone(self, row: OutboxRow, until: datetime, *, reason: str, tried: bool = True) -> None:
        """Leave the message pending, with the reason, until the next try."""
        row.due_at, row.failure, row.fence = until, reason, None
        row.attempts += int(tried)
        self._session.flush()

    def counts(self, batch_id: int) -> OutboxCounts:
        """Messages of a batch by state, and why those that are not sent are not."""
        row = OutboxRow
        of_batch = row.batch_id == batch_id
        states = select(row.state, func.count()).where(of_batch).group_by(row.state)
        failures = (
            select(row.failure, func.count())
            .where(of_batch, row.failure.is_not(None), row.state != OutboxState.SENT)
            .group_by(row.failure)
            .order_by(func.count().desc())
        )
        return OutboxCounts(
            states=dict(self._session.execute(states).all()),
            failures={reason or "": count for reason, count in self._session.execute(failures)},
        )

    def _by_key(self, key: str) -> OutboxRow | None:
        return self._session.scalars(select(OutboxRow).where(OutboxRow.idempotency_key == key)).first()
