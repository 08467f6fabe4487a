"""How well each of the people who are free now fits an urgent request (快招候选).

Hard rules and trips over everybody; the features and the scorer over the most promising few hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting import Posting
from matcher.ranking.eligibility import vetoes
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import one_against_all
from matcher.ranking.score import Scorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.travel import travel
from matcher.retrieval.candidates import occupation_affinity, wanted_affinity
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.services.runtime import Runtime

SCORED = 500  # people whose features are computed; a wave asks far fewer
USUAL_TRIP = 45.0  # minutes assumed where home is not known, for the order alone
NEARNESS_WEIGHT = 0.3

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranked:
    """n people. score: (n,) in [0, 1], 0 = must not be offered it or not among the best. minutes: (n,) trip,
    nan unknown or too rough to rule anybody out."""

    worker_ids: tuple[str, ...]
    score: Floats
    minutes: Floats


class Ranker(Protocol):
    """Ranks people for a posting."""

    def __call__(self, posting: Posting, worker_ids: Sequence[str], now: datetime) -> Ranked: ...


def ranker_of(runtime: Runtime) -> Ranker:
    """The ranker over the live index of an installation."""

    def rank(posting: Posting, worker_ids: Sequence[str], now: datetime) -> Ranked:
        runtime.index.refresh()
        with runtime.index.reading() as (_, workers):
            rows = [(one, workers.row(one)) for one in worker_ids]
            known = [(one, row) for one, row in rows if row is not None]
            people = workers.columns.take(np.array([row for _, row in known], np.int64))
        score, minutes = rank_people(people, posting, runtime.scorer, now)
        return Ranked(tuple(one for one, _ in known), score, minutes)

    return rank


def rank_people(
    people: WorkerColumns, posting: Posting, scorer: Scorer, now: datetime
) -> tuple[Floats, Floats]:
    """(n,) scores and (n,) minutes of the people in these rows."""
    if not len(people):
        return np.zeros(0), np.zeros(0)
    lined_up = one_against_all(people, PostingColumns.of([posting]), now=now, codes=lexicon_codebook())
    trips = travel(lined_up)
    minutes = np.where(trips.approximate, np.nan, trips.minutes).astype(np.float64)
    allowed = vetoes(lined_up, trips=trips) == 0
    wanted = wanted_affinity(posting.occupations, of_work=True)
    fit = occupation_affinity(wanted, people.occ, people.occ_conf)
    near = np.exp(-np.nan_to_num(trips.minutes, nan=USUAL_TRIP) / USUAL_TRIP)
    promise = np.where(allowed, fit + NEARNESS_WEIGHT * near, -1.0)
    best = np.argsort(-promise, kind="stable")[:SCORED]
    best = best[promise[best] >= 0]
    score = np.zeros(len(people))
    if len(best):
        p_worker, p_employer = scorer.probabilities(feature_matrix(lined_up.part(best)))
        score[best] = surplus_score(p_worker, p_employer)
    return score, minutes
