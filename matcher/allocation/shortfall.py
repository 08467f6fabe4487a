"""Why somebody is short of pushes (缺口原因): proven from the minimum cut, in numbers a caseworker can repeat.

INVARIANTS of a CROWDED cut, for an allocation without avoidable shortfall:
    wanted > places, and wanted - places is what the cut's people lack together beyond structural reasons;
    every posting of the cut is full, and only people of the cut hold its places;
    so whoever of the cut is served instead, somebody of the cut stays short (Hall's theorem).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matcher.allocation.flow import Allocation
from matcher.allocation.gates import employer_gates, rival_groups
from matcher.allocation.problem import AllocationProblem, Flags, Ints
from matcher.allocation.residual import Arcs, exchanges, reach
from matcher.domain.labelled import Labelled

MOST_POSTINGS_NAMED = 20


class Cause(Labelled):
    """What keeps a person below the floor (缺口原因)."""

    NO_CANDIDATES = "no_candidates", "没有可推荐岗位"
    ONE_EMPLOYER = "one_employer", "合适岗位都在同一家单位"
    CROWDED = "crowded", "名额不够"
    TOO_FEW = "too_few", "可推荐岗位不够数"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One person below the floor.

    worker:     row of the person.         missing:    pushes below the floor.
    candidates: postings that would do.    employers:  how many different employers these are of.
    rivals:     people of the same cut, this one included; 1 when the cause is the person's own candidates.
    wanted:     pushes those people still want from the cut's postings; more than `places`.
    places:     pushes the cut's postings may receive.
    postings:   rows of the cut's postings, those most people of the cut could be sent to first, at most
                MOST_POSTINGS_NAMED.      cut: number of the cut, -1 without one.
    """

    worker: int
    missing: int
    cause: Cause
    rivals: int
    wanted: int
    places: int
    postings: tuple[int, ...]
    candidates: int
    employers: int
    cut: int

    def sentence(self) -> str:
        """The cause in one Chinese sentence, with its numbers."""
        if self.cause is Cause.CROWDED and not self.places:
            return f"{self.candidates} 个合适岗位都没有名额了"
        if self.cause is Cause.CROWDED:
            return f"{self.rivals} 人竞争 {self.places} 个名额，还需要 {self.wanted - self.places} 个"
        if self.cause is Cause.NO_CANDIDATES:
            return "没有可推荐岗位"
        if self.cause is Cause.TOO_FEW:
            return f"可推荐岗位只有 {self.candidates} 个，少于还需要的 {self.wanted} 个"
        return f"{self.candidates} 个合适岗位只属于 {self.employers} 家单位，同一单位只推一次"


@dataclass(frozen=True, eq=False)
class Cuts:
    """Disjoint bottlenecks. of_worker: (n,), of_posting: (m,) number of the cut, -1 outside of all.

    rivals, wanted, places: (c,) figures of each cut.
    """

    of_worker: Ints
    of_posting: Ints
    rivals: Ints
    wanted: Ints
    places: Ints


def shortfalls(
    problem: AllocationProblem, allocation: Allocation, *, distinct_employers: bool = True
) -> list[Shortfall]:
    """Everybody below the floor, by row, each with the binding cause.

    allocation: an optimum of `allocate`; distinct_employers: as in its policy.
    """
    choices = distinct_choices(problem, distinct_employers=distinct_employers)
    candidates = np.bincount(problem.wi, minlength=problem.workers)
    crowded = crowded_missing(problem, allocation, choices) > 0
    cuts = bottlenecks(problem, allocation, crowded, distinct_employers=distinct_employers)
    named = _postings_named(problem, cuts)
    found = []
    for worker in np.flatnonzero(allocation.missing).tolist():
        cut = int(cuts.of_worker[worker]) if crowded[worker] else -1
        found.append(
            Shortfall(
                worker=worker,
                missing=int(allocation.missing[worker]),
                cause=_cause(int(candidates[worker]), int(problem.need[worker]), cut),
                rivals=int(cuts.rivals[cut]) if cut >= 0 else 1,
                wanted=int(cuts.wanted[cut]) if cut >= 0 else int(problem.need[worker]),
                places=int(cuts.places[cut]) if cut >= 0 else int(choices[worker]),
                postings=named[cut] if cut >= 0 else (),
                candidates=int(candidates[worker]),
                employers=int(choices[worker]),
                cut=cut,
            )
        )
    return found


