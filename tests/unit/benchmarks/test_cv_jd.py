"""Pairs of persons and jobs: the combination never sees the person or the job it is asked about."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.quality.cv_jd import Pairs, cross_fitted


def _pairs(satisfied: np.ndarray, persons: int, jobs: int) -> Pairs:
    person, job = np.divmod(np.arange(persons * jobs), jobs)
    return Pairs([""] * persons, [""] * jobs, person, job, satisfied)


def test_what_is_known_of_a_person_by_heart_helps_nothing() -> None:
    rng = np.random.default_rng(0)
    lucky = rng.random(60) < 0.5
    pairs = _pairs(np.repeat(lucky, 20), 60, 20)
    names = np.eye(60)[pairs.person]
    found = cross_fitted(names, pairs)
    assert abs(roc_auc_score(pairs.satisfied, found) - 0.5) < 0.15


def test_a_score_that_tells_good_pairs_from_bad_is_used() -> None:
    rng = np.random.default_rng(1)
    satisfied = rng.random(1_200) < 0.4
    telling = satisfied + rng.normal(0, 0.5, 1_200)
    found = cross_fitted(np.column_stack([telling, rng.normal(size=1_200)]), _pairs(satisfied, 60, 20))
    assert roc_auc_score(satisfied, found) > 0.85
