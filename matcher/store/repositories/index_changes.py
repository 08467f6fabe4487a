"""The log that tells the search index what to look at again (索引变更).

INVARIANT: numbers are in commit order, so a reader that has seen N never misses a change below N.
SQLite has one writer at a time; on PostgreSQL a lock held until commit makes it so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, insert, select, text

from matcher.domain.record_terms import IndexedEntity
from matcher.store.session import StoreSession
from matcher.store.tables.records import IndexChangeRow

_LOCK_NUMBER = 7_301


@dataclass(frozen=True, slots=True)
class IndexChange:
    """One posting or worker that was inserted, changed or withdrawn."""

    seq: int
    entity: IndexedEntity
    entity_id: str


class IndexChangeRepository:
    """Appends to and reads the log."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def append(self, entity: IndexedEntity, entity_ids: Iterable[str]) -> None:
        """Note that these changed, in the same transaction as the change itself."""
        rows = [{"entity": entity, "entity_id": one} for one in entity_ids]
        if not rows:
            return
        connection = self._session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        connection.execute(insert(IndexChangeRow.__table__), rows)  # type: ignore[arg-type]

    def changes_since(self, seq: int, limit: int = 100_000) -> list[IndexChange]:
        """Changes after `seq`, oldest first, at most `limit`."""
        row = IndexChangeRow
        query = select(row.seq, row.entity, row.entity_id).where(row.seq > seq).order_by(row.seq).limit(limit)
        return [IndexChange(*found) for found in self._session.execute(query)]

    def high_water_mark(self) -> int:
        """Number of the last change; 0 when there is none."""
        return self._session.scalar(select(func.max(IndexChangeRow.seq))) or 0
