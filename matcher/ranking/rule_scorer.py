"""The scorer without a trained model (规则打分): a weighted sum that can be read in `data/features.csv`.

Each known value is scaled to [0, 1] between `low` and `high`; its distance from the feature's neutral point,
times direction and weight, is added to the head's starting log-odds. An unknown value adds nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matcher.ranking.feature_table import Head, features

START_LOG_ODDS = {Head.WORKER: -2.0, Head.EMPLOYER: -1.5}  # most pairs drawn at random do not fit


class RuleScorer:
    """Content-only scorer; the probabilities are orderings, not calibrated."""

    degraded = True
    model_id = "rules-1"

    def __init__(self) -> None:
        table = features()
        self._low = np.array([f.low for f in table], np.float32)
        self._span = np.array([f.high - f.low for f in table], np.float32)
        self._neutral = np.array([f.neutral for f in table], np.float32)
        self._weights = {
            head: np.array([f.direction(head) * f.weight(head) for f in table], np.float32) for head in Head
        }

    def probabilities(self, matrix: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(p_worker, p_employer), each (k,), of a feature matrix (k, features)."""
        worker, employer = (expit(self.log_odds(matrix, head)) for head in Head)
        return worker, employer

    def log_odds(self, matrix: NDArray[np.float32], head: Head) -> NDArray[np.float64]:
        """(k,) log-odds of one head."""
        scaled = np.clip((matrix - self._low) / self._span, 0, 1)
        moved = np.where(np.isnan(matrix), 0, scaled - self._neutral)
        return START_LOG_ODDS[head] + (moved @ self._weights[head]).astype(np.float64)
