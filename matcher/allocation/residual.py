"""What could still be changed in an allocation (残量网络): the arcs along which one push could move.

Nodes: people 0 … n-1, postings n … n+m-1, then one gate for each of `Gates`.
An arc person → posting is a push that could be made, posting → person a push that could be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.gates import Gates
from matcher.allocation.prices import counted_within
from matcher.allocation.problem import AllocationProblem, Flags, Ints

Nodes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Directed arcs by tail. start: (nodes + 1,) where the arcs of a node begin; head, cost: (arcs,)."""

    start: Ints
    head: Nodes
    cost: Ints

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.start) - 1

    def tails(self) -> Nodes:
        """(arcs,) tail of each arc."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.start))

    def leaving(self, nodes: Ints) -> Ints:
        """Rows of all arcs that leave the given nodes, node by node."""
        size = self.start[nodes + 1] - self.start[nodes]
        return np.repeat(self.start[nodes], size) + counted_within(size)


def arcs_by_tail(nodes: int, tail: Nodes, head: Nodes, cost: Ints) -> Arcs:
    """Arcs in any order, sorted by tail."""
    start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=nodes), out=start[1:])
    order = np.argsort(tail, kind="stable")
    return Arcs(start, head[order], cost[order])


def residual_arcs(
    problem: AllocationProblem, gates: Gates, chosen: Flags, pair_cost: Ints
) -> tuple[Nodes, Nodes, Ints]:
    """Tail, head and cost of every arc between people, gates and postings.

    chosen: (k,) pushes made; pair_cost: (k,) cost of making each, which taking it back regains.
    """
    n, m = problem.workers, problem.postings
    gated = gates.of_pair >= 0
    giver = np.where(gated, n + m + gates.of_pair, problem.wi).astype(np.int32)
    posting = (n + problem.pj).astype(np.int32)
    used = np.zeros(len(gates), np.bool_)
    used[gates.of_pair[chosen & gated]] = True
    gate = np.arange(n + m, n + m + len(gates), dtype=np.int32)
    return (
        np.r_[np.where(chosen, posting, giver), np.where(used, gate, gates.owner)],
        np.r_[np.where(chosen, giver, posting), np.where(used, gates.owner, gate)],
        np.r_[np.where(chosen, -pair_cost, pair_cost), np.zeros(len(gates), np.int64)],
    )


def exchanges(problem: AllocationProblem, gates: Gates, chosen: Flags) -> Arcs:
    """The arcs without costs, for finding who can be reached from whom."""
    nothing = np.zeros(problem.pairs, np.int64)
    tail, head, cost = residual_arcs(problem, gates, chosen, nothing)
    return arcs_by_tail(problem.workers + problem.postings + len(gates), tail, head, cost)


def reach(arcs: Arcs, start: Ints, seen: Flags) -> Ints:
    """Nodes newly reached from `start`, which counts; marks them in `seen`, where earlier ones are kept."""
    frontier = start[~seen[start]]
    seen[frontier] = True
    found = [frontier]
    while len(frontier):
        heads = arcs.head[arcs.leaving(frontier)]
        frontier = np.unique(heads[~seen[heads]]).astype(np.int64)
        seen[frontier] = True
        found.append(frontier)
    return np.concatenate(found)
