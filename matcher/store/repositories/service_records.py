"""Services given to people (服务记录)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from matcher.domain.service_terms import ServiceKind
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import ServiceRecordRow

Scope = Select[str]
"""Selects the ids of the people asked about."""


class ServiceRecordRepository:
    """Writes and counts services."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(self, worker_id: str, kind: ServiceKind, **values: Any) -> ServiceRecordRow:
        """Record a service given now by the session's actor. values: further columns."""
        row = ServiceRecordRow(
            worker_id=worker_id,
            kind=kind,
            given_at=self._session.now(),
            given_by=self._session.actor,
            **values,
        )
        self._session.add(row)
        self._session.flush()
        return row

    def last_given(self, scope: Scope) -> dict[str, dict[ServiceKind, datetime]]:
        """Worker → kind → when it was last given."""
        row = ServiceRecordRow
        query = select(row.worker_id, row.kind, func.max(row.given_at)).where(row.worker_id.in_(scope))
        found: dict[str, dict[ServiceKind, datetime]] = {}
        for worker_id, kind, at in self._session.execute(query.group_by(row.worker_id, row.kind)):
            found.setdefault(worker_id, {})[kind] = at
        return found

    def between(self, start: datetime, end: datetime) -> Iterator[ServiceRecordRow]:
        """Services given from `start` up to, not including, `end`, in order."""
        row = ServiceRecordRow
        query = select(row).where(row.given_at >= start, row.given_at < end)
        yield from self._session.scalars(query.order_by(row.given_at, row.id))
