"""How likely a push was to be answered at all, and what an answer therefore stands for (倾向得分).

People answer a call more often than an SMS and the first posting of a message more often than the third. An answer
that was unlikely to come stands for many that did not: it counts 1 / P(answered | channel, place, score, rank), with
the chance kept above a floor. Source: Joachims, Swaminathan & Schnabel 2017; Swaminathan & Joachims 2015 (clipping).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

LEAST_ROWS = 100  # of a channel, with LEAST_EACH answers and silences; fewer get the channel's plain rate
LEAST_EACH = 10
FLOOR = 0.05  # no answer counts more than twenty
PENALTY = 1.0  # inverse regularisation of the logistic model, over standardised columns


@dataclass(frozen=True, eq=False)
class Logged:
    """What was logged of each push that reached its person; all (k,).

    channel: name of the way; position: place in the message from 0; score, rank: as when the push was made.
    """

    channel: NDArray[np.str_]
    position: NDArray[np.int64]
    score: NDArray[np.float64]
    rank: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.channel)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Logged:
        """Some of the pushes."""
        return Logged(self.channel[rows], self.position[rows], self.score[rows], self.rank[rows])


def answer_propensities(logged: Logged, answered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(k,) chance of an answer, a model of its own for each channel."""
    design = np.column_stack([np.log1p(logged.position), logged.score, np.log1p(logged.rank)])
    found = np.empty(len(logged))
    for channel in np.unique(logged.channel):
        rows = np.flatnonzero(logged.channel == channel)
        found[rows] = _of_channel(design[rows], answered[rows])
    return found


def _of_channel(design: NDArray[np.float64], answered: NDArray[np.bool_]) -> NDArray[np.float64]:
    count, yes = len(answered), int(answered.sum())
    if count < LEAST_ROWS or min(yes, count - yes) < LEAST_EACH:
        return np.full(count, (yes + 1) / (count + 2))
    spread = design.std(axis=0)
    scaled = (design - design.mean(axis=0)) / np.where(spread > 0, spread, 1)
    model = LogisticRegression(C=PENALTY).fit(scaled, answered)
    chances: NDArray[np.float64] = model.predict_proba(scaled)[:, 1]
    return chances


def inverse_weights(propensity: NDArray[np.float64], *, floor: float = FLOOR) -> NDArray[np.float64]:
    """(k,) clipped 1 / propensity, scaled to a mean of 1."""
    weight: NDArray[np.float64] = 1 / np.maximum(propensity, floor)
    return weight / weight.mean() if len(weight) else weight


def effective_count(weight: NDArray[np.float64]) -> float:
    """How many equally weighted rows say as much (Kish): (Σw)² / Σw²."""
    return float(weight.sum() ** 2 / np.maximum((weight**2).sum(), 1e-12))
