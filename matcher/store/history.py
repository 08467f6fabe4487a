"""Stamps on rows, and what a row held before a change (历史).

Every `Versioned` table goes through here: by the session's flush for single rows, by `keep_previous`
for bulk statements. The history row is written in the same transaction as the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Column, Table, event, insert, inspect, select
from sqlalchemy.orm import UOWTransaction

from matcher.store.encryption import EncryptedText
from matcher.store.plain_json import as_json
from matcher.store.session import StoreSession
from matcher.store.tables.base import Versioned
from matcher.store.tables.records import HistoryRow

CHANGED, DELETED = "change", "delete"
_KEYS_AT_ONCE = 500


def keep_previous(
    session: StoreSession,
    table: Table,
    keys: Sequence[object],
    operation: str = CHANGED,
    *,
    by: str | None = None,
) -> None:
    """Copy the present content of rows into the history, before a statement changes them.

    keys: values of the table's single primary key column, or of the column named `by`.
    """
    key_column = table.columns[by] if by else _key_column(table)
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        part = keys[start : start + _KEYS_AT_ONCE]
        found = session.connection().execute(select(table).where(key_column.in_(part)))
        rows = [_history_values(session, table, dict(row._mapping), operation) for row in found]
        if rows:
            session.connection().execute(insert(HistoryRow.__table__), rows)  # type: ignore[arg-type]


def _history_values(
    session: StoreSession, table: Table, content: dict[str, Any], operation: str
) -> dict[str, object]:
    sealed = {c.name: content.pop(c.name) for c in _encrypted(table)}
    held = {name: text for name, text in sealed.items() if text is not None}
    return {
        "table_name": table.name,
        "row_key": str(content[_key_column(table).name]),
        "version": content["version"],
        "operation": operation,
        "content": {name: value for name, value in content.items() if value not in (None, ())},
        "sealed": as_json(held) if held else None,
        "replaced_at": session.now(),
        "replaced_by": session.actor,
    }


def _encrypted(table: Table) -> Iterator[Column[Any]]:
    return (column for column in table.columns if isinstance(column.type, EncryptedText))


def _key_column(table: Table) -> Column[Any]:
    (key,) = table.primary_key.columns
    return key


@event.listens_for(StoreSession, "before_flush")
def _stamp_and_keep(session: StoreSession, _context: UOWTransaction, _instances: object) -> None:
    now = session.now()
    for row in session.new:
        if isinstance(row, Versioned):
            row.created_at = row.created_at or now
            row.updated_at = row.updated_at or now
            row.created_by = row.created_by or session.actor
    for row in session.dirty:
        if isinstance(row, Versioned) and session.is_modified(row):
            keep_previous(session, _table_of(row), [inspect(row).identity[0]])
            row.updated_at = now
    for row in session.deleted:
        if isinstance(row, Versioned):
            keep_previous(session, _table_of(row), [inspect(row).identity[0]], DELETED)


def _table_of(row: Any) -> Table:
    return cast(Table, type(row).__table__)
