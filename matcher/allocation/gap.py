"""What would close the gap (补缺方案): how many more places, where, and for how many no place helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.allocation.flow import Allocation
from matcher.allocation.gates import rival_groups
from matcher.allocation.problem import AllocationProblem, Ints
from matcher.allocation.shortfall import Cause, Shortfall, crowded_missing, distinct_choices


@dataclass(frozen=True, slots=True)
class CutGap:
    """One bottleneck. people: short ones in it; places_to_add: rows of postings and how many more pushes each."""

    cut: int
    people: int
    rivals: int
    wanted: int
    places: int
    places_to_add: tuple[tuple[int, int], ...]

    @property
    def missing(self) -> int:
        """Places that close this cut: no fewer can, because one place is one push more."""
        return sum(count for _, count in self.places_to_add)


@dataclass(frozen=True, eq=False)
class GapSummary:
    """The whole gap.

    missing:       pushes below the floor.
    crowded:       of these, pushes that more places would bring = sum of the cuts' places to add.
    cuts:          bottlenecks, the largest gap first.
    more_capacity: (m,) pushes to add to each posting; with them an allocation lacks `missing - crowded`.
    people:        short people by cause.
    """

    missing: int
    crowded: int
    cuts: tuple[CutGap, ...]
    more_capacity: Ints
    people: dict[Cause, int]


def gap_summary(
    problem: AllocationProblem,
    allocation: Allocation,
    found: Sequence[Shortfall],
    *,
    distinct_employers: bool = True,
) -> GapSummary:
    """The fewest places that would end all crowding, put where most short people could use them.

    found: what `shortfalls` says of the same allocation.
    """
    posting, worker = _one_more_each(problem, allocation, distinct_employers=distinct_employers)
    more = np.bincount(posting, minlength=problem.postings)
    cut_of = {short.worker: short for short in found if short.cut >= 0}
    by_cut: dict[int, list[int]] = {}
    for row, place in zip(worker.tolist(), posting.tolist(), strict=True):
        by_cut.setdefault(cut_of[row].cut, []).append(place)
    people_in = np.bincount([short.cut for short in cut_of.values()], minlength=1)
    figures = {short.cut: short for short in cut_of.values()}
    cuts = [
        CutGap(
            cut=cut,
            people=int(people_in[cut]),
            rivals=figures[cut].rivals,
            wanted=figures[cut].wanted,
            places=figures[cut].places,
            places_to_add=tuple(zip(*_counts(places), strict=True)),
        )
        for cut, places in by_cut.items()
    ]
    return GapSummary(
        missing=int(allocation.missing.sum()),
        crowded=len(posting),
        cuts=tuple(sorted(cuts, key=lambda cut: (-cut.missing, cut.cut))),
        more_capacity=more,
        people={cause: sum(short.cause is cause for short in found) for cause in Cause},
    )


def _one_more_each(
    problem: AllocationProblem, allocation: Allocation, *, distinct_employers: bool
) -> tuple[Ints, Ints]:
    """Posting and person of each push that one more place would bring.

    A person gets the place at an unused employer, at the posting that most crowded people could use.
    """
    choices = distinct_choices(problem, distinct_employers=distinct_employers)
    lacking = crowded_missing(problem, allocation, choices)
    group = rival_groups(problem, distinct_employers=distinct_employers)
    _, group = np.unique(group, return_inverse=True)
    size = max(problem.postings, 1)
    key = problem.wi * size + group[problem.pj]
    taken = np.isin(key, key[allocation.chosen])
    rows = np.flatnonzero((lacking[problem.wi] > 0) & ~taken)
    demand = np.bincount(problem.pj[rows], minlength=problem.postings)
    rows = rows[np.lexsort((problem.pj[rows], -demand[problem.pj[rows]], problem.wi[rows]))]
    _, first = np.unique(key[rows], return_index=True)
    rows = rows[np.sort(first)]
    start = np.searchsorted(problem.wi[rows], problem.wi[rows])
    rows = rows[np.arange(len(rows)) - start < lacking[problem.wi[rows]]]
    return problem.pj[rows], problem.wi[rows]


def _counts(places: list[int]) -> tuple[list[int], list[int]]:
    """Different postings and how often each."""
    posting, count = np.unique(places, return_counts=True)
    return posting.tolist(), count.tolist()
