"""Train the ranker on simulated counties: `python -m models.ranker.train --out models/ranker/artifact`.

People of the training counties are split by person: nine tenths grow the trees, one tenth fits the blend that
calibrates. The test counties of `evaluate` have other seeds and the other half of the wording.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from matcher.demo.county import County
from matcher.encoding.encoder import Encoder
from matcher.ranking.feature_table import Head, head_columns
from models.ranker.artifact_files import write_artifact
from models.ranker.examples import Examples, county_examples, head_and_tail, together
from models.ranker.fit import fit_blend, fit_trees, forget

ARTIFACT = Path(__file__).parent / "artifact"
TRAIN_SEEDS = tuple(range(101, 109))
CALIBRATION_SHARE = 0.1


def training_examples(seeds: tuple[int, ...], n_workers: int, n_postings: int, encoder: Encoder) -> Examples:
    """Answered candidates of the training counties."""
    return together(
        [
            county_examples(
                County.generate(seed, n_workers, n_postings, wording="train"), encoder, head_and_tail
            )
            for seed in seeds
        ]
    )


def train(examples: Examples, out: Path, *, seed: int) -> str:
    """Fit both heads, write the artifact, return the model id."""
    rng = np.random.default_rng(seed)
    people = np.unique(examples.group)
    held_out = rng.random(len(people)) < CALIBRATION_SHARE
    calibrates = held_out[np.searchsorted(people, examples.group)]
    grow, hold = examples.take(~calibrates), examples.take(calibrates)
    x = forget(grow.x, grow.group, rng)
    heads, blends = {}, {}
    for head in Head:
        yes, held_yes = (e.worker_yes if head is Head.WORKER else e.employer_yes for e in (grow, hold))
        heads[head] = fit_trees(x, yes, head, seed=seed)
        trees = heads[head].decision_function(hold.x[:, list(head_columns(head))])
        blends[head] = fit_blend(trees, hold.x, held_yes, hold.weight, head)
    return write_artifact(
        out,
        heads,
        blends,
        trained_on={
            "data": "simulated counties (matcher.demo), wording half 'train'; no real outcome",
            "seeds": list(TRAIN_SEEDS),
            "pairs": len(examples.group),
            "people": len(people),
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ARTIFACT)
    parser.add_argument("--workers", type=int, default=900)
    parser.add_argument("--postings", type=int, default=900)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    began = time.perf_counter()
    examples = training_examples(TRAIN_SEEDS, options.workers, options.postings, Encoder.load())
    model_id = train(examples, options.out, seed=options.seed)
    print(f"{model_id}: {len(examples.group)} pairs, {time.perf_counter() - began:.0f} s -> {options.out}")


if __name__ == "__main__":
    main()
