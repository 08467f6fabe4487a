"""Figures of ranked lists, and how sure they are (评测指标).

A run is a (queries, depth) array of document numbers, best first, −1 where a system gave fewer. Unjudged documents
count as not relevant. Sampled metrics are not used: every list comes from the whole catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

TOP = 10
CUTS = (2, 5, 10)
RELEVANT = 2  # the least grade that counts as a right answer where grades run from 0 to 3
BOOTSTRAP = 2_000

Run = NDArray[np.int64]
Grades = Sequence[Mapping[int, int]]
PerQuery = dict[str, NDArray[np.float64]]


def per_query(run: Run, grades: Grades, *, relevant: int = RELEVANT) -> PerQuery:
    """Measures of every query.

    run: (queries, depth). grades: per query, document → grade; absent = 0. R@k is the share of the right answers
    found among the first k, of what k places can hold. nDCG@10 has gains 2^grade − 1.
    """
    measures: dict[str, list[float]] = {name: [] for name in (*(f"R@{k}" for k in CUTS), "nDCG@10", "MRR")}
    for row, wanted in zip(run, grades, strict=True):
        found = np.array([wanted.get(int(document), 0) for document in row if document >= 0])
        right = found >= relevant
        total = sum(grade >= relevant for grade in wanted.values())
        for k in CUTS:
            measures[f"R@{k}"].append(float(right[:k].sum() / min(k, total)) if total else 0.0)
        first = np.flatnonzero(right)
        measures["MRR"].append(1 / (first[0] + 1) if len(first) else 0.0)
        measures["nDCG@10"].append(_dcg(found) / max(_dcg(np.array(sorted(wanted.values())[::-1])), 1e-12))
    return {name: np.array(values) for name, values in measures.items()}


def exposure(run: Run, documents: int) -> dict[str, float]:
    """How evenly the first ten places are shared out: coverage (share of documents shown) and Gini."""
    shown = np.bincount(run[:, :TOP][run[:, :TOP] >= 0], minlength=documents)
    ordered = np.sort(shown)
    places = np.arange(1, documents + 1)
    total = ordered.sum()
    gini = float((2 * places - documents - 1) @ ordered / (documents * total)) if total else 0.0
    return {"coverage": round(float((shown > 0).mean()), 4), "gini": round(gini, 4)}


def interval(values: NDArray[np.float64], *, seed: int = 0) -> list[float]:
    """95 % bootstrap interval of the mean over queries; of differences of the same queries it is the paired one."""
    if not len(values):
        return [float("nan")] * 2
    draws = np.random.default_rng(seed).integers(0, len(values), (BOOTSTRAP, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def summary(values: NDArray[np.float64]) -> dict[str, object]:
    """Mean and its interval."""
    return {"mean": round(float(values.mean()), 4) if len(values) else None, "ci": interval(values)}


def _dcg(grades: NDArray[np.int64]) -> float:
    first = grades[:TOP]
    return float(((2.0**first - 1) / np.log2(np.arange(2, len(first) + 2))).sum())
