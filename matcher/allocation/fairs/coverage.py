"""Which small fairs reach most people who were not served (小型专场选址): maximum coverage with its bound.

Greedy reaches 1 - 1/e of the best choice in general; the linear programme says how near it came this time.
Source: Nemhauser, Wolsey & Fisher 1978; lazy evaluation: Minoux 1978.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix, hstack, identity, vstack

from matcher.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Coverage:
    """chosen: candidates in the order taken. added: people each one added. bound: no choice of so many reaches more."""

    chosen: tuple[int, ...]
    added: tuple[int, ...]
    bound: float

    @property
    def reached(self) -> int:
        """People reached by all of them."""
        return sum(self.added)


def most_covering(reaches: csr_matrix, count: int) -> Coverage:
    """At most `count` candidates that together reach most people.

    reaches: (candidates, people) sparse bool. Raises InvalidInput for a negative count.
    """
    if count < 0:
        raise InvalidInput(f"场次不能是负数，收到 {count}")
    sets = csr_matrix(reaches, dtype=np.bool_)
    covered = np.zeros(sets.shape[1], np.bool_)
    sizes = np.diff(sets.indptr)
    heap = [(-int(size), row) for row, size in enumerate(sizes)]
    heapq.heapify(heap)
    chosen: list[int] = []
    added: list[int] = []
    while heap and len(chosen) < count:
        _, row = heapq.heappop(heap)
        people = sets.indices[sets.indptr[row] : sets.indptr[row + 1]]
        gain = int((~covered[people]).sum())
        if gain == 0:
            continue
        if heap and gain < -heap[0][0]:  # what it added before is out of date
            heapq.heappush(heap, (-gain, row))
            continue
        covered[people] = True
        chosen.append(row)
        added.append(gain)
    return Coverage(tuple(chosen), tuple(added), _bound(sets, count))


def _bound(sets: csr_matrix, count: int) -> float:
    """Most people that `count` candidates could reach if candidates could be taken in part."""
    candidates, people = sets.shape
    if not candidates or not people or not count:
        return 0.0
    kinds, weight = np.unique(sets.toarray().T, axis=0, return_counts=True)
    rows = coo_matrix(kinds.astype(np.float64))
    # of every kind of person: reached ≤ Σ candidates that reach it; Σ candidates ≤ count
    inside = hstack([-rows, identity(len(kinds))]).tocsr()
    total = csr_matrix(np.concatenate([np.ones(candidates), np.zeros(len(kinds))])[None, :])
    solved = linprog(
        np.concatenate([np.zeros(candidates), -weight]),
        A_ub=vstack([inside, total]),
        b_ub=np.concatenate([np.zeros(len(kinds)), [float(count)]]),
        bounds=(0, 1),
        method="highs",
    )
    if solved.status != 0:
        raise InvalidInput("小型专场的上界算不出来")
    return -float(solved.fun)
