"""Fitting one head: monotone boosted trees, then a blend that also calibrates (拟合)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression

from matcher.ranking.feature_table import Head, feature_columns, features, head_columns
from matcher.ranking.rule_scorer import RuleScorer
from matcher.ranking.trained_scorer import STRAIGHT_TERMS

ITERATIONS = 100  # a head must score 200 pairs in about a millisecond
LEAF_NODES = 15
LEARNING_RATE = 0.12
MIN_LEAF = 80
L2 = 5.0
# Shares of a person's facts that are forgotten in training, so that unknown means "average person" to the
# trees; one third of the people keep all they said.
FORGET_SHARES = (0.0, 0.3, 0.6)
OF_THE_POSTING = ("pay_kyuan", "hours_over", "friendly_hits", "insured", "benefit_count", "age_days", "openings")
EMPTY_EVERY = 50
KNOTS = 20
LEAST_RISE = 0.05  # of the slope 1: pairs that look equally likely keep their order
SMALLEST_PRIOR = 0.1  # what the simulation never shows still counts by the rules
SMALLEST_SLOPE = 0.05  # keeps the order of texts among pairs that the trees cannot tell apart


@dataclass(frozen=True, eq=False)
class Answers:
    """What one side answered.

    x: (k, features) float32; yes: (k,) bool; group: (k,) int64, one number a person; weight: (k,) float32, how
    many pairs a row stands for when chances are calibrated; growing: (k,) float32, how much it counts in the trees.
    """

    x: NDArray[np.float32]
    yes: NDArray[np.bool_]
    group: NDArray[np.int64]
    weight: NDArray[np.float32]
    growing: NDArray[np.float32]

    @property
    def total(self) -> float:
        """Summed weight."""
        return float(self.weight.sum())


def forget(x: NDArray[np.float32], group: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float32]:
    """A copy in which each person's features are unknown at that person's own rate.

    Texts and what a posting says of itself are kept: only a person's silence is random.
    """
    people, place = np.unique(group, return_inverse=True)
    share = rng.choice(FORGET_SHARES, size=len(people))
    lost = rng.random((len(people), x.shape[1])) < share[:, None]
    for name in (*STRAIGHT_TERMS, *OF_THE_POSTING):
        lost[:, feature_columns()[name]] = False
    forgotten = x.copy()
    forgotten[lost[place]] = np.nan
    return forgotten


def fit_head(grow: Answers, hold: Answers, head: Head, *, seed: int) -> tuple[Any, dict[str, Any]]:
    """(trees, blend) of one head: trees from `grow`, blend and calibration from people they never saw, `hold`."""
    x = forget(grow.x, grow.group, np.random.default_rng(seed))
    trees = fit_trees(x, grow.yes, head, weight=grow.growing, seed=seed)
    held = trees.decision_function(hold.x[:, list(head_columns(head))])
    return trees, fit_blend(held, hold.x, hold.yes, hold.weight, head)


def fit_trees(
    x: NDArray[np.float32], yes: NDArray[np.bool_], head: Head, *, weight: NDArray[np.float32], seed: int
) -> Any:
    """Boosted trees over the head's columns, monotone as the feature table says; rows count by `weight`."""
    columns = list(head_columns(head))
    model = HistGradientBoostingClassifier(
        max_iter=ITERATIONS,
        max_leaf_nodes=LEAF_NODES,
        learning_rate=LEARNING_RATE,
        min_samples_leaf=MIN_LEAF,
        l2_regularization=L2,
        monotonic_cst=np.array([features()[c].direction(head) for c in columns]),
        early_stopping=False,
        random_state=seed,
    )
    known = x[:, columns]  # a copy
    never = np.isnan(known).all(axis=0)
    # scikit-learn cannot bin an empty column; values at random teach the trees nothing.
    known[::EMPTY_EVERY, never], known[1::EMPTY_EVERY, never] = 0.0, 1.0
    return model.fit(known, yes, sample_weight=weight)


def fit_blend(
    trees: NDArray[np.float64],
    x: NDArray[np.float32],
    yes: NDArray[np.bool_],
    weight: NDArray[np.float32],
    head: Head,
) -> dict[str, Any]:
    """Numbers of `Blend` that minimise log loss on people the trees never saw.

    trees: (k,) tree log-odds; x: (k, features). No factor is negative, prior and slopes have a least value.
    """
    texts = np.column_stack([x[:, feature_columns()[name]] for name in STRAIGHT_TERMS]).astype(np.float64)
    unknown = np.nanmean(texts, axis=0)
    texts = np.where(np.isnan(texts), unknown, texts)
    design = np.column_stack([trees, RuleScorer().log_odds(x, head), texts, np.ones(len(trees))])
    share = (weight / weight.sum()).astype(np.float64)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = design @ weights
        gradient = design.T @ (share * (expit(z) - yes))
        return float(share @ (np.logaddexp(0, z) - yes * z)), gradient

    bounds = [
        (0.1, 3.0),
        (SMALLEST_PRIOR, 2.0),
        *[(SMALLEST_SLOPE, 10.0)] * len(STRAIGHT_TERMS),
        (-10.0, 10.0),
    ]
    found = minimize(loss, np.array([1.0, 0.1, *[0.1] * len(STRAIGHT_TERMS), 0.0]), jac=True, bounds=bounds)
    gain, prior, *slopes, intercept = (float(v) for v in found.x)
    raw, observed = _knots(design @ found.x, yes, share)
    return {
        "raw": raw,
        "observed": observed,
        "gain": gain,
        "prior": prior,
        "intercept": intercept,
        "slopes": dict(zip(STRAIGHT_TERMS, slopes, strict=True)),
        "unknown": dict(zip(STRAIGHT_TERMS, map(float, unknown), strict=True)),
    }


def _knots(
    z: NDArray[np.float64], yes: NDArray[np.bool_], share: NDArray[np.float64]
) -> tuple[list[float], list[float]]:
    """Knots of equal weight through observed log-odds, made rising (isotonic) and then strictly so."""
    order = np.argsort(z, kind="stable")
    bins = np.minimum((np.cumsum(share[order]) * KNOTS).astype(int), KNOTS - 1)
    weight = np.bincount(bins, share[order], KNOTS)
    middle = np.bincount(bins, share[order] * z[order], KNOTS) / weight
    rate = np.bincount(bins, share[order] * yes[order], KNOTS) / weight
    rising = IsotonicRegression().fit_transform(middle, np.clip(rate, 1e-4, 1 - 1e-4), sample_weight=weight)
    steps = np.maximum(np.diff(logit(rising)), LEAST_RISE * np.diff(middle))
    observed = logit(rising[0]) + np.r_[0.0, np.cumsum(steps)]
    return [float(v) for v in middle], [float(v) for v in observed]
