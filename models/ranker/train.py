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

from matcher.encoding.encoder import Encoder
from matcher.ranking.artifact import write_artifact
from matcher.ranking.feature_table import Head
from matcher.ranking.fitting import fit_head
from matcher.services.learning.simulated_answers import Examples, simulated_examples

ARTIFACT = Path(__file__).parent / "artifact"
TREE_SEEDS = tuple(range(101, 113))
BLEND_SEEDS = tuple(range(201, 213))  # counties differ: four of them left the employer head off by a hundredth


def train(grow: Examples, hold: Examples, out: Path, *, seed: int, encoder_id: str) -> str:
    """Fit trees on `grow` and blends on `hold`, write the artifact, return the model id."""
    fitted = {head: fit_head(grow.answers(head), hold.answers(head), head, seed=seed) for head in Head}
    return write_artifact(
        out,
        {head: trees for head, (trees, _) in fitted.items()},
        {head: blend for head, (_, blend) in fitted.items()},
        trained_on={
            "data": "simulated counties (matcher.demo), wording half 'train'; no real outcome",
            "encoder": encoder_id,
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
    model_id = train(grow, hold, options.out, seed=options.seed, encoder_id=encoder.model_id)
    print(
        f"{model_id}: {len(grow.group)} + {len(hold.group)} pairs, {time.perf_counter() - began:.0f} s -> {options.out}"
    )


if __name__ == "__main__":
    main()
