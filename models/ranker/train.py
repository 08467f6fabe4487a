"""Train the ranker on simulated counties: `python -m models.ranker.train --out models/ranker/artifact`.

Some counties grow the trees, others fit the blend that calibrates: people and postings are both disjoint,
because trees that saw a posting remember how it was answered. The test counties of `evaluate` have yet other
seeds and the other half of the wording.
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
TREE_SEEDS = tuple(range(101, 113))
BLEND_SEEDS = tuple(range(201, 205))


def simulated_examples(seeds: tuple[int, ...], n_workers: int, n_postings: int, encoder: Encoder) -> Examples:
    """Answered candidates of the counties of these seeds."""
    return together(
        [
            county_examples(
                County.generate(seed, n_workers, n_postings, wording="train"), encoder, head_and_tail
            )
            for seed in seeds
        ]
    )


def train(grow: Examples, hold: Examples, out: Path, *, seed: int) -> str:
    """Fit trees on `grow` and blends on `hold`, write the artifact, return the model id."""
    x = forget(grow.x, grow.group, np.random.default_rng(seed))
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
            "tree_seeds": list(TREE_SEEDS),
            "blend_seeds": list(BLEND_SEEDS),
            "tree_pairs": len(grow.group),
            "blend_pairs": len(hold.group),
            "people": len(np.unique(grow.group)) + len(np.unique(hold.group)),
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ARTIFACT)
    parser.add_argument("--workers", type=int, default=600)
    parser.add_argument("--postings", type=int, default=800)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    began = time.perf_counter()
    encoder = Encoder.load()
    grow, hold = (
        simulated_examples(seeds, options.workers, options.postings, encoder)
        for seeds in (TREE_SEEDS, BLEND_SEEDS)
    )
    model_id = train(grow, hold, options.out, seed=options.seed)
    print(
        f"{model_id}: {len(grow.group)} + {len(hold.group)} pairs, {time.perf_counter() - began:.0f} s -> {options.out}"
    )


if __name__ == "__main__":
    main()
