"""Figures of a ranking and of a probability (指标): nDCG, AUC, calibration error, bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
BINS = 15
RESAMPLES = 1_000


def ndcg(score: Floats, gain: Floats, group: NDArray[np.int64], *, at: int = 10) -> Floats:
    """(groups,) nDCG@at, linear gain in [0, 1], ideal over the group's own rows; groups without gain are 1."""
    order = np.lexsort((-score, group))
    ideal = np.lexsort((-gain, group))
    starts = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
    place = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    weight = np.where(place < at, 1 / np.log2(place + 2), 0)
    got = np.add.reduceat(gain[order] * weight, starts)
    best = np.add.reduceat(gain[ideal] * weight, starts)
    return np.where(best > 0, got / np.maximum(best, 1e-12), 1.0)


def reciprocal_rank(score: Floats, wanted: NDArray[np.bool_]) -> float:
    """1 / rank of the one wanted row, ties counted against it; 0 when there is none."""
    if not wanted.any():
        return 0.0
    return 1.0 / float((score >= score[wanted][0]).sum())


def auc(score: Floats, yes: NDArray[np.bool_]) -> float:
    """Area under the ROC curve."""
    ranks, positives = rankdata(score), int(yes.sum())
    negatives = len(yes) - positives
    return float((ranks[yes].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def calibration_error(p: Floats, yes: NDArray[np.bool_]) -> float:
    """Expected calibration error over 15 bins of equal count."""
    bins = np.array_split(np.argsort(p, kind="stable"), BINS)
    return float(sum(len(rows) / len(p) * abs(p[rows].mean() - yes[rows].mean()) for rows in bins))


def interval(values: Floats, *, seed: int = 0) -> tuple[float, float, float]:
    """Mean and bootstrap 95 % interval of per-person values (or paired differences)."""
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)


def grouped_interval(
    figure: Callable[[NDArray[np.int64]], float], group: NDArray[np.int64], *, resamples: int = 100
) -> tuple[float, float, float]:
    """A figure over all rows with a 95 % interval from resampling whole groups; `figure` takes row numbers."""
    rng = np.random.default_rng(0)
    order = np.argsort(group, kind="stable")
    rows_of = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    found = []
    for _ in range(resamples):
        chosen = rng.integers(0, len(rows_of), len(rows_of))
        found.append(figure(np.concatenate([rows_of[i] for i in chosen])))
    low, high = np.percentile(found, [2.5, 97.5])
    return figure(order), float(low), float(high)
