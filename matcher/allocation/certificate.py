"""What an allocation proves about itself (证书): every limit kept, nothing avoidable missing, nothing cheaper."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from matcher.allocation.bounds import least_cost, least_shortfall
from matcher.allocation.duals import changes_that_pay
from matcher.allocation.flow import Allocation
from matcher.allocation.gates import employer_gates, rival_groups
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.prices import objective, prices
from matcher.allocation.problem import AllocationProblem

LP_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True)
class Certificate:
    """Figures of one check; every one must be as it should for the certificate to hold.

    over_capacity:     pushes over the capacity of their posting.
    over_room:         pushes over a person's ceiling.
    repeated_employer: pushes to a person who has one of the same employer in this batch.
    repeated_posting:  pushes made twice.
    miscounted:        people and postings whose stated counts differ from the pushes.
    missing:           pushes below the floor, all people together.
    missing_bound:     what no allocation can avoid, from a maximum flow on a network of its own.
    cost, cost_counted: the stated objective, and the same counted from the pushes.
    changes_that_pay:  arcs along which the cost could fall; 0 proves the optimum.
    lp_cost:           the optimum of a linear programme; None when the problem is too large for one.
    """

    over_capacity: int
    over_room: int
    repeated_employer: int
    repeated_posting: int
    miscounted: int
    missing: int
    missing_bound: int
    cost: int
    cost_counted: int
    changes_that_pay: int
    lp_cost: float | None

    @property
    def feasible(self) -> bool:
        """Every limit is kept."""
        broken = self.over_capacity + self.over_room + self.repeated_employer + self.repeated_posting
        return broken + self.miscounted == 0

    @property
    def nothing_avoidable(self) -> bool:
        """No allocation leaves fewer pushes missing."""
        return self.missing == self.missing_bound

    @property
    def optimal(self) -> bool:
        """No allocation is cheaper, and the linear programme, where it ran, agrees."""
        agrees = self.lp_cost is None or math.isclose(
            self.lp_cost, self.cost, rel_tol=LP_TOLERANCE, abs_tol=0.5
        )
        return self.changes_that_pay == 0 and self.cost == self.cost_counted and agrees

    @property
    def holds(self) -> bool:
        """Everything is as it should be."""
        return self.feasible and self.nothing_avoidable and self.optimal

    def to_json(self) -> dict[str, Any]:
        """Plain figures and the four findings."""
        findings = {
            name: getattr(self, name) for name in ("holds", "feasible", "nothing_avoidable", "optimal")
        }
        return findings | asdict(self)


def certify(
    problem: AllocationProblem,
    policy: AllocationPolicy,
    allocation: Allocation,
    *,
    lp_at_most: int = 20_000,
) -> Certificate:
    """Check an allocation against the problem alone.

    lp_at_most: with more candidate pairs than this the linear programme is left out.
    Raises InvalidInput for a bad problem or policy.
    """
    problem, policy = problem.checked(), policy.checked()
    chosen = allocation.chosen
    wi, pj = problem.wi[chosen], problem.pj[chosen]
    found = np.bincount(wi, minlength=problem.workers)
    load = np.bincount(pj, minlength=problem.postings)
    missing = np.maximum(problem.need - found, 0)
    employers = rival_groups(problem, distinct_employers=policy.distinct_employers)[pj]
    price = prices(problem, policy)
    gates = employer_gates(problem, distinct_employers=policy.distinct_employers)
    stated = (
        (allocation.found != found).sum()
        + (allocation.missing != missing).sum()
        + (allocation.load != load).sum()
    )
    return Certificate(
        over_capacity=int(np.maximum(load - problem.capacity, 0).sum()),
        over_room=int(np.maximum(found - problem.room, 0).sum()),
        repeated_employer=_repeats(wi, employers),
        repeated_posting=_repeats(wi, pj),
        miscounted=int(stated),
        missing=int(missing.sum()),
        missing_bound=least_shortfall(problem, policy),
        cost=allocation.cost,
        cost_counted=objective(problem, price, chosen),
        changes_that_pay=changes_that_pay(problem, gates, price, chosen),
        lp_cost=least_cost(problem, policy, price) if problem.pairs <= lp_at_most else None,
    )


def _repeats(wi: np.ndarray, of: np.ndarray) -> int:
    """Rows beyond the first of each (person, thing)."""
    order = np.lexsort((of, wi))
    same = (np.diff(wi[order]) == 0) & (np.diff(of[order]) == 0)
    return int(same.sum())
