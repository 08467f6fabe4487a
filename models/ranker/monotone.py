"""Count monotonicity violations over random perturbations: `python -m models.ranker.monotone`.

Rows are drawn feature by feature from the table's ranges, a third unknown; each perturbation makes one known
feature better by a random step and must not lower either head.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from matcher.ranking.feature_table import Head, features
from matcher.ranking.trained_scorer import TrainedScorer
from models.ranker.train import ARTIFACT

UNKNOWN_SHARE = 1 / 3
TOLERANCE = 1e-9


def violations(scorer: TrainedScorer, count: int, *, seed: int = 0) -> int:
    """How many of `count` perturbations lowered a head that should not fall."""
    rng = np.random.default_rng(seed)
    table = features()
    low, high = np.array([f.low for f in table]), np.array([f.high for f in table])
    span = high - low
    found = 0
    for _ in range(-(-count // 100_000)):
        rows = min(count, 100_000)
        x = (low + span * rng.uniform(-0.3, 1.3, (rows, len(table)))).astype(np.float32)
        x[rng.random(x.shape) < UNKNOWN_SHARE] = np.nan
        column = rng.integers(0, len(table), rows)
        step = (rng.exponential(0.3, rows) * span[column]).astype(np.float32)
        for head in Head:
            direction = np.array([f.direction(head) for f in table])[column]
            better = x.copy()
            better[np.arange(rows), column] += direction * step
            found += int((scorer.log_odds(better, head) < scorer.log_odds(x, head) - TOLERANCE).sum())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifact", type=Path, default=ARTIFACT)
    parser.add_argument("--count", type=int, default=1_000_000)
    options = parser.parse_args()
    bad = violations(TrainedScorer.load(options.artifact), options.count)
    print(f"{bad} violations in {options.count} perturbations of each head")


if __name__ == "__main__":
    main()
