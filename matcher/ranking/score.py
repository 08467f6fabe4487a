"""features → score: one call that scores any number of pairs (打分)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.eligibility import vetoes
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import Pairs
from matcher.ranking.rule_scorer import RuleScorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.trained_scorer import TrainedScorer
from matcher.ranking.travel import travel

CHUNK_PAIRS = 131_072  # a feature matrix of 14 MB; bounds memory without costing speed


class Scorer(Protocol):
    """Turns a feature matrix into two acceptance probabilities, monotone as `features()` says."""

    @property
    def degraded(self) -> bool:
        """True when no trained model stands behind the scores."""
        ...

    @property
    def model_id(self) -> str: ...

    def probabilities(
        self, matrix: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of k pairs.

    score: (k,) float32 in [0, 1], 0 where vetoed; p_worker, p_employer: (k,) float32; veto: (k,) uint32 mask
    of `eligibility.rules()`; matrix: (k, features) float32 if it was asked for, else None.
    """

    score: NDArray[np.float32]
    p_worker: NDArray[np.float32]
    p_employer: NDArray[np.float32]
    veto: NDArray[np.uint32]
    matrix: NDArray[np.float32] | None = None


def load_scorer(folder: Path | None) -> Scorer:
    """The trained scorer of `folder`, or the rule scorer (degraded) when there is no artifact at all.

    Raises Unavailable when an artifact is there but must not be used: a silent fall-back would hide damage.
    """
    if folder is None or not folder.is_dir() or not any(folder.iterdir()):
        return RuleScorer()
    return TrainedScorer.load(folder)


def score_pairs(
    pairs: Pairs,
    scorer: Scorer,
    *,
    blocked: NDArray[np.bool_] | None = None,
    keep_matrix: bool = False,
) -> Scores:
    """Veto and score all pairs, in chunks. blocked: as in `eligibility.vetoes`."""
    chunks = list(pairs.chunks(CHUNK_PAIRS)) or [pairs]
    parts = [_score_chunk(chunk, scorer, blocked, keep_matrix) for chunk in chunks]
    matrices = [part.matrix for part in parts if part.matrix is not None]
    return Scores(
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.p_worker for part in parts]),
        np.concatenate([part.p_employer for part in parts]),
        np.concatenate([part.veto for part in parts]),
        np.concatenate(matrices) if keep_matrix else None,
    )


def _score_chunk(
    pairs: Pairs, scorer: Scorer, blocked: NDArray[np.bool_] | None, keep_matrix: bool
) -> Scores:
    trips = travel(pairs)
    veto = vetoes(pairs, blocked=blocked, trips=trips)
    matrix = feature_matrix(pairs, trips=trips)
    worker, employer = scorer.probabilities(matrix)
    score = np.where(veto == 0, surplus_score(worker, employer), 0)
    return Scores(
        score.astype(np.float32),
        worker.astype(np.float32),
        employer.astype(np.float32),
        veto,
        matrix if keep_matrix else None,
    )
