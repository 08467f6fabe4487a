"""Bounds found without the allocation's own network (独立验证): the least shortfall, and the least cost."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_flow

from matcher.allocation.gates import rival_groups
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.prices import Prices, counted_within
from matcher.allocation.problem import AllocationProblem, Ints


def least_shortfall(problem: AllocationProblem, policy: AllocationPolicy) -> int:
    """Pushes to the floor that no allocation can make: all needs minus a maximum flow (Dinic, SciPy).

    source → person (need) → [person and employer (1)] → posting (1) → sink (capacity)
    """
    n, m = problem.workers, problem.postings
    employers = rival_groups(problem, distinct_employers=policy.distinct_employers)
    _, group = np.unique(employers, return_inverse=True)
    key = problem.wi * m + group[problem.pj]
    _, of_pair, size = np.unique(key, return_inverse=True, return_counts=True)
    several = size >= 2
    node = 2 + n + m + np.cumsum(several) - 1
    through = several[of_pair]
    owner = np.zeros(len(size), np.int64)
    owner[of_pair] = problem.wi
    giver = np.where(through, node[of_pair], 2 + problem.wi)
    people, postings = 2 + np.arange(n), 2 + n + np.arange(m)
    tail = np.concatenate([np.zeros(n, np.int64), giver, 2 + owner[several], postings])
    head = np.concatenate([people, 2 + n + problem.pj, node[several], np.ones(m, np.int64)])
    candidates = np.bincount(problem.pj, minlength=m)
    amount = np.concatenate(
        [
            np.minimum(problem.need, problem.postings),
            np.ones(problem.pairs + int(several.sum()), np.int64),
            np.minimum(problem.capacity, candidates),
        ]
    )
    nodes = 2 + n + m + int(several.sum())
    network = csr_array((amount.astype(np.int32), (tail, head)), shape=(nodes, nodes))
    return int(problem.need.sum()) - int(maximum_flow(network, 0, 1).flow_value)


def least_cost(problem: AllocationProblem, policy: AllocationPolicy, price: Prices) -> float:
    """The optimum of the linear programme over pairs, missing pushes and rounds of places (HiGHS, SciPy).

    Rows: a person's pushes and what is not made add up to the room; a posting's pushes to its places; at most
    one push for a person and employer. No network, no gates: nothing of the allocation's model.
    """
    n, m, k = problem.workers, problem.postings, problem.pairs
    if not n:
        return 0.0
    short = np.repeat(np.arange(n), problem.need)
    lacking = price.unit * price.weight(short, counted_within(problem.need) + 1)
    width = np.maximum(problem.openings, 1)
    rounds = -(-np.minimum(problem.capacity, n) // width)
    posting = np.repeat(np.arange(m), rounds)
    at = counted_within(rounds)
    places = np.minimum(width[posting], problem.capacity[posting] - at * width[posting])
    cost = np.r_[price.pair, lacking, np.full(n, price.above), price.step * at]
    upper = np.r_[np.ones(k), np.ones(len(short)), problem.room - problem.need, places]
    rows = np.r_[problem.wi, short, np.arange(n), n + problem.pj, n + posting]
    pushes, unmade = np.arange(k), k + np.arange(len(short) + n)
    columns = np.r_[pushes, unmade, pushes, k + len(short) + n + np.arange(len(posting))]
    signs = np.r_[np.ones(k + len(short) + n + k), -np.ones(len(posting))]
    balance = coo_array((signs, (rows, columns)), shape=(n + m, len(cost)))
    repeats = _employer_rows(problem, policy, len(cost))
    answer = linprog(
        cost / price.unit,
        A_ub=repeats,
        b_ub=np.ones(repeats.shape[0]),
        A_eq=balance.tocsr(),
        b_eq=np.r_[problem.room, np.zeros(m)],
        bounds=np.c_[np.zeros(len(cost)), upper],
        method="highs",
    )
    return float(answer.fun) * price.unit if answer.success else float("nan")


def _employer_rows(problem: AllocationProblem, policy: AllocationPolicy, columns: int) -> csr_array:
    groups: Ints = rival_groups(problem, distinct_employers=policy.distinct_employers)[problem.pj]
    names, row = np.unique(np.c_[problem.wi, groups], axis=0, return_inverse=True)
    shape = (len(names), columns)
    return csr_array((np.ones(problem.pairs), (row.ravel(), np.arange(problem.pairs))), shape=shape)
