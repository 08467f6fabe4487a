"""Made-up markets for the allocation benchmark: skewed demand, postings of several openings, shared employers."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from matcher.allocation.problem import AllocationProblem

OPENINGS_P = 0.5
BEST_SHARE = np.float32(0.05)
CENTRE = np.float32(2.0)
POSTINGS_PER_EMPLOYER = 3


def market(
    workers: int,
    postings: int,
    candidates: int,
    *,
    openings_per_push: float,
    ratio: int,
    skew: float = 1.0,
    floor: int = 2,
    fame_in_score: float = 0.0,
    seed: int = 1,
) -> AllocationProblem:
    """A market in which good postings are wanted by many.

    candidates: pairs drawn for each person, by the postings' popularity (log-normal, `skew` its sigma), so a
    few fewer are left after repeats. Scores: logistic of taste, a normal draw from its upper twentieth, because
    candidates are what retrieval found best among everything eligible, and of popularity times `fame_in_score`
    (0: postings are in demand because they suit many people, not because they suit anyone better). Openings:
    geometric, brought at random to `openings_per_push` for each push to the floor.
    capacity: openings times `ratio`.
    """
    draw = np.random.default_rng(seed)
    fame = draw.normal(0, 1, postings)
    popularity = np.exp(skew * fame)
    edges = np.cumsum(popularity) / popularity.sum()
    wanted = np.searchsorted(edges, draw.random(workers * candidates)).astype(np.int64)
    key = np.unique(np.repeat(np.arange(workers), candidates) * postings + wanted.clip(0, postings - 1))
    del wanted
    wi, pj = key // postings, key % postings
    del key
    taste = -ndtri(BEST_SHARE * draw.random(len(wi), np.float32))
    score = 1 / (1 + np.exp(-(np.float32(fame_in_score) * fame.astype(np.float32)[pj] + taste - CENTRE)))
    openings = draw.geometric(OPENINGS_P, postings)
    target = openings_per_push * workers * floor
    openings = draw.binomial(openings * 100, min(target / openings.sum() / 100, 1.0))
    return AllocationProblem(
        wi=wi,
        pj=pj,
        score=score,
        capacity=openings * ratio,
        openings=openings,
        employer=draw.integers(0, max(postings // POSTINGS_PER_EMPLOYER, 1), postings),
        need=np.full(workers, floor),
        room=np.full(workers, floor),
        priority=np.ones(workers),
        kept=np.zeros(len(wi), np.bool_),
    )
