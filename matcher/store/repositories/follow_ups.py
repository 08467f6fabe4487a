"""Contacts owed to people and contacts made (回访).

A contact out of the queue carries the queue's kind in `external_id` ("interested:…"), because several kinds
of the queue are one kind of 回访.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matcher.domain.outcome_terms import QueueKind
from matcher.domain.service_terms import FollowUpKind, FollowUpMode
from matcher.store.repositories.service_records import Scope
from matcher.store.session import StoreSession
from matcher.store.tables.base import new_id
from matcher.store.tables.outcomes import FollowUpRow

QUEUE = "queue"
"""`source` of what the queue wrote."""

REPLY = "reply"
"""`source` of a contact that the person's own words asked for."""


@dataclass(frozen=True, slots=True)
class LastContact:
    """The last contact about one kind of the queue. next_due_at: when to try again."""

    done_at: datetime
    next_due_at: datetime | None


class FollowUpRepository:
    """Reads and writes contacts."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def schedule(
        self,
        worker_id: str,
        kind: FollowUpKind,
        due_at: datetime,
        *,
        note: str = "",
        outcome_id: int | None = None,
    ) -> FollowUpRow:
        """Owe a person a contact by `due_at`. note: why, for the caseworker; sealed."""
        row = FollowUpRow(
            worker_id=worker_id, kind=kind, due_at=due_at, result=note or None, outcome_id=outcome_id
        )
        self._session.add(row)
        self._session.flush()
        return row

    def schedule_once(
        self, worker_id: str, kind: FollowUpKind, due_at: datetime, *, note: str, key: str
    ) -> bool:
        """As `schedule`, unless a contact was owed under this key before; returns whether it is new now."""
        row = FollowUpRow
        known = select(row.id).where(row.source == REPLY, row.external_id == key)
        if self._session.scalar(known) is not None:
            return False
        self._session.add(
            row(source=REPLY, external_id=key, worker_id=worker_id, kind=kind, due_at=due_at, result=note)
        )
        self._session.flush()
        return True

    def note_done(
        self,
        worker_id: str,
        queue_kind: QueueKind,
        kind: FollowUpKind,
        mode: FollowUpMode,
        *,
        key: str | None = None,
        **values: Any,
    ) -> FollowUpRow | None:
        """Record a contact out of the queue, made now by the session's actor. values: further columns.

        key: what makes it the same contact; one that is recorded already gives None.
        """
        number = f"{queue_kind.value}:{key or new_id()}"
        known = select(FollowUpRow.id).where(FollowUpRow.source == QUEUE, FollowUpRow.external_id == number)
        if key is not None and self._session.scalar(known) is not None:
            return None
        row = FollowUpRow(
            source=QUEUE,
            external_id=number,
            worker_id=worker_id,
            kind=kind,
            mode=mode,
            done_at=self._session.now(),
            done_by=self._session.actor,
            **values,
        )
        self._session.add(row)
        self._session.flush()
        return row

    def open_of(self, worker_id: str) -> list[FollowUpRow]:
        """Contacts that somebody fixed and nobody has made, the earliest first."""
        row = FollowUpRow
        query = select(row).where(row.worker_id == worker_id, row.done_at.is_(None))
        return list(self._session.scalars(query.order_by(row.due_at, row.id)))

    def earliest_open(self, scope: Scope) -> dict[str, datetime]:
        """Worker → when their earliest fixed contact is due."""
        row = FollowUpRow
        query = select(row.worker_id, func.min(row.due_at)).where(
            row.worker_id.in_(scope), row.done_at.is_(None)
        )
        return {one[0]: one[1] for one in self._session.execute(query.group_by(row.worker_id))}

    def last_done(self, scope: Scope) -> dict[str, dict[QueueKind, LastContact]]:
        """Worker → kind of the queue → the last contact about it."""
        row = FollowUpRow
        query = select(row.worker_id, row.external_id, row.done_at, row.next_due_at).where(
            row.worker_id.in_(scope), row.source == QUEUE
        )
        found: dict[str, dict[QueueKind, LastContact]] = {}
        for worker_id, key, done_at, next_due_at in self._session.execute(query.order_by(row.id)):
            kind = QueueKind.read(key.partition(":")[0], field="待办类型")
            if done_at is not None:
                found.setdefault(worker_id, {})[kind] = LastContact(done_at, next_due_at)
        return found

    def done_between(self, start: datetime, end: datetime) -> Iterator[FollowUpRow]:
        """Contacts made from `start` up to, not including, `end`, in order."""
        row = FollowUpRow
        query = select(row).where(row.done_at >= start, row.done_at < end)
        yield from self._session.scalars(query.order_by(row.done_at, row.id))
