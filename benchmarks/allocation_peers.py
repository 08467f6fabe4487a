"""What allocations are compared with: a greedy one by score, and the linear programme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.gates import rival_groups
from matcher.allocation.problem import AllocationProblem


def greedy_by_score(problem: AllocationProblem, *, distinct_employers: bool = True) -> NDArray[np.bool_]:
    """(k,) pairs taken from the best score down, whenever the person, the posting and the employer are free."""
    group = rival_groups(problem, distinct_employers=distinct_employers).tolist()
    left, places = problem.need.tolist(), problem.capacity.tolist()
    taken: set[tuple[int, int]] = set()
    chosen = np.zeros(problem.pairs, np.bool_)
    order = np.lexsort((problem.pj, problem.wi, -problem.score))
    for row, worker, posting in zip(
        order.tolist(), problem.wi[order].tolist(), problem.pj[order].tolist(), strict=True
    ):
        if left[worker] and places[posting] and (worker, group[posting]) not in taken:
            left[worker] -= 1
            places[posting] -= 1
            taken.add((worker, group[posting]))
            chosen[row] = True
    return chosen
