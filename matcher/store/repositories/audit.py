"""The audit log: append-only, each row chained to the one before by a keyed hash (审计).

INVARIANTS
- Numbers run 1, 2, 3 … without a gap, in commit order.
- Changing, removing or inserting a row breaks the chain at that row; cutting off the tail does not, which
  is why `head` is to be written to a file outside the database each day and given back to `verify`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import select, text

from matcher.errors import InvalidInput
from matcher.store.keyring import Keyring
from matcher.store.session import StoreSession
from matcher.store.tables.records import AuditRow

_GENESIS = "0" * 64
_LOCK_NUMBER = 7_302
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last row: its number and hash. Kept outside, it shows a cut-off tail."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Result of walking the chain. first_bad: number of the first row that does not hold."""

    rows: int
    first_bad: int | None = None
    problem: str = ""

    @property
    def intact(self) -> bool:
        """Whether every row holds."""
        return self.first_bad is None


class AuditRepository:
    """Appends to and checks the log."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def append(
        self,
        *,
        action: str,
        entity: str,
        entity_id: str,
        reason: str,
        actor: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> int:
        """Write one act; returns its number. actor: default the session's.

        details: plain JSON values, never personal data. Raises InvalidInput without a reason.
        """
        if not reason.strip():
            raise InvalidInput("必须写明理由")
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        head = self.head()
        row = AuditRow(
            seq=head.seq + 1,
            at=self._session.now(),
            actor=actor or self._session.actor,
            action=action,
            entity=entity,
            entity_id=entity_id,
            reason=reason,
            details=dict(details) if details else None,
            previous_hash=head.hash,
        )
        row.hash = _row_hash(self._session.keyring, row)
        self._session.add(row)
        self._session.flush()
        return row.seq

    def head(self) -> AuditHead:
        """The last row; number 0 for an empty log."""
        row = AuditRow
        found = self._session.execute(select(row.seq, row.hash).order_by(row.seq.desc()).limit(1)).first()
        return AuditHead(*found) if found else AuditHead(0, _GENESIS)

    def newest(self, *, before: int | None, limit: int) -> Sequence[AuditRow]:
        """The last rows, newest first. before: only those with a smaller number."""
        query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.seq < before)
        return self._session.scalars(query).all()

    def verify(self, anchor: AuditHead | None = None) -> AuditVerdict:
        """Walk the whole chain. anchor: a head noted earlier, which must still be there unchanged."""
        previous, rows = _GENESIS, 0
        query = select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=_ROWS_AT_ONCE)
        for row in self._session.scalars(query):
            rows += 1
            if row.seq != rows:
                return AuditVerdict(rows, rows, f"缺少第 {rows} 条")
            if row.previous_hash != previous:
                return AuditVerdict(rows, row.seq, f"第 {row.seq} 条与前一条接不上")
            if row.hash != _row_hash(self._session.keyring, row):
                return AuditVerdict(rows, row.seq, f"第 {row.seq} 条内容被改动")
            if anchor is not None and row.seq == anchor.seq and row.hash != anchor.hash:
                return AuditVerdict(rows, row.seq, f"第 {row.seq} 条与外部存证不符")
            previous = row.hash
        if anchor is not None and anchor.seq > rows:
            return AuditVerdict(rows, rows + 1, f"外部存证有 {anchor.seq} 条，现在只有 {rows} 条")
        return AuditVerdict(rows)


def _row_hash(keyring: Keyring, row: AuditRow) -> str:
    content = [
        row.seq,
        row.at.astimezone(UTC).isoformat(),
        row.actor,
        row.action,
        row.entity,
        row.entity_id,
        row.reason,
        row.details,
        row.previous_hash,
    ]
    return keyring.audit_hash(json.dumps(content, ensure_ascii=True, sort_keys=True).encode())
