"""Which of two models orders graded answers better (新旧模型对比).

Of two answers with different grades, the better one should have the higher score. The figure is the share of such pairs
that are in order, ties counted half, each answer weighted by what it stands for; its interval comes from resampling
people. A challenger wins only when the whole interval of the difference is above zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 500
MOST_ANSWERS = 1_500  # pairs grow with the square
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contest:
    """Shares of pairs in order, each (figure, low, high) with a 95 % interval; difference: challenger − champion."""

    champion: tuple[float, float, float]
    challenger: tuple[float, float, float]
    difference: tuple[float, float, float]
    answers: int

    @property
    def challenger_wins(self) -> bool:
        """True only when chance is ruled out."""
        return self.difference[1] > 0


def contest(
    champion: Floats,
    challenger: Floats,
    grade: NDArray[np.int64],
    person: NDArray[np.int64],
    weight: Floats,
    *,
    seed: int = 0,
) -> Contest:
    """Compare two lists of scores over the same answers; all (k,)."""
    rng = np.random.default_rng(seed)
    if len(grade) > MOST_ANSWERS:
        chosen = rng.choice(len(grade), MOST_ANSWERS, replace=False)
        champion, challenger, weight = champion[chosen], challenger[chosen], weight[chosen]
        grade, person = grade[chosen], person[chosen]
    better = grade[:, None] > grade[None, :]
    people, place = np.unique(person, return_inverse=True)
    draws = rng.multinomial(len(people), np.full(len(people), 1 / max(len(people), 1)), RESAMPLES)
    weights = np.vstack([weight, weight * draws[:, place]])  # the first row is the figure itself
    pairs = _weighted(better.astype(np.float64), weights)
    old, new = (
        _weighted(better * _in_order(scores), weights) / np.maximum(pairs, 1e-12)
        for scores in (champion, challenger)
    )
    return Contest(_interval(old), _interval(new), _interval(new - old), len(grade))


def _in_order(scores: Floats) -> Floats:
    above = scores[:, None] > scores[None, :]
    level = scores[:, None] == scores[None, :]
    in_order: Floats = above + 0.5 * level
    return in_order


def _weighted(pairs: Floats, weights: Floats) -> Floats:
    """(rows of weights,) Σ wᵢ wⱼ pairsᵢⱼ."""
    total: Floats = ((weights @ pairs) * weights).sum(axis=1)
    return total


def _interval(values: Floats) -> tuple[float, float, float]:
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return float(values[0]), float(low), float(high)
