"""From two consents to one score (期望剩余): how much a person gains from being sent to a posting.

France Travail's rule ranks by Γ(p, U) = p · σ · ln(1 + e^{Δ/σ}): p is the chance to be taken, Δ the gain of
the job over staying as one is, σ the scale of what is unknown about tastes. In the logit model behind it the
person accepts with probability a = 1 / (1 + e^{-Δ/σ}), so e^{Δ/σ} = a / (1 - a) and, in units of σ,

    Γ = p · -ln(1 - a).

The score is 1 - e^{-Γ} = 1 - (1 - a)^p: the same order, in [0, 1], equal to a when the employer is sure to
say yes, and close to a · p when both are small.
Source: Bied et al. 2026, arXiv 2603.21699.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALMOST_ONE = 1.0 - 1e-6


def surplus_score(p_worker: NDArray[np.float64], p_employer: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) score in [0, 1] of aligned acceptance probabilities; rises with each of the two."""
    gain = -np.log1p(-np.minimum(p_worker, ALMOST_ONE))
    score: NDArray[np.float64] = -np.expm1(-p_employer * gain)
    return score
