"""Leases: what only one process may do at a time, and proof that it still may (租约).

INVARIANTS
- The fence grows with every new holder and never shrinks, also after a lease was given back.
- A holder whose lease ran out keeps working until somebody else takes it; from then on `hold` refuses it, so
  that nothing it does afterwards can be committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from matcher.errors import Conflict
from matcher.store.session import StoreSession
from matcher.store.tables.records import LeaseRow


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one job. seconds: how long it lasts after each `hold`."""

    name: str
    holder: str
    fence: int
    seconds: float


class LeaseRepository:
    """Takes, holds and gives back leases."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def take(self, name: str, holder: str, *, seconds: float) -> Lease | None:
        """The lease, or None while somebody else holds it.

        Two that ask at once for a lease nobody ever held meet at the primary key: the second gets Conflict.
        """
        row, now = self._row(name), self._session.now()
        if row is None:
            row = LeaseRow(name=name, fence=0)
            self._session.add(row)
        elif row.expires_at > now:
            return None
        row.holder, row.fence, row.expires_at = holder, row.fence + 1, now + timedelta(seconds=seconds)
        self._session.flush()
        return Lease(name, holder, row.fence, seconds)

    def hold(self, lease: Lease) -> None:
        """Go on for `lease.seconds` from now; the row stays locked until this transaction ends.

        Raises Conflict when another holder has taken over meanwhile.
        """
        row = self._row(lease.name)
        if row is None or row.fence != lease.fence:
            raise Conflict("这项工作已由另一个进程接手，本进程停止", detail=f"lease {lease.name}")
        row.expires_at = self._session.now() + timedelta(seconds=lease.seconds)
        self._session.flush()

    def give_back(self, lease: Lease) -> None:
        """Let the next one take it at once; nothing happens when somebody has it already."""
        row = self._row(lease.name)
        if row is not None and row.fence == lease.fence:
            row.expires_at = self._session.now()
            self._session.flush()

    def live_fence(self, name: str) -> int | None:
        """The fence of whoever holds the lease now; None when nobody does."""
        row = self._row(name)
        return row.fence if row is not None and row.expires_at > self._session.now() else None

    def _row(self, name: str) -> LeaseRow | None:
        query = select(LeaseRow).where(LeaseRow.name == name).with_for_update()
        return self._session.scalars(query.execution_options(populate_existing=True)).first()
