"""Claim: our matching finds the right postings more often than every lexical or self-trained peer, on real postings.

`python -m benchmarks.quality [--only TASK …]` writes `benchmarks/results/quality.json`. Postings of the splits dev and
dev_in are ranked whole; peers are trained on the train split in the same run. The simulated county is not here: see
`models/ranker/figures.json`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.measure import POSTINGS, timed, write_result
from benchmarks.quality.cv_jd import pair_figures, read_pairs
from benchmarks.quality.judged import sentences
from benchmarks.quality.peers import lexical_peers, trained_peers
from benchmarks.quality.report import task_figures
from benchmarks.quality.runs import runs_of
from benchmarks.quality.tasks import (
    QualityTask,
    own_text,
    reversed_task,
    same_position,
    synonyms,
    train_texts,
    worker_sentences,
)
from matcher.encoding.encoder import Encoder
from matcher.ranking.score import load_scorer
from matcher.services.runtime import SHIPPED_RANKER

SEED = 0

TASKS: dict[str, Callable[[], QualityTask]] = {
    "a own text, dev": lambda: own_text("dev"),
    "a own text, dev_in": lambda: own_text("dev_in"),
    "a reversed, dev": lambda: reversed_task(own_text("dev")),
    "b same position, dev": lambda: same_position("dev"),
    "b same position, dev_in": lambda: same_position("dev_in"),
    "b reversed, dev": lambda: reversed_task(same_position("dev")),
    "c worker sentences, tune half": lambda: worker_sentences([s for s in sentences() if not s.frozen], "tune"),
    "c worker sentences, frozen half": lambda: worker_sentences([s for s in sentences() if s.frozen], "frozen"),
    "e synonyms": lambda: synonyms("dev", "dev_in"),
}


PAIRS = "d persons and jobs"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*sorted(TASKS), PAIRS], default=[*TASKS, PAIRS])
    parser.add_argument("--processes", type=int, default=2, help="tasks measured at a time")
    options = parser.parse_args()
    if not POSTINGS.exists():
        print("the shared postings are not here; nothing to compare")
        return
    figures: dict[str, Any] = {"seconds": {}, "tasks": {}}
    with timed(figures["seconds"], "train peers"):
        peers = lexical_peers() | trained_peers(train_texts(), seed=SEED)
    _HELD.update(peers=peers, encoder=Encoder.load(), scorer=load_scorer(SHIPPED_RANKER))
    for name, found, seconds in _measured(options.only, options.processes):
        figures["seconds"][name] = round(seconds, 1)
        if name == PAIRS:
            figures[name] = found
            _show_pairs(found)
        else:
            figures["tasks"][name] = found
            _show(name, found)
    if set(options.only) == {*TASKS, PAIRS}:
        write_result("quality", (__doc__ or "").splitlines()[0], figures)


_HELD: dict[str, Any] = {}  # peers, encoder and scorer, inherited by the processes that measure
Measured = tuple[str, dict[str, Any], float]


def _measured(names: Sequence[str], processes: int) -> list[Measured]:
    if processes < 2:
        return [_figures_of(name) for name in names]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return pool.map(_figures_of, names, chunksize=1)


def _figures_of(name: str) -> Measured:
    start = time.perf_counter()
    peers, encoder, scorer = _HELD["peers"], _HELD["encoder"], _HELD["scorer"]
    if name == PAIRS:
        return name, pair_figures(read_pairs(), peers, encoder, scorer), time.perf_counter() - start
    task = TASKS[name]()
    return name, task_figures(task, runs_of(task, peers, encoder, scorer)), time.perf_counter() - start


def _show_pairs(figures: dict[str, Any]) -> None:
    for side, systems in figures.items():
        print(f"{PAIRS}, {side}")
        for system, found in systems.items():
            cells = "  ".join(f"{name} {found[name]['mean']:.3f}" for name in ("AUC", "AUC within", "nDCG@10"))
            print(f"   {system:26} {cells}", flush=True)


def _show(name: str, figures: dict[str, Any]) -> None:
    print(f"{name}: {figures['queries']} queries, {figures['documents']} documents")
    for system, found in figures["systems"].items():
        mark = "*" if system == figures["best lexical"] else " "
        ndcg, mrr, recall = found["nDCG@10"], found["MRR"], found["R@10"]
        difference = found["minus best lexical"]["nDCG@10"]["ci"]
        print(
            f" {mark} {system:26} nDCG@10 {ndcg['mean']:.3f}  MRR {mrr['mean']:.3f}  R@10 {recall['mean']:.3f}"
            f"  difference {difference}",
            flush=True,
        )


if __name__ == "__main__":
    main()
