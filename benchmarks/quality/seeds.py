"""Claim: what the encoder reaches does not hang on one lucky seed; it is trained again with five.

`python -m benchmarks.quality.seeds [--seeds N] [--rounds R]` writes `benchmarks/results/quality_seeds.json`: the encoder
alone on the tasks of the quality benchmark, mean and standard deviation over seeds. Nothing is kept of the models.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from benchmarks.measure import POSTINGS, timed, write_result
from benchmarks.quality.judged import sentences
from benchmarks.quality.measures import per_query
from benchmarks.quality.peers import Dense
from benchmarks.quality.runs import best_documents
from benchmarks.quality.tasks import (
    QualityTask,
    own_text,
    reversed_task,
    same_position,
    synonyms,
    worker_sentences,
)
from matcher.encoding.encoder import Encoder
from matcher.encoding.static import StaticVectors
from matcher.encoding.tokens import encoder_tokens
from models.encoder.corpus import load_corpus
from models.encoder.train import Recipe, Trained, train

SEEDS = 5
MEASURES = ("nDCG@10", "MRR", "R@10")
BLUE = ("blue-collar", "blue")
TASKS: dict[str, Callable[[], QualityTask]] = {
    "a own text, dev": lambda: own_text("dev"),
    "b same position, dev": lambda: same_position("dev"),
    "b reversed, dev": lambda: reversed_task(same_position("dev")),
    "c worker sentences, tune half": lambda: worker_sentences([s for s in sentences() if not s.frozen], "tune"),
    "e synonyms": lambda: synonyms("dev", "dev_in"),
}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--rounds", type=float, default=Recipe().rounds, help="fewer than shipped is quicker")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if not POSTINGS.exists():
        print("the shared postings are not here; nothing to train on")
        return
    torch.set_num_threads(options.threads)
    seconds: dict[str, float] = {}
    with timed(seconds, "read"):
        corpus = load_corpus(POSTINGS, encoder_tokens, lambda rows: tqdm(rows, unit="posting"))
        tasks = {name: made() for name, made in TASKS.items()}
    recipe = replace(Recipe(), rounds=options.rounds)
    values: dict[str, list[float]] = defaultdict(list)
    for seed in range(options.seeds):
        with timed(seconds, f"seed {seed}"):
            encoder = encoder_of(train(corpus, recipe, seed=seed))
            for name, task in tasks.items():
                for measure, value in _means(task, encoder).items():
                    values[f"{name}: {measure}"].append(value)
    spread = {name: _spread(found) for name, found in values.items()}
    for name, found in spread.items():
        print(f"{name:45} {found['mean']:.3f} ± {found['sd']:.3f}")
    figures = {"seeds": options.seeds, "rounds": options.rounds, "seconds": seconds, "encoder alone": spread}
    write_result("quality_seeds", (__doc__ or "").splitlines()[0], figures)


def encoder_of(trained: Trained) -> Encoder:
    """A trained table as the encoder that would be shipped, without writing it."""
    index = {token: row for row, token in enumerate(trained.tokens)}
    return Encoder(StaticVectors(index, trained.table), "in training")


def _means(task: QualityTask, encoder: Encoder) -> dict[str, float]:
    run = best_documents(Dense(encoder).scores(task.queries, task.documents), task)
    measured = per_query(run, task.grades, relevant=task.relevant)
    found = {measure: float(measured[measure].mean()) for measure in MEASURES}
    for segment in BLUE:
        if segment in task.segments:
            found[f"nDCG@10, {segment}"] = float(measured["nDCG@10"][task.segments[segment]].mean())
    return found


def _spread(values: list[float]) -> dict[str, Any]:
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {"mean": round(float(np.mean(values)), 4), "sd": round(sd, 4), "each": [round(v, 4) for v in values]}


if __name__ == "__main__":
    main()
