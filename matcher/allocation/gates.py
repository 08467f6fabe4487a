"""One push an employer (同一单位只推一次): where postings of one employer compete for one person.

A person who could be sent to several postings of one employer passes a gate that lets one push through. Gates
keep the network a network, so the answer stays whole and exact. Most people have none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.problem import AllocationProblem, Ints

NONE = -1


@dataclass(frozen=True, eq=False)
class Gates:
    """of_pair: (k,) int32 gate of each pair, -1 = none; owner: (g,) int32 person of each gate."""

    of_pair: NDArray[np.int32]
    owner: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.owner)


def employer_gates(problem: AllocationProblem, *, distinct_employers: bool) -> Gates:
    """A gate for each person and employer with at least two candidate pairs; none when repeats are allowed."""
    of_pair = np.full(problem.pairs, NONE, np.int32)
    rows = np.flatnonzero(problem.employer[problem.pj] >= 0) if distinct_employers else np.zeros(0, np.int64)
    if not len(rows):
        return Gates(of_pair, np.zeros(0, np.int32))
    names, group = np.unique(problem.employer, return_inverse=True)
    key = problem.wi[rows] * len(names) + group[problem.pj[rows]]
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    size = np.diff(np.r_[first, len(key)])
    shared = size >= 2
    of_pair[rows[order[np.repeat(shared, size)]]] = np.repeat(np.arange(shared.sum()), size[shared])
    owner = problem.wi[rows[order[first[shared]]]].astype(np.int32)
    return Gates(of_pair, owner)


def rival_groups(problem: AllocationProblem, *, distinct_employers: bool) -> Ints:
    """(m,) group of each posting of which a person gets one: its employer, or the posting by itself."""
    alone = -1 - np.arange(problem.postings, dtype=np.int64)
    if not distinct_employers:
        return alone
    return np.where(problem.employer >= 0, problem.employer, alone)
