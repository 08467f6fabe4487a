"""Claim: every avoidable shortfall avoided, no posting over its cap, at under 7 % of the naive score; 5M pairs in 15 CPU s.

Peers run on the same market in the same run: naive top-2, greedy by score, and the linear programme of SciPy's
HiGHS on a small case. Large cases run in a child process on one thread, which measures its own peak memory.
Markets are made up (`benchmarks/allocation_market.py`); `--large` adds a million people and 20M pairs.
Seconds are given as wall and as CPU time, because other work may share the machine.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.allocation_market import market
from benchmarks.allocation_peers import greedy_by_score
from benchmarks.measure import write_result
from matcher.allocation.bounds import least_cost
from matcher.allocation.certificate import certify
from matcher.allocation.fairness import fairness
from matcher.allocation.flow import Allocation, allocate, summed_up
from matcher.allocation.gap import gap_summary
from matcher.allocation.naive import naive_top_k
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.prices import prices
from matcher.allocation.problem import AllocationProblem, Flags
from matcher.allocation.shortfall import shortfalls

USUAL = AllocationPolicy()
PEOPLE, POSTINGS, CANDIDATES = 10_000, 5_000, 52
SWEEP = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
FAME = 0.15
WITHDRAWN, TASTE_CHANGE = 0.02, 0.02
LARGE = {"100k_people_5M_pairs": (100_000, 40_000, 54), "1M_people_20M_pairs": (1_000_000, 400_000, 20)}


def outcome(problem: AllocationProblem, allocation: Allocation) -> dict[str, Any]:
    """The figures every system is compared on."""
    spread = fairness(problem, allocation)
    over = np.maximum(allocation.load - problem.capacity, 0).sum()
    return {
        "over_capacity_share": round(float(over / max(allocation.load.sum(), 1)), 4),
        "short_people_share": round(float((allocation.missing > 0).mean()), 4),
        "people_with_none_share": round(float((allocation.found == 0).mean()), 4),
        "people_with_all_share": round(float((allocation.missing == 0).mean()), 4),
        "mean_score": round(spread.mean_score, 4),
        "score_loss_against_naive": round(spread.score_loss, 4),
        "gini": round(spread.gini, 4),
        "coverage_of_reachable_openings": round(spread.coverage, 4),
        "most_pushes_on_one_opening": spread.congestion,
        "envy": round(spread.envy, 4),
        "inferiority": round(spread.inferiority, 3),
        "worst_tenth_total_score": round(spread.worst_tenth, 4),
    }


def clocked(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """The result, with wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    seconds = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    return result, {name: round(value, 2) for name, value in seconds.items()}


def ours(problem: AllocationProblem, policy: AllocationPolicy = USUAL) -> dict[str, Any]:
    """Our allocation, its time and its certificate."""
    allocation, seconds = clocked(lambda: allocate(problem, policy))
    certificate, checking = clocked(lambda: certify(problem, policy, allocation))
    return outcome(problem, allocation) | {
        "seconds": seconds,
        "certificate_seconds": checking,
        "certificate_holds": certificate.holds,
        "missing": certificate.missing,
        "missing_bound": certificate.missing_bound,
    }


def peer(problem: AllocationProblem, choose: Callable[[AllocationProblem], Flags]) -> dict[str, Any]:
    """Another way of choosing, with its time."""
    chosen, seconds = clocked(lambda: choose(problem))
    return outcome(problem, summed_up(problem, USUAL, chosen)) | {"seconds": seconds}


def balanced(floor: int = 2, **changes: Any) -> AllocationProblem:
    """Half an opening for each push, three pushes an opening at most."""
    shape: dict[str, Any] = {"openings_per_push": 0.5, "ratio": 3} | changes
    return market(PEOPLE, POSTINGS, CANDIDATES, floor=floor, **shape)


def scarce() -> AllocationProblem:
    """Seven openings for ten pushes, one push an opening."""
    return balanced(openings_per_push=0.7, ratio=1)


def linear_programme() -> dict[str, Any]:
    """The same optimum by HiGHS on a case it can still solve."""
    problem = market(2_000, 1_000, 42, openings_per_push=0.5, ratio=3)
    price = prices(problem, USUAL)
    cost, seconds = clocked(lambda: least_cost(problem, USUAL, price))
    allocation, flow = clocked(lambda: allocate(problem, USUAL))
    return {
        "pairs": problem.pairs,
        "highs_seconds": seconds,
        "ours_seconds": flow,
        "relative_difference": abs(cost - allocation.cost) / abs(allocation.cost),
    }


