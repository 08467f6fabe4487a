"""The exact allocation (分配): one minimum-cost flow from people through postings.

    person → [gate of an employer] → posting → sink      a push
    person → sink                                        a push not made, dearer the more the person lacks
    posting → sink                                       dearer with every round over the openings

The flow is integral, so what it returns is the optimum and not an approximation of it.
Source: Ahuja, Magnanti & Orlin, Network Flows, ch. 9 and 14 (convex costs).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from matcher.allocation.canonical import canonical
from matcher.allocation.gates import Gates, employer_gates
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.prices import Prices, counted_within, objective, prices
from matcher.allocation.problem import AllocationProblem, Flags, Ints
from matcher.allocation.residual import exchanges, reach
from matcher.errors import Unavailable

USUAL_CHAIN = 1
"""Exchanges that a tenth of a missing push outweighs at first: some thirty for a whole one. Nearly always dear
enough, and solved in half the time of the provable price (100k people, 5M pairs); checked each time."""
LARGEST_COST = 2**62


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who is sent what.

    chosen:  (k,) the pair is pushed.       found: (n,) pushes of each person.
    missing: (n,) pushes below the floor.   load:  (m,) pushes of each posting.
    cost:    the objective of `matcher.allocation.prices` at its provable unit; total_score: sum of scores.
    """

    chosen: Flags
    found: Ints
    missing: Ints
    load: Ints
    cost: int
    total_score: float


def allocate(problem: AllocationProblem, policy: AllocationPolicy) -> Allocation:
    """Give every person `need` pushes where any allocation can, then the best total score.

    The least weighted shortfall comes before every score. The answer does not depend on the order of input and
    is the same for the same problem, policy and seed.
    Raises InvalidInput for a bad problem or policy, Unavailable when the solver gives no optimum.
    """
    problem, policy = problem.checked(), policy.checked()
    ordered = canonical(problem, policy.seed)
    gates = employer_gates(ordered.problem, distinct_employers=policy.distinct_employers)
    price = prices(ordered.problem, policy, USUAL_CHAIN)
    pushed = _cheapest(ordered.problem, gates, price)
    if could_lack_less(ordered.problem, gates, price, pushed):
        pushed = _cheapest(ordered.problem, gates, prices(ordered.problem, policy))
    chosen = np.zeros(problem.pairs, np.bool_)
    chosen[ordered.pair_row[pushed]] = True
    return summed_up(problem, policy, chosen)


def summed_up(problem: AllocationProblem, policy: AllocationPolicy, chosen: Flags) -> Allocation:
    """The allocation that makes the (k,) `chosen` pushes, good or not."""
    found = np.bincount(problem.wi[chosen], minlength=problem.workers).astype(np.int64)
    return Allocation(
        chosen=chosen,
        found=found,
        missing=np.maximum(problem.need - found, 0),
        load=np.bincount(problem.pj[chosen], minlength=problem.postings).astype(np.int64),
        cost=objective(problem, prices(problem, policy), chosen),
        total_score=float(problem.score[chosen].sum()),
    )


def could_lack_less(problem: AllocationProblem, gates: Gates, price: Prices, chosen: Flags) -> bool:
    """Whether some chain of exchanges lowers the weighted shortfall.

    From people in order of what they lack, dearest first: nobody reached may have a push that is cheaper to
    lose, and no posting reached may have a free place.
    """
    n, m = problem.workers, problem.postings
    found = np.bincount(problem.wi[chosen], minlength=n)
    load = np.bincount(problem.pj[chosen], minlength=m)
    missing = np.maximum(problem.need - found, 0)
    short = np.flatnonzero(missing)
    if not len(short):
        return False
    gain = price.weight(short, missing[short])
    loss = np.zeros(n, np.int64)
    givers = np.flatnonzero((found > 0) & (found <= problem.need))
    loss[givers] = price.weight(givers, missing[givers] + 1)
    loss[found == 0] = np.iinfo(np.int64).max
    arcs = exchanges(problem, gates, chosen)
    seen = np.zeros(arcs.nodes, np.bool_)
    for level in np.unique(gain)[::-1]:
        new = reach(arcs, short[gain == level], seen)
        if (loss[new[new < n]] < level).any():
            return True
        postings = new[(new >= n) & (new < n + m)] - n
        if (load[postings] < problem.capacity[postings]).any():
            return True
    return False