def distinct_choices(problem: AllocationProblem, *, distinct_employers: bool) -> Ints:
    """(n,) pushes each person could get if every place were free: candidates, one for each employer."""
    group = rival_groups(problem, distinct_employers=distinct_employers)
    _, number = np.unique(group, return_inverse=True)
    key = np.unique(problem.wi * max(problem.postings, 1) + number[problem.pj])
    return np.bincount(key // max(problem.postings, 1), minlength=problem.workers)


def crowded_missing(problem: AllocationProblem, allocation: Allocation, choices: Ints) -> Ints:
    """(n,) missing pushes that more places would bring; the rest lacks candidates or employers."""
    return np.maximum(np.minimum(problem.need, choices) - allocation.found, 0)


def bottlenecks(
    problem: AllocationProblem, allocation: Allocation, crowded: Flags, *, distinct_employers: bool
) -> Cuts:
    """The disjoint cuts that hold the (n,) `crowded` people: whatever can be reached from them by exchanges."""
    n, m = problem.workers, problem.postings
    gates = employer_gates(problem, distinct_employers=distinct_employers)
    arcs = exchanges(problem, gates, allocation.chosen)
    inside = np.zeros(arcs.nodes, np.bool_)
    reach(arcs, np.flatnonzero(crowded), inside)
    number = _islands(arcs, inside)
    of_worker, of_posting = number[:n], number[n : n + m]
    size = int(number.max(initial=-1)) + 1
    people, full = of_worker >= 0, of_posting >= 0
    pushes = allocation.chosen & (of_worker[problem.wi] >= 0)
    outside = pushes & (of_posting[problem.pj] < 0)
    elsewhere = np.bincount(of_worker[problem.wi[outside]], minlength=size)
    choices = distinct_choices(problem, distinct_employers=distinct_employers)
    attainable = np.minimum(problem.need, choices)
    return Cuts(
        of_worker=of_worker,
        of_posting=of_posting,
        rivals=np.bincount(of_worker[people], minlength=size),
        wanted=_sums(of_worker[people], attainable[people], size) - elsewhere,
        places=_sums(of_posting[full], problem.capacity[full], size),
    )


def _islands(arcs: Arcs, inside: Flags) -> Ints:
    """(nodes,) number of the connected part of each inside node, by its first node; -1 outside."""
    number = np.full(arcs.nodes, -1, np.int64)
    nodes = np.flatnonzero(inside)
    rows = arcs.leaving(nodes)
    tail = np.repeat(nodes, arcs.start[nodes + 1] - arcs.start[nodes])
    place = np.cumsum(inside) - 1
    ends = (place[tail], place[arcs.head[rows]])
    links = coo_array((np.ones(len(rows), np.bool_), ends), shape=(len(nodes), len(nodes)))
    if len(nodes):
        _, label = connected_components(links, directed=False)
        _, first, order = np.unique(label, return_index=True, return_inverse=True)
        number[nodes] = np.argsort(np.argsort(first))[order]
    return number


def _sums(group: Ints, values: Ints, size: int) -> Ints:
    total = np.zeros(size, np.int64)
    np.add.at(total, group, values)
    return total


def _postings_named(problem: AllocationProblem, cuts: Cuts) -> list[tuple[int, ...]]:
    """For each cut, its postings by how many of its people have them as a candidate."""
    within = (cuts.of_worker[problem.wi] >= 0) & (cuts.of_posting[problem.pj] >= 0)
    wanted = np.bincount(problem.pj[within], minlength=problem.postings)
    rows = np.flatnonzero(cuts.of_posting >= 0)
    rows = rows[np.lexsort((rows, -wanted[rows], cuts.of_posting[rows]))]
    starts = np.searchsorted(cuts.of_posting[rows], np.arange(len(cuts.rivals) + 1))
    return [
        tuple(rows[start : min(end, start + MOST_POSTINGS_NAMED)].tolist())
        for start, end in pairwise(starts.tolist())
    ]


def _cause(candidates: int, need: int, cut: int) -> Cause:
    if cut >= 0:
        return Cause.CROWDED
    if not candidates:
        return Cause.NO_CANDIDATES
    return Cause.TOO_FEW if candidates < need else Cause.ONE_EMPLOYER