def next_night() -> dict[str, Any]:
    """Pushes changed when 2 % of the postings go and scores drift a little, with and without the bonus."""
    before = balanced()
    last = allocate(before, USUAL)
    draw = np.random.default_rng(5)
    gone = draw.random(before.postings) < WITHDRAWN
    drift = draw.normal(0, TASTE_CHANGE, before.pairs)
    after = replace(
        before,
        capacity=np.where(gone, 0, before.capacity),
        score=np.clip(before.score + drift, 0, 1),
        kept=last.chosen,
    )
    unavoidable = float(gone[before.pj[last.chosen]].mean())
    found: dict[str, Any] = {"share_of_pushes_withdrawn": round(unavoidable, 4)}
    for bonus in (0.0, USUAL.stability_bonus, 0.05, 0.1):
        allocation = allocate(after, replace(USUAL, stability_bonus=bonus))
        changed = float((last.chosen & ~allocation.chosen).sum() / last.chosen.sum())
        score = float(after.score[allocation.chosen].mean())
        found[f"bonus_{bonus:g}"] = {"changed": round(changed, 4), "mean_score": round(score, 4)}
    return found


def explained(problem: AllocationProblem) -> dict[str, Any]:
    """Time to name every shortfall of a scarce market and what would close it."""
    allocation = allocate(problem, USUAL)
    short, naming = clocked(lambda: shortfalls(problem, allocation))
    gap, summing = clocked(lambda: gap_summary(problem, allocation, short))
    return {
        "short_people": len(short),
        "cuts": len(gap.cuts),
        "places_that_close_the_crowding": gap.crowded,
        "naming_seconds": naming,
        "gap_seconds": summing,
    }


def child(people: int, postings: int, candidates: int) -> None:
    """One large case in this process; prints its figures as JSON."""
    problem = market(people, postings, candidates, openings_per_push=0.5, ratio=3)
    allocation, seconds = clocked(lambda: allocate(problem, USUAL))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {"pairs": problem.pairs, "seconds": seconds, "peak_memory_gb": round(peak * 1024 / 1e9, 2)}
    certificate, checking = clocked(lambda: certify(problem, USUAL, allocation))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures |= {
        "certificate_holds": certificate.holds,
        "missing": certificate.missing,
        "missing_bound": certificate.missing_bound,
        "certificate_seconds": checking,
        "peak_memory_with_certificate_gb": round(peak * 1024 / 1e9, 2),
    }
    print(json.dumps(figures | {"outcome": outcome(problem, allocation)}))


def in_child(size: tuple[int, int, int]) -> dict[str, Any]:
    """The figures of `child` in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.allocation", "--child", *map(str, size)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def main() -> None:
    if "--child" in sys.argv:
        people, postings, candidates = map(int, sys.argv[-3:])
        child(people, postings, candidates)
        return
    figures: dict[str, Any] = {"policy": {"congestion_step": USUAL.congestion_step}}
    steps: dict[str, Callable[[], Any]] = {
        "balanced": lambda: {
            "naive_top_2": peer(balanced(), naive_top_k),
            "greedy": peer(balanced(), greedy_by_score),
            "ours": ours(balanced()),
        },
        "balanced_famous_postings_score_higher": lambda: {
            "naive_top_2": peer(balanced(fame_in_score=FAME), naive_top_k),
            "ours_without_congestion": ours(balanced(fame_in_score=FAME), replace(USUAL, congestion_step=0.0)),
            "ours": ours(balanced(fame_in_score=FAME)),
        },
        "balanced_floor_3": lambda: {"greedy": peer(balanced(3), greedy_by_score), "ours": ours(balanced(3))},
        "scarce": lambda: {
            "greedy": peer(scarce(), greedy_by_score),
            "ours_sharing": ours(scarce()),
            "ours_linear": ours(scarce(), replace(USUAL, share_scarcity=False)),
        },
        "scarce_explained": lambda: explained(scarce()),
        "congestion_sweep": lambda: {
            f"step_{step:g}": outcome(balanced(), allocate(balanced(), replace(USUAL, congestion_step=step)))
            for step in SWEEP
        },
        "next_night": next_night,
        "linear_programme": linear_programme,
    }
    sizes = LARGE if "--large" in sys.argv else dict(list(LARGE.items())[:1])
    steps |= {name: (lambda size=size: in_child(size)) for name, size in sizes.items()}
    for name, step in steps.items():
        figures[name] = step()
        print(f"  {name}: {json.dumps(figures[name], ensure_ascii=False)}", flush=True)
    write_result("allocation", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
