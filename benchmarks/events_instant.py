"""Claim: an urgent request is filled by its hour almost as by a clairvoyant, with few trips for nothing; a decision
over 20,000 people who are free takes under 50 ms.

People and requests are simulated (`benchmarks/instant_world.py`), the same for every policy; intervals are 95 %
over requests. Times are CPU and wall, as other work may share the machine.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.instant_world import (
    County,
    Result,
    Scene,
    call_everyone,
    call_first_come,
    call_top,
    clairvoyant,
    in_waves,
    learned_rates,
    scene,
)
from matcher.allocation.instant.decision import Pool, Situation, decide_wave
from matcher.allocation.instant.rates import Rates
from matcher.demo.people import sample_people
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PayUnit, PostingKind
from matcher.domain.values import Occupation, Pay, Place
from matcher.ranking.score import load_scorer
from matcher.retrieval.columns import WorkerColumns
from matcher.services.instant.ranking import rank_people
from matcher.services.runtime import SHIPPED_RANKER
from matcher.text.worker_reader import worker_from_row

REQUESTS = 300
FREE_PEOPLE = 20_000
REPEATS = 20
USUAL, HOPEFUL, GLOOMY = (0.3, 0.85), (0.7, 0.98), (0.1, 0.6)
"""Believed rates of yes and of coming; the simulated county has 0.31 and 0.86 on average over trades and hours."""
DIFFERENT_PEOPLE = 2_000
SAMPLE_DAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
Policy = Callable[[Scene], Result]


def figures(requests: int = REQUESTS) -> dict[str, Any]:
    """Every policy on the same simulated requests, and the time of one decision."""
    county = County.drawn(1)
    learned = learned_rates(county, 2, *USUAL)
    corrected = learned_rates(county, 2, *HOPEFUL)
    policies: dict[str, Policy] = {
        "clairvoyant": clairvoyant,
        "waves_learned_rates": lambda one: in_waves(one, *learned),
        "waves_learned_from_hopeful_priors": lambda one: in_waves(one, *corrected),
        "waves_usual_rates_nothing_learned": lambda one: in_waves(one, *map(Rates, USUAL)),
        "waves_hopeful_rates_nothing_learned": lambda one: in_waves(one, *map(Rates, HOPEFUL)),
        "waves_gloomy_rates_nothing_learned": lambda one: in_waves(one, *map(Rates, GLOOMY)),
        "call_everyone_all_set_out": call_everyone,
        "call_everyone_first_come": call_first_come,
        "call_top_n": lambda one: call_top(one, 1),
        "call_top_3n": lambda one: call_top(one, 3),
    }
    scenes = [scene(county, 1_000 + number) for number in range(requests)]
    return {
        "simulated": True,
        "requests": requests,
        "people_asked_from": 300,
        "policies": {name: summary([policy(one) for one in scenes]) for name, policy in policies.items()},
        "decision": decision_time(),
    }


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Means with half-widths of their 95 % intervals over requests."""
    arrived = sum(one.arrived for one in results)
    return {
        "filled_share_at_the_hour": _mean([one.filled for one in results]),
        "every_place_filled_share": _mean([float(one.filled >= 1) for one in results]),
        "minutes_until_enough_said_yes": _mean([one.minutes for one in results]),
        "trips_for_nothing_per_100": _ratio(results),
        "people_asked_per_request": _mean([float(one.asked) for one in results]),
        "trips": arrived,
    }


def decision_time() -> dict[str, Any]:
    """One decision over FREE_PEOPLE: hard rules, trips, scores of the most promising, and the wave."""
    rng = np.random.default_rng(9)
    people, scorer = _free_people(rng), load_scorer(SHIPPED_RANKER)
    posting = _posting(people)
    p_yes, p_come = rng.uniform(0.05, 0.6, FREE_PEOPLE), rng.uniform(0.6, 0.98, FREE_PEOPLE)
    free, open_to = np.full(FREE_PEOPLE, np.inf), rng.random(FREE_PEOPLE) < 0.9
    parts: dict[str, list[float]] = {"rank": [], "decide": [], "whole": [], "whole_cpu": []}
    for _ in range(REPEATS):
        cpu, began = time.process_time(), time.perf_counter()
        score, minutes = rank_people(people, posting, scorer, SAMPLE_DAY)
        ranked = time.perf_counter()
        pool = Pool(score, p_yes, p_come, minutes, free, open_to)
        decided = decide_wave(pool, Situation(5, 300.0, 40_000.0, np.zeros(0), np.zeros(0)))
        ended = time.perf_counter()
        seconds = (ranked - began, ended - ranked, ended - began, time.process_time() - cpu)
        for name, value in zip(parts, seconds, strict=True):
            parts[name].append(1_000 * value)
    medians = {f"{name}_ms_median": round(float(np.median(values)), 2) for name, values in parts.items()}
    return {
        "people_free": FREE_PEOPLE,
        "different_people": DIFFERENT_PEOPLE,
        "asked": len(decided.ask),
        "usable": decided.usable,
        **medians,
        "whole_ms_worst": round(max(parts["whole"]), 2),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _free_people(rng: np.random.Generator) -> WorkerColumns:
    """Simulated people of the fictional county, each about ten times."""
    rows, _ = sample_people(20, DIFFERENT_PEOPLE, wording="test", today=SAMPLE_DAY.date())
    columns = WorkerColumns.of([worker_from_row(row) for row in rows], now=SAMPLE_DAY)
    return columns.take(rng.integers(DIFFERENT_PEOPLE, size=FREE_PEOPLE))


def _posting(people: WorkerColumns) -> Posting:
    """Work at the home of one of them."""
    row = int(np.flatnonzero(~np.isnan(people.lat) & ~people.centre)[0])
    home = Place("样例工地", str(people.region[row]), float(people.lat[row]), float(people.lng[row]))
    return Posting(
        posting_id="sample",
        title="小工",
        kind=PostingKind.GIG,
        occupations=(Occupation("6-29-01-01", "砌筑工"),),
        pay=Pay(26_000, 26_000, PayUnit.DAY),
        place=home,
        headcount=5,
        need_by=SAMPLE_DAY + timedelta(hours=5),
    )


def _mean(values: Sequence[float]) -> dict[str, float]:
    array = np.array(values)
    half = 1.96 * array.std(ddof=1) / np.sqrt(len(array))
    return {"mean": round(float(array.mean()), 4), "half_width": round(float(half), 4)}


def _ratio(results: Sequence[Result]) -> dict[str, float]:
    """Wasted trips per 100, and the half-width by the delta method over requests."""
    wasted = np.array([one.wasted for one in results], np.float64)
    trips = np.array([one.arrived for one in results], np.float64)
    ratio = wasted.sum() / max(trips.sum(), 1)
    spread = (wasted - ratio * trips).std(ddof=1) / np.sqrt(len(results)) / max(trips.mean(), 1e-9)
    return {"mean": round(100 * float(ratio), 3), "half_width": round(196 * float(spread), 3)}


if __name__ == "__main__":
    print(json.dumps(figures(), ensure_ascii=False, indent=1))