def _cheapest(problem: AllocationProblem, gates: Gates, price: Prices) -> Flags:
    """(k,) pushes of a cheapest flow."""
    flow = min_cost_flow.SimpleMinCostFlow()
    _add_pairs(flow, problem, gates, price)
    sink = problem.workers + problem.postings + len(gates)
    dearest = max(_add_unmade(flow, problem, price, sink), _add_places(flow, problem, price, sink))
    if dearest * (sink + 2) > LARGEST_COST:
        raise Unavailable("分配的总价超出求解器的范围；请调低优先权重或分批分配")
    supply = np.zeros(sink + 1, np.int64)
    supply[: problem.workers] = problem.room
    supply[sink] = -problem.room.sum()
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise Unavailable("分配求解没有得到最优解，请重试；仍不行请联系管理员", detail=f"status {status}")
    pushed: Flags = flow.flows(np.arange(problem.pairs, dtype=np.int32)) > 0
    return pushed


def _add_pairs(
    flow: min_cost_flow.SimpleMinCostFlow, problem: AllocationProblem, gates: Gates, price: Prices
) -> None:
    """The pairs come first, so that arc e is pair e."""
    first_gate = problem.workers + problem.postings
    giver = np.where(gates.of_pair >= 0, first_gate + gates.of_pair, problem.wi).astype(np.int32)
    posting = (problem.workers + problem.pj).astype(np.int32)
    ones = np.ones(problem.pairs, np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(giver, posting, ones, price.pair)
    gate = np.arange(first_gate, first_gate + len(gates), dtype=np.int32)
    free = np.zeros(len(gates), np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(gates.owner, gate, free + 1, free)


def _add_unmade(
    flow: min_cost_flow.SimpleMinCostFlow, problem: AllocationProblem, price: Prices, sink: int
) -> int:
    """Arcs for pushes not made; returns the dearest price."""
    spare = np.flatnonzero(problem.room > problem.need)
    short = np.repeat(np.arange(problem.workers), problem.need)
    lacking = price.unit * price.weight(short, counted_within(problem.need) + 1)
    tail = np.r_[spare, short].astype(np.int32)
    capacity = np.r_[(problem.room - problem.need)[spare], np.ones(len(short), np.int64)]
    cost = np.r_[np.full(len(spare), price.above, np.int64), lacking]
    flow.add_arcs_with_capacity_and_unit_cost(tail, np.full(len(tail), sink, np.int32), capacity, cost)
    return int(lacking.max(initial=0))


def _add_places(
    flow: min_cost_flow.SimpleMinCostFlow, problem: AllocationProblem, price: Prices, sink: int
) -> int:
    """Arcs for the rounds over each posting's openings; returns the dearest price.

    A posting takes at most as many pushes as it has candidates, so a large capacity costs no more arcs.
    """
    candidates = np.bincount(problem.pj, minlength=problem.postings)
    usable = np.minimum(problem.capacity, candidates)
    width = np.maximum(problem.openings, 1)
    rounds = -(-usable // width)
    posting = np.repeat(np.arange(problem.postings), rounds)
    at = counted_within(rounds)
    capacity = np.minimum(width[posting], usable[posting] - at * width[posting])
    tail = (problem.workers + posting).astype(np.int32)
    flow.add_arcs_with_capacity_and_unit_cost(
        tail, np.full(len(tail), sink, np.int32), capacity, price.step * at
    )
    return price.step * int(at.max(initial=0))
