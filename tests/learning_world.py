"""Made-up people who want other things than the simulation, and logs that channel and place bent."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.feature_table import Head, feature_columns, features
from matcher.ranking.fitting import Answers
from matcher.ranking.learning import INTERESTED, MISSING, UNSUITABLE, Graded, learn
from matcher.ranking.propensity import Logged
from matcher.ranking.trained_scorer import Blend, TrainedScorer

NAMES = ("dense", "lexical", "occupation_fit", "pay_kyuan", "minutes", "settlement_fit", "care_fit")
SHOWN_EACH = 3
TODAY = 740_000
OLD_TASTE = {"occupation_fit": 2.0, "pay_kyuan": 2.0, "minutes": -0.3}
TRUE_TASTE = {"occupation_fit": 2.0, "pay_kyuan": 0.2, "minutes": -3.0, "care_fit": 2.0}
Floats = NDArray[np.float64]


def drawn(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Feature rows over the ranges of the table; the features not in NAMES are unknown."""
    x = np.full((count, len(features())), np.nan, np.float32)
    for name in NAMES:
        column = feature_columns()[name]
        x[:, column] = rng.uniform(features()[column].low, features()[column].high, count)
    return x


def chance(x: NDArray[np.float32], taste: dict[str, float]) -> Floats:
    """The chance that the worker wants the posting, for a taste in units of each feature's range."""
    z = np.full(len(x), -1.0)
    for name, weight in taste.items():
        feature = features()[feature_columns()[name]]
        z += weight * ((x[:, feature_columns()[name]] - feature.low) / (feature.high - feature.low) - 0.5) * 2
    return 1 / (1 + np.exp(-z))


@cache
def base() -> dict[Head, tuple[Answers, Answers]]:
    """A simulation whose people care for pay above all."""
    rng = np.random.default_rng(1)

    def answers(count: int) -> Answers:
        x = drawn(rng, count)
        yes = rng.random(count) < chance(x, OLD_TASTE)
        return Answers(x, yes, np.arange(count) // 10, np.ones(count, np.float32), np.ones(count, np.float32))

    return {head: (answers(2_000), answers(1_000)) for head in Head}


@cache
def champion() -> TrainedScorer:
    nothing = logs(3, people=2)
    trees, blends, _ = learn(base(), nothing, until=TODAY, seed=1)
    return TrainedScorer(trees, {head: Blend(**blends[head]) for head in Head}, "old")


def logs(seed: int, *, people: int, silence: bool = True) -> Graded:
    """Pushes of the old taste, three a person in its order; who answers depends on channel and place.

    Offices ring the people of far villages and send an SMS to those in town, so that silence looks like a dislike of
    short ways.
    """
    rng = np.random.default_rng(seed)
    x = drawn(rng, people * 12)
    remote = rng.random(people)
    x[:, feature_columns()["minutes"]] = 5 + 85 * np.clip(np.repeat(remote, 12) + rng.normal(0, 0.2, len(x)), 0, 1)
    old = chance(x, OLD_TASTE).reshape(people, 12)
    best = np.argsort(-old, axis=1)[:, :SHOWN_EACH]
    rows = (best + 12 * np.arange(people)[:, None]).ravel()
    position = np.tile(np.arange(SHOWN_EACH), people)
    channel = np.where(np.repeat(rng.random(people) < 0.1 + 0.8 * (remote > 0.5), SHOWN_EACH), "phone", "sms")
    asked = np.where(channel == "phone", 0.9, 0.3) * np.array([1.0, 0.7, 0.5])[position]
    answered = (rng.random(len(rows)) < asked) | (not silence)
    wanted = rng.random(len(rows)) < chance(x[rows], TRUE_TASTE)
    grade = np.where(answered, np.where(wanted, INTERESTED, UNSUITABLE), MISSING)
    logged = Logged(channel, position, old.ravel()[rows], position)
    day = TODAY - 200 + np.repeat(rng.integers(0, 100, people), SHOWN_EACH)
    return Graded(x[rows], grade, np.repeat(np.arange(people), SHOWN_EACH), day, logged)
