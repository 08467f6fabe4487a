"""People that firms can lend and places they must fill, and the swaps between them (用工余缺, 共享用工)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from matcher.domain.event_terms import SwapState
from matcher.domain.record_terms import LabourBalance
from matcher.errors import NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow, LabourBalanceRow
from matcher.store.tables.swaps import LabourSwapRow

ENGAGED = (SwapState.AGREED, SwapState.RUNNING)
"""States in which people are promised to somebody."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What one firm has too many or too few of. free: heads not promised yet; lat, lng: of the firm."""

    balance_id: int
    employer_id: str
    employer_name: str
    direction: LabourBalance
    occupation_code: str | None
    headcount: int
    free: int
    starts_on: date | None
    ends_on: date | None
    lat: float | None
    lng: float | None


class LabourBalanceRepository:
    """Reads and writes balances and swaps."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(
        self,
        employer_id: str,
        direction: LabourBalance,
        *,
        occupation_code: str | None,
        headcount: int,
        starts_on: date | None,
        ends_on: date | None,
    ) -> int:
        """A new balance; returns its number. Raises NotFound for an unknown employer."""
        if self._session.get(EmployerRow, employer_id) is None:
            raise NotFound(f"没有这个用人单位：{employer_id[:40]}")
        row = LabourBalanceRow(
            employer_id=employer_id,
            direction=direction,
            occupation_code=occupation_code,
            headcount=headcount,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def open_ones(self, day: date) -> list[Balance]:
        """Balances that have not ended by `day`, of employers that are not blacklisted, with what is left."""
        row, employer = LabourBalanceRow, EmployerRow
        query = (
            select(row, employer.name, employer.lat, employer.lng)
            .join(employer, employer.employer_id == row.employer_id)
            .where(row.ends_on.is_(None) | (row.ends_on >= day), employer.blacklisted_since.is_(None))
            .order_by(row.id)
        )
        promised = self._promised()
        return [
            Balance(
                one.id, one.employer_id, name, one.direction, one.occupation_code, one.headcount,
                max(one.headcount - promised.get(one.id, 0), 0), one.starts_on, one.ends_on, lat, lng,
            )
            for one, name, lat, lng in self._session.execute(query)
        ]  # fmt: skip

    def swaps(self, states: Sequence[SwapState] = tuple(SwapState)) -> list[LabourSwapRow]:
        """Swaps in these states, in the order they were proposed."""
        row = LabourSwapRow
        return list(self._session.scalars(select(row).where(row.state.in_(states)).order_by(row.id)))

    def swap(self, swap_id: int) -> LabourSwapRow:
        """One swap, held until the transaction ends. Raises NotFound."""
        query = select(LabourSwapRow).where(LabourSwapRow.id == swap_id).with_for_update()
        row = self._session.scalars(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFound(f"没有这个调剂：{swap_id}；请用 matcher swap list 查看编号")
        return row

    def lock_balances(self, balance_ids: Sequence[int]) -> Mapping[int, LabourBalanceRow]:
        """Balances by number, held until the transaction ends."""
        row = LabourBalanceRow
        query = select(row).where(row.id.in_(balance_ids)).order_by(row.id).with_for_update()
        return {one.id: one for one in self._session.scalars(query)}

    def promised_heads(self, balance_id: int) -> int:
        """People of a balance that agreed or running swaps bind."""
        return self._promised().get(balance_id, 0)

    def propose(self, swap: LabourSwapRow) -> None:
        """Write a proposed swap."""
        self._session.add(swap)
        self._session.flush()

    def drop_proposals(self) -> None:
        """Forget proposals that nobody has agreed to yet; a new plan takes their place."""
        for row in self.swaps([SwapState.PROPOSED]):
            self._session.delete(row)
        self._session.flush()

    def _promised(self) -> dict[int, int]:
        heads: dict[int, int] = {}
        for row in self.swaps(ENGAGED):
            for balance_id in (row.surplus_id, row.shortage_id):
                heads[balance_id] = heads.get(balance_id, 0) + row.headcount
        return heads
