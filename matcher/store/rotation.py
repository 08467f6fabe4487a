"""Re-encrypting everything under the active key (密钥轮换).

INVARIANT: each batch is one transaction and only touches values under another key, so a rotation that is
killed is simply started again, and one that runs beside the service never overwrites a newer value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    Table,
    bindparam,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from matcher.store.encryption import PREFIX_BYTES, EncryptedText, prefix, seal, unseal
from matcher.store.keyring import Keyring
from matcher.store.tables import Base

BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class RotationReport:
    """Rows rewritten, per table; tables that needed nothing are absent."""

    rows: dict[str, int]


def rotate(
    engine: Engine,
    keyring: Keyring,
    *,
    batch_rows: int = BATCH_ROWS,
    after_batch: Callable[[str, int], None] | None = None,
) -> RotationReport:
    """Bring every encrypted value under the keyring's active key.

    after_batch(table, rows so far): called after each commit, for a progress bar.
    Raises Unavailable when the keyring lacks a key that is still in use, InvalidInput for a damaged value.
    """
    done: dict[str, int] = {}
    for table, columns in encrypted_columns():
        while True:
            with engine.begin() as connection:
                rewritten = _rotate_batch(connection, table, columns, keyring, batch_rows)
            if not rewritten:
                break
            done[table.name] = done.get(table.name, 0) + rewritten
            if after_batch is not None:
                after_batch(table.name, done[table.name])
    return RotationReport(done)


def keys_in_use(engine: Engine) -> set[int]:
    """Numbers of the keys that some stored value still needs; the others may be dropped."""
    used: set[int] = set()
    with engine.connect() as connection:
        for _table, columns in encrypted_columns():
            for column in columns:
                heads = select(_head(column)).where(column.is_not(None)).distinct()
                used.update(int.from_bytes(bytes(head)[1:], "big") for (head,) in connection.execute(heads))
    return used


def encrypted_columns() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Every table with encrypted columns, and those columns."""
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, EncryptedText)]
        if columns:
            yield table, columns


def _head(column: Column[Any]) -> Any:
    return func.substr(type_coerce(column, LargeBinary), 1, PREFIX_BYTES, type_=LargeBinary)


def _rotate_batch(
    connection: Connection, table: Table, columns: list[Column[Any]], keyring: Keyring, batch_rows: int
) -> int:
    current = literal(prefix(keyring.active), LargeBinary)
    keys = list(table.primary_key.columns)
    raw = [type_coerce(column, LargeBinary).label(f"raw_{column.name}") for column in columns]
    stale = or_(*(_head(column) != current for column in columns))
    query = select(*keys, *raw).where(stale).order_by(*keys).limit(batch_rows).with_for_update()
    found = connection.execute(query).all()
    if not found:
        return 0
    statement = update(table).values(
        {column.name: bindparam(f"raw_{column.name}", type_=LargeBinary) for column in columns}
    )
    for key in keys:
        statement = statement.where(key == bindparam(f"key_{key.name}"))
    rows = []
    for row in found:
        values = dict(row._mapping)
        fresh = {f"key_{key.name}": values[key.name] for key in keys}
        for column in columns:
            place = f"{table.name}.{column.name}"
            blob = values[f"raw_{column.name}"]
            name = f"raw_{column.name}"
            fresh[name] = None if blob is None else seal(keyring, place, unseal(keyring, place, bytes(blob)))
        rows.append(fresh)
    connection.execute(statement, rows)
    return len(rows)
