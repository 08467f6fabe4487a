"""The objective in whole numbers (整数价格): a solver and its checks must count the very same cost.

The cost of an allocation is the sum of
    unit * weight(i, q)         for the first, second, … push that person i lacks, rising with q;
    pair[e]                     for each push made (minus its score, minus the bonus of a kept pair);
    above                       for each push beyond the floor that person i could have had and does not get;
    step * (u // openings[j])   for the u-th push of posting j, from 0.
All parts are convex, so the cheapest allocation is a minimum-cost flow with whole numbers. The provable unit is
more than any chain of exchanges can lose in scores, so the least weighted shortfall comes first, always.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.problem import AllocationProblem, Flags, Floats, Ints
from matcher.errors import InvalidInput

POINT = 10_000
"""One score point. A ten-thousandth is finer than any score is known."""
TENTHS = 10
"""Weights of missing pushes are rounded to tenths of the last push of a person of priority 1."""
LARGEST_WEIGHT = 10**9


@dataclass(frozen=True, eq=False)
class Prices:
    """Whole-number prices; POINT is one score point.

    unit:     price of one tenth of a missing push.
    ladder:   (q,) weight of the first, second, … push a person of priority 1 lacks, in tenths, not yet rounded.
    priority: (n,) factor on the ladder.
    pair:     (k,) cost of making the push.
    step:     cost added with every round of pushes over a posting's openings.
    above:    cost of each allowed push beyond the floor that is not made.
    """

    unit: int
    ladder: Floats
    priority: Floats
    pair: Ints
    step: int
    above: int

    def weight(self, worker: Ints, lacking: Ints) -> Ints:
        """(x,) weight, in tenths, of the `lacking`-th (from 1) push that these people lack."""
        if not len(worker):
            return np.zeros(0, np.int64)
        return np.rint(self.ladder[lacking - 1] * self.priority[worker]).astype(np.int64)


def prices(problem: AllocationProblem, policy: AllocationPolicy, exchanges: int | None = None) -> Prices:
    """The prices under which a missing push outweighs `exchanges` swaps; None: any chain there can be.

    Raises InvalidInput when priorities and needs are so large that no whole number holds their weight.
    """
    value = problem.score + policy.stability_bonus * problem.kept
    return Prices(
        unit=_chain_loss(problem, policy, _longest_chain(problem) if exchanges is None else exchanges),
        ladder=_ladder(problem, policy),
        priority=problem.priority,
        pair=-np.rint(POINT * value).astype(np.int64),
        step=round(POINT * policy.congestion_step),
        above=round(POINT * policy.above_floor),
    )


def objective(problem: AllocationProblem, price: Prices, chosen: Flags) -> int:
    """The cost of a set of pushes, counted straight from the definition above."""
    found = np.bincount(problem.wi[chosen], minlength=problem.workers)
    load = np.bincount(problem.pj[chosen], minlength=problem.postings)
    missing = np.maximum(problem.need - found, 0)
    unused = problem.room - np.maximum(found, problem.need)
    short = np.repeat(np.arange(problem.workers), missing)
    pushed = np.repeat(np.arange(problem.postings), load)
    rounds = counted_within(load) // np.maximum(problem.openings, 1)[pushed]
    return (
        price.unit * int(price.weight(short, counted_within(missing) + 1).sum())
        + int(price.pair[chosen].sum())
        + price.above * int(unused.sum())
        + price.step * int(rounds.sum())
    )


def counted_within(counts: Ints) -> Ints:
    """0, 1, … counts[0]-1, 0, 1, … counts[1]-1, …"""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(starts, counts)


def _ladder(problem: AllocationProblem, policy: AllocationPolicy) -> Floats:
    levels = np.arange(int(problem.need.max(initial=0)), dtype=np.float64)
    top = float(problem.priority.max(initial=1.0))
    ratio = policy.first_missing / policy.later_missing * top if policy.share_scarcity else 1.0
    if len(levels) * np.log2(ratio) > np.log2(LARGEST_WEIGHT / TENTHS / top / policy.later_missing):
        raise InvalidInput("优先权重或缺口数太大，分不出轻重；请调低 priority 或 need")
    ladder: Floats = TENTHS * policy.later_missing * ratio**levels
    return ladder


def _longest_chain(problem: AllocationProblem) -> int:
    """No chain of exchanges visits a person or a posting twice."""
    return min(problem.workers, problem.postings) + 1


def _chain_loss(problem: AllocationProblem, policy: AllocationPolicy, exchanges: int) -> int:
    """More than `exchanges` people swapping postings one after another can ever lose, with the last crowding."""
    rounds = int((problem.capacity // np.maximum(problem.openings, 1)).max(initial=0)) + 1
    lost = (exchanges + 1) * (1 + policy.stability_bonus)
    crowding = min(rounds, problem.workers + 1) * policy.congestion_step
    return round(POINT * (lost + crowding + abs(policy.above_floor) + 1))
