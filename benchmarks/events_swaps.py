"""Claim: hands are lent between firms at the proven optimum within a second; greedy lending leaves worth behind.

Firms are simulated. The peer takes the dearest pair first; the optimum is checked by a linear programme of SciPy's
HiGHS on the same problem.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from matcher.allocation.swaps import Ints, SwapProblem, match_swaps, pack_buses

FIRMS = 200
PAIRS_PER_FIRM = 40


def figures(firms: int = FIRMS) -> dict[str, Any]:
    """One market: FIRMS lenders, as many borrowers."""
    problem = drawn(firms)
    cpu, wall = time.process_time(), time.perf_counter()
    plan = match_swaps(problem)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    taken = greedy(problem)
    bound = _linear_optimum(problem)
    return {
        "simulated": True,
        "lenders": firms,
        "borrowers": firms,
        "pairs": len(problem.si),
        "heads_to_lend": int(problem.spare.sum()),
        "heads_wanted": int(problem.wanted.sum()),
        "flow": {
            "worth": round(plan.worth, 3),
            "heads": int(plan.heads.sum()),
            "certificate_holds": plan.certificate.holds,
            "gap_to_linear_programme": round(bound / plan.worth - 1, 8),
            "seconds": round(wall, 3),
            "cpu_seconds": round(cpu, 3),
        },
        "greedy": {
            "worth": round(float(problem.worth @ taken), 3),
            "heads": int(taken.sum()),
            "worth_lost_share": round(1 - float(problem.worth @ taken) / plan.worth, 4),
        },
        "buses_for_123": list(pack_buses(123)),
    }


def drawn(firms: int, seed: int = 4) -> SwapProblem:
    """Lenders and borrowers with a few dozen possible partners each."""
    rng = np.random.default_rng(seed)
    si = np.repeat(np.arange(firms), PAIRS_PER_FIRM)
    tj = np.concatenate([rng.choice(firms, PAIRS_PER_FIRM, replace=False) for _ in range(firms)])
    return SwapProblem(
        rng.integers(2, 80, firms), rng.integers(2, 80, firms), si, tj, np.round(rng.uniform(0.05, 1, len(si)), 4)
    )


def greedy(problem: SwapProblem) -> Ints:
    """(k,) heads when the dearest pair is served first."""
    spare, wanted = problem.spare.copy(), problem.wanted.copy()
    heads = np.zeros(len(problem.si), np.int64)
    for pair in np.argsort(-problem.worth, kind="stable"):
        i, j = problem.si[pair], problem.tj[pair]
        heads[pair] = min(spare[i], wanted[j])
        spare[i] -= heads[pair]
        wanted[j] -= heads[pair]
    return heads


def _linear_optimum(problem: SwapProblem) -> float:
    columns = np.arange(len(problem.si))
    ones = np.ones(len(columns))
    limits = vstack(
        [
            csr_matrix((ones, (problem.si, columns)), shape=(len(problem.spare), len(columns))),
            csr_matrix((ones, (problem.tj, columns)), shape=(len(problem.wanted), len(columns))),
        ]
    )
    found = linprog(-problem.worth, A_ub=limits, b_ub=np.concatenate([problem.spare, problem.wanted]))
    return -float(found.fun)


if __name__ == "__main__":
    print(json.dumps(figures(), ensure_ascii=False, indent=1))
