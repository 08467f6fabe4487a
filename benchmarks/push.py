"""Claim: a batch of 2 pushes for 10,000 people against 48,584 real postings is planned and proven in 3 min on 2 cores.

The postings are real; the people are simulated (wording, trades and limits of the fictional county, homes near the
postings), so the figures say what the program does, not how a real town is served. Whole path: population,
candidates, scores, allocation, certificate, gaps with unlocks, reasons, ledger. On the same candidate pairs: everybody's
best two (naive) and greedy by score. `--large`: 100,000 people. Other programs running on the machine count as ours.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from benchmarks.allocation_peers import greedy_by_score
from benchmarks.measure import POSTINGS, TreeMemory, timed, write_result
from benchmarks.simulated_people import write_people
from matcher.allocation.fairness import fairness
from matcher.allocation.flow import summed_up
from matcher.allocation.naive import naive_top_k
from matcher.allocation.policy import AllocationPolicy
from matcher.clock import local_date
from matcher.config import Config
from matcher.domain.population import PopulationQuery
from matcher.ranking.eligibility import vetoes
from matcher.ranking.pairs import pairs
from matcher.retrieval.codebook import lexicon_codebook
from matcher.services.imports.import_file import import_file
from matcher.services.planning.plan_batch import PlannedBatch, plan_batch
from matcher.services.runtime import Runtime, create_home
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.pushes import PushRow

PEOPLE, MANY_PEOPLE = 10_000, 100_000
SAMPLE_EVERY_S = 0.5
SHOWN_EVERY_S = 20.0


class Stages:
    """Seconds of each step of planning, from its progress reports."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = self._shown = time.perf_counter()

    def __call__(self, step: str, rows: int, share: float) -> None:
        now = time.perf_counter()
        self.seconds[step] = round(self.seconds.get(step, 0.0) + now - self._last, 2)
        self._last = now
        if now - self._shown > SHOWN_EVERY_S:
            self._shown = now
            print(f"  {step} {rows} ({share:.0%})", flush=True)


def main() -> None:
    if not POSTINGS.exists():
        print("the shared postings are not here; nothing to measure")
        return
    people = MANY_PEOPLE if "--large" in sys.argv[1:] else PEOPLE
    figures: dict[str, Any] = {"people_simulated": people}
    with tempfile.TemporaryDirectory() as folder:
        runtime = _prepared(Path(folder), people, figures)
        stages = Stages()
        before = _cpu_s()
        with TreeMemory(SAMPLE_EVERY_S) as memory, timed(figures, "plan_s"):
            batch = plan_batch(runtime, PopulationQuery(), name="bench", actor="bench", progress=stages)
        figures["cpu_s"] = round(_cpu_s() - before, 1)
        figures["load_average_at_end"] = round(os.getloadavg()[0], 1)
        figures["stages_s"] = stages.seconds
        figures["peak_memory_gb"] = round(memory.peak_bytes / 1e9, 3)
        figures |= _outcome(batch)
        figures["ineligible"] = _ineligible(runtime, batch.batch_id)
        figures["on_the_same_pairs"] = _peers(batch)
        runtime.close(save=False)
    claim = (__doc__ or "").splitlines()[0].removeprefix("Claim: ")
    if people == MANY_PEOPLE:
        write_result("push_large", claim.replace("10,000", "100,000").replace("3 min", "20 min"), figures)
    else:
        write_result("push", claim, figures)


def _prepared(home: Path, people: int, figures: dict[str, Any]) -> Runtime:
    """An installation with the postings and the people; the time this takes is not part of the claim."""
    config = Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")
    database = create_home(config)
    with timed(figures, "prepare_s"):
        import_file(database, POSTINGS, corrections_folder=config.import_folder, kind="postings")
        with database.reading() as session:
            postings = list(PostingRepository(session).all_live())
        figures["postings_live"] = len(postings)
        path = home / "people.jsonl"
        write_people(path, people, postings, local_date(database.clock.now()))
        import_file(database, path, corrections_folder=config.import_folder, kind="workers", source="sim")
        database.close()
        return Runtime.open(config)


def _outcome(batch: PlannedBatch) -> dict[str, Any]:
    figures = batch.figures
    return {
        "coverage": figures["coverage"],
        "shortfall_by_cause": {key: one["people"] for key, one in figures["shortfall"]["by_cause"].items()},
        "shortfall_by_action": {key: one["people"] for key, one in figures["shortfall"]["by_action"].items()},
        "rounds_searched_pairs_short_missing": figures["rounds"],
        "people_widened": figures["widened_people"],
        "certificate": batch.certificate.to_json(),
    }


def _peers(batch: PlannedBatch) -> dict[str, Any]:
    """Ours, naive and greedy on the candidate pairs of the batch."""
    problem, policy = batch.problem, AllocationPolicy()
    return {
        name: _compared(batch, chosen)
        for name, chosen in (
            ("ours", batch.allocation.chosen),
            ("naive_top_2", naive_top_k(problem)),
            ("greedy", greedy_by_score(problem, distinct_employers=policy.distinct_employers)),
        )
    }


def _compared(batch: PlannedBatch, chosen: np.ndarray) -> dict[str, Any]:
    problem = batch.problem
    allocation = summed_up(problem, AllocationPolicy(), chosen)
    even = fairness(problem, allocation)
    over = np.maximum(allocation.load - problem.capacity, 0).sum()
    pushes = int(chosen.sum())
    return {
        "over_capacity_share": round(float(over) / max(pushes, 1), 4),
        "people_short": int(np.count_nonzero(allocation.missing)),
        "people_without": int(np.count_nonzero(allocation.found == 0)),
        "mean_score": round(even.mean_score, 4),
        "gini": round(even.gini, 4),
        "reachable_openings": even.openings,
        "openings_pushed": round(even.coverage * even.openings),
        "most_openings_possible": min(pushes, even.openings),
        "most_pushes_on_one_opening": even.congestion,
    }


def _ineligible(runtime: Runtime, batch_id: int) -> int:
    """Pushes against any hard rule, judged afresh over the rows of the index."""
    with runtime.database.reading() as session:
        found = session.execute(
            select(PushRow.worker_id, PushRow.posting_id).where(PushRow.batch_id == batch_id)
        ).all()
    with runtime.index.reading() as (postings, workers):
        lined_up = pairs(
            workers.columns,
            np.array([workers.row(one) for one, _ in found], np.int64),
            postings.columns,
            np.array([postings.row(one) for _, one in found], np.int64),
            now=runtime.database.clock.now(),
            codes=lexicon_codebook(),
        )
        return int(np.count_nonzero(vetoes(lined_up)))


def _cpu_s() -> float:
    """Processor seconds of this process and of those that it has ended."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


if __name__ == "__main__":
    main()
