"""Everybody's best postings, as if nobody else were there (各取所好): the yardstick for score losses."""

from __future__ import annotations

import numpy as np

from matcher.allocation.prices import counted_within
from matcher.allocation.problem import AllocationProblem, Flags


def naive_top_k(problem: AllocationProblem) -> Flags:
    """(k,) each person's `need` best pairs by score; places, employers and other people are ignored."""
    order = np.lexsort((problem.pj, -problem.score, problem.wi))
    count = np.bincount(problem.wi, minlength=problem.workers)
    within = counted_within(count) < np.repeat(problem.need, count)
    chosen = np.zeros(problem.pairs, np.bool_)
    chosen[order[within]] = True
    return chosen
