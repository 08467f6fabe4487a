"""Proof that no allocation is cheaper (最优性证明): node potentials under which no change pays.

If every arc of the residual network has a cost of at least zero after adding the potential of its tail and
taking away that of its head, no cycle of changes lowers the cost, so the allocation is an optimum. The
potentials are shortest distances, found here from the allocation alone and checked arc by arc.
Source: Ahuja, Magnanti & Orlin, Network Flows, theorems 9.1 and 9.3.
"""

from __future__ import annotations

import numpy as np

from matcher.allocation.gates import Gates
from matcher.allocation.prices import Prices
from matcher.allocation.problem import AllocationProblem, Flags, Ints
from matcher.allocation.residual import Arcs, arcs_by_tail, residual_arcs

MOST_ROUNDS = 20_000


def changes_that_pay(problem: AllocationProblem, gates: Gates, price: Prices, chosen: Flags) -> int:
    """How many arcs stay negative under the best potentials found: 0 proves the optimum."""
    arcs = costed_arcs(problem, gates, price, chosen)
    potential = _distances(arcs)
    reduced = arcs.cost + potential[arcs.tails()] - potential[arcs.head]
    return int((reduced < 0).sum())


def costed_arcs(problem: AllocationProblem, gates: Gates, price: Prices, chosen: Flags) -> Arcs:
    """The residual network with the cost of each change; the last node is the sink."""
    n, m = problem.workers, problem.postings
    tail, head, cost = residual_arcs(problem, gates, chosen, price.pair)
    sink = n + m + len(gates)
    found = np.bincount(problem.wi[chosen], minlength=n)
    load = np.bincount(problem.pj[chosen], minlength=m)
    ends = [
        *_unmade(problem, price, found),
        *_places(problem, price, load),
    ]
    tails, heads, costs = [tail], [head], [cost]
    for nodes, to_sink, end_cost in ends:
        at_sink = np.full(len(nodes), sink)
        tails.append((nodes if to_sink else at_sink).astype(np.int32))
        heads.append((at_sink if to_sink else nodes).astype(np.int32))
        costs.append(end_cost)
    return arcs_by_tail(sink + 1, np.concatenate(tails), np.concatenate(heads), np.concatenate(costs))


def _unmade(problem: AllocationProblem, price: Prices, found: Ints) -> list[tuple[Ints, bool, Ints]]:
    """One push less (person → sink) and one push more (sink → person), for everybody who can."""
    missing = np.maximum(problem.need - found, 0)
    above = np.flatnonzero(found > problem.need)
    within = np.flatnonzero((found > 0) & (found <= problem.need))
    short = np.flatnonzero(missing)
    more = np.flatnonzero((missing == 0) & (found < problem.room))
    return [
        (above, True, np.full(len(above), price.above, np.int64)),
        (within, True, price.unit * price.weight(within, missing[within] + 1)),
        (short, False, -price.unit * price.weight(short, missing[short])),
        (more, False, np.full(len(more), -price.above, np.int64)),
    ]


def _places(problem: AllocationProblem, price: Prices, load: Ints) -> list[tuple[Ints, bool, Ints]]:
    """One push more (posting → sink) and one less (sink → posting) for every posting that can."""
    width = np.maximum(problem.openings, 1)
    free = np.flatnonzero(load < problem.capacity)
    used = np.flatnonzero(load)
    return [
        (problem.workers + free, True, price.step * (load[free] // width[free])),
        (problem.workers + used, False, -price.step * ((load[used] - 1) // width[used])),
    ]


def _distances(arcs: Arcs) -> Ints:
    """Shortest distance to each node from anywhere, by Bellman and Ford, only from nodes that changed.

    With a negative cycle there is no shortest distance; the rounds end and some arc stays negative.
    """
    distance = np.zeros(arcs.nodes, np.int64)
    changed = np.arange(arcs.nodes, dtype=np.int64)
    for _ in range(min(arcs.nodes + 1, MOST_ROUNDS)):
        rows = arcs.leaving(changed)
        size = arcs.start[changed + 1] - arcs.start[changed]
        reached = np.repeat(distance[changed], size) + arcs.cost[rows]
        heads = arcs.head[rows]
        shorter = reached < distance[heads]
        if not shorter.any():
            break
        heads = heads[shorter]
        np.minimum.at(distance, heads, reached[shorter])
        changed = np.unique(heads).astype(np.int64)
    return distance
