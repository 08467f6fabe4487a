"""From surpluses and shortages to proposed swaps, and what becomes of each (余缺调剂).

INVARIANTS
- A swap is no placement: people stay employed by the lender, and nothing is written to `outcomes`.
- Nobody is lent without the agreement of all three sides (三方协议) on record.
- A balance is never promised beyond its heads; both balances are locked before a swap is agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from matcher.allocation.swaps import SwapCertificate, SwapProblem, match_swaps, swap_worth
from matcher.clock import local_date
from matcher.domain.event_terms import SwapState
from matcher.domain.record_terms import LabourBalance
from matcher.errors import Conflict, InvalidInput
from matcher.lexicon.occupations import occupations
from matcher.ranking.travel import great_circle_km
from matcher.retrieval.codebook import lexicon_codebook
from matcher.store.database import Database
from matcher.store.repositories.labour_balances import Balance, LabourBalanceRepository
from matcher.store.session import StoreSession
from matcher.store.tables.swaps import LabourSwapRow

MOST_HEADS = 100_000
OPEN_ENDED = timedelta(days=90)  # how long a balance without an end is counted
LEAST_RELATED = 0.3  # a trade further away is no help to the other firm
UNKNOWN_TRADE = 0.3
_NEXT = {
    SwapState.PROPOSED: (SwapState.AGREED, SwapState.DECLINED),
    SwapState.AGREED: (SwapState.RUNNING, SwapState.DECLINED),
    SwapState.RUNNING: (SwapState.ENDED,),
}


@dataclass(frozen=True, slots=True)
class SwapProposal:
    """One proposed swap. related: closeness of the trades in [0, 1]."""

    swap_id: int
    lender: str
    borrower: str
    headcount: int
    starts_on: date
    ends_on: date
    km: float | None
    related: float


@dataclass(frozen=True, slots=True)
class SwapPlanning:
    """A new plan. unmet: heads missing that no surplus can fill; idle: heads to lend that nobody needs."""

    proposals: tuple[SwapProposal, ...]
    unmet: int
    idle: int
    certificate: SwapCertificate


def add_balance(
    database: Database,
    employer_id: str,
    direction: LabourBalance,
    *,
    headcount: int,
    occupation_code: str | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    actor: str,
) -> int:
    """Record what a firm has too many or too few of; returns its number.

    Raises InvalidInput for a number, trade or period that makes no sense, NotFound for an unknown employer.
    """
    if not 1 <= headcount <= MOST_HEADS:
        raise InvalidInput(f"余缺人数须在 1 到 {MOST_HEADS} 之间，收到 {headcount}")
    if occupation_code and occupation_code not in occupations():
        raise InvalidInput(f"没有职业代码“{occupation_code[:20]}”；请用职业分类大典的八位代码，如 6-29-01-01")
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidInput("结束日期不能早于开始日期")
    if ends_on and ends_on < local_date(database.clock.now()):
        raise InvalidInput(f"结束日期 {ends_on} 已经过去")
    with database.writing(actor) as session:
        return LabourBalanceRepository(session).add(
            employer_id,
            direction,
            occupation_code=occupation_code,
            headcount=headcount,
            starts_on=starts_on,
            ends_on=ends_on,
        )


def plan_swaps(database: Database, *, actor: str) -> SwapPlanning:
    """Propose the best lending of what is free now; earlier proposals nobody agreed to are replaced."""
    with database.writing(actor) as session:
        repository, today = LabourBalanceRepository(session), local_date(session.now())
        repository.drop_proposals()
        balances = [one for one in repository.open_ones(today) if one.free]
        spare = [one for one in balances if one.direction is LabourBalance.SURPLUS]
        wanted = [one for one in balances if one.direction is LabourBalance.SHORTAGE]
        tried = {(row.surplus_id, row.shortage_id) for row in repository.swaps()}
        pairs = [
            pair
            for i, lender in enumerate(spare)
            for j, borrower in enumerate(wanted)
            if (lender.balance_id, borrower.balance_id) not in tried
            and (pair := _pair(i, j, lender, borrower, today)) is not None
        ]
        plan = match_swaps(_problem(spare, wanted, pairs))
        chosen = [(pair, int(heads)) for pair, heads in zip(pairs, plan.heads, strict=True) if heads]
        proposals = tuple(
            _propose(repository, pair, spare[pair.i], wanted[pair.j], heads) for pair, heads in chosen
        )
        lent = sum(one.headcount for one in proposals)
        return SwapPlanning(
            proposals,
            unmet=sum(one.free for one in wanted) - lent,
            idle=sum(one.free for one in spare) - lent,
            certificate=plan.certificate,
        )


def move_swap(
    database: Database, swap_id: int, state: SwapState, *, tripartite_signed: bool = False, actor: str
) -> None:
    """Take a swap further. tripartite_signed: the agreement of lender, borrower and people is on file.

    Raises NotFound, or Conflict when the step is not possible, the agreement is missing, or heads are gone.
    """
    with database.writing(actor) as session:
        swap = LabourBalanceRepository(session).swap(swap_id)
        if state not in _NEXT.get(swap.state, ()):
            raise Conflict(f"调剂 {swap_id} 现在是“{swap.state.label}”，不能改为“{state.label}”")
        swap.tripartite_signed = swap.tripartite_signed or tripartite_signed
        if state in (SwapState.AGREED, SwapState.RUNNING) and not swap.tripartite_signed:
            raise Conflict("借出单位、借入单位和劳动者的三方协议还没有签，不能确认；劳动关系仍在借出单位")
        if state is SwapState.AGREED:
            _require_heads(session, swap)
        swap.state = state
        session.flush()


@dataclass(frozen=True, slots=True)
class _Pair:
    i: int
    j: int
    related: float
    overlap: float
    km: float
    starts_on: date
    ends_on: date


def _pair(i: int, j: int, lender: Balance, borrower: Balance, today: date) -> _Pair | None:
    """What the two have in common; None when one cannot help the other."""
    if lender.employer_id == borrower.employer_id:
        return None
    related = _related(lender.occupation_code, borrower.occupation_code)
    first, last = _period(borrower, today)
    lent_first, lent_last = _period(lender, today)
    starts, ends = max(first, lent_first), min(last, lent_last)
    if related < LEAST_RELATED or ends < starts:
        return None
    overlap = ((ends - starts).days + 1) / ((last - first).days + 1)
    return _Pair(i, j, related, overlap, _km(lender, borrower), starts, ends)


def _problem(spare: Sequence[Balance], wanted: Sequence[Balance], pairs: Sequence[_Pair]) -> SwapProblem:
    related, overlap, km = (
        np.array([getattr(pair, name) for pair in pairs], np.float64) for name in ("related", "overlap", "km")
    )
    return SwapProblem(
        spare=np.array([one.free for one in spare], np.int64),
        wanted=np.array([one.free for one in wanted], np.int64),
        si=np.array([pair.i for pair in pairs], np.int64),
        tj=np.array([pair.j for pair in pairs], np.int64),
        worth=swap_worth(related, overlap, km),
    )


def _propose(
    repository: LabourBalanceRepository, pair: _Pair, lender: Balance, borrower: Balance, heads: int
) -> SwapProposal:
    km = None if np.isnan(pair.km) else round(pair.km, 1)
    row = LabourSwapRow(
        surplus_id=lender.balance_id,
        shortage_id=borrower.balance_id,
        headcount=heads,
        starts_on=pair.starts_on,
        ends_on=pair.ends_on,
        km=km,
        tripartite_signed=False,
        state=SwapState.PROPOSED,
    )
    repository.propose(row)
    return SwapProposal(
        row.id, lender.employer_name, borrower.employer_name, heads, pair.starts_on, pair.ends_on, km,
        round(pair.related, 3),
    )  # fmt: skip


def _require_heads(session: StoreSession, swap: LabourSwapRow) -> None:
    repository = LabourBalanceRepository(session)
    rows = repository.lock_balances([swap.surplus_id, swap.shortage_id])
    listed = {one.balance_id for one in repository.open_ones(local_date(session.now()))}
    for balance_id, row in rows.items():
        if balance_id not in listed:
            raise Conflict("有一方的余缺已经到期，或单位已列入黑名单，不能确认")
        if repository.promised_heads(balance_id) + swap.headcount > row.headcount:
            raise Conflict(f"{row.direction.label}人数已经答应给别家，剩下的不够 {swap.headcount} 人；请重新试算")


def _period(balance: Balance, today: date) -> tuple[date, date]:
    """First and last day that count, from today on."""
    first = max(balance.starts_on or today, today)
    return first, balance.ends_on or first + OPEN_ENDED


def _related(lent: str | None, wanted: str | None) -> float:
    """How well people of one trade do the work of the other; an unknown trade is worth little."""
    book = lexicon_codebook()
    rows = [book.occupation_row(code) if code else -1 for code in (lent, wanted)]
    return UNKNOWN_TRADE if min(rows) < 0 else float(book.relatedness()[rows[0], rows[1]])


def _km(a: Balance, b: Balance) -> float:
    if a.lat is None or a.lng is None or b.lat is None or b.lng is None:
        return float("nan")
    ends = (np.array([value], np.float32) for value in (a.lat, a.lng, b.lat, b.lng))
    return float(great_circle_km(*ends)[0])
