"""The same problem in an order of its own (规范顺序), so that the answer does not depend on the order of input."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.allocation.problem import AllocationProblem, Ints


@dataclass(frozen=True, eq=False)
class Canonical:
    """problem: people, postings and pairs in canonical order; pair_row: (k,) row of each pair in the input."""

    problem: AllocationProblem
    pair_row: Ints


def canonical(problem: AllocationProblem, seed: int) -> Canonical:
    """Order people and postings by a mix of key and seed, pairs by person, then posting.

    Whoever comes first has no standing advantage: another seed gives another order.
    """
    worker_row, worker_place = _order(problem.worker_key, problem.workers, seed)
    posting_row, posting_place = _order(problem.posting_key, problem.postings, seed + 1)
    wi, pj = worker_place[problem.wi], posting_place[problem.pj]
    pair_row = np.argsort(wi * problem.postings + pj, kind="stable")
    ordered = replace(
        problem,
        wi=wi[pair_row],
        pj=pj[pair_row],
        score=problem.score[pair_row],
        kept=problem.kept[pair_row],
        capacity=problem.capacity[posting_row],
        openings=problem.openings[posting_row],
        employer=problem.employer[posting_row],
        need=problem.need[worker_row],
        room=problem.room[worker_row],
        priority=problem.priority[worker_row],
        worker_key=None,
        posting_key=None,
    )
    return Canonical(ordered, pair_row)


def _order(key: Ints | None, size: int, seed: int) -> tuple[Ints, Ints]:
    """Row at each place, and place of each row."""
    keys = np.arange(size, dtype=np.int64) if key is None else key
    row = np.argsort(_mixed(keys, seed), kind="stable")
    place = np.empty(size, np.int64)
    place[row] = np.arange(size)
    return row, place


def _mixed(keys: Ints, seed: int) -> np.ndarray:
    """The SplitMix64 finaliser: one to one, so different keys never tie. Source: Steele, Lea & Flood 2014."""
    with np.errstate(over="ignore"):
        x = keys.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
