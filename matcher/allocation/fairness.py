"""How evenly an allocation spreads (公平与拥挤): over openings, over people, and what it costs in scores."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.flow import Allocation
from matcher.allocation.naive import naive_top_k
from matcher.allocation.problem import AllocationProblem, Floats, Ints

LORENZ_POINTS = 101
WORST_SHARE = 0.1
TOP_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A group of people. served: share with all the pushes they need; without: share with none."""

    people: int
    served: float
    without: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """Figures of one allocation. An opening is reachable when its posting is somebody's candidate.

    openings:      reachable openings; a posting's pushes are spread over its openings as evenly as can be.
    coverage:      share of them that got a push.
    gini:          of pushes per reachable opening, 0 = all alike.
    top1_share:    share of all pushes on the most pushed hundredth of them.
    congestion:    most pushes on one opening.
    lorenz:        share of pushes on the least pushed 0 %, 1 % … 100 % of openings.
    mean_score:    of the pushes made.
    score_loss:    share of the mean score lost against giving everybody their best postings regardless.
    envy:          share of people short or with a worse push than a posting which a worse-scored person got.
    inferiority:   better-scored people sent to the same opening, on average over pushes.
    worst_tenth:   mean total score of the worst-off tenth of people who need pushes.
    groups:        by the label given, None when none was.
    """

    openings: int
    coverage: float
    gini: float
    top1_share: float
    congestion: int
    lorenz: tuple[float, ...]
    mean_score: float
    score_loss: float
    envy: float
    inferiority: float
    worst_tenth: float
    groups: dict[str, GroupShare] | None

    def to_json(self) -> dict[str, Any]:
        """Plain figures."""
        return asdict(self)


def fairness(
    problem: AllocationProblem, allocation: Allocation, groups: NDArray[np.str_] | None = None
) -> Fairness:
    """Figures of an allocation on its problem. groups: (n,) label of each person, "" = left out."""
    pushes, openings = _by_opening(problem, allocation.load)
    lorenz = _lorenz(pushes, openings)
    total = int(openings.sum())
    naive = naive_top_k(problem)
    mean = _mean(problem.score[allocation.chosen])
    best = _mean(problem.score[naive])
    return Fairness(
        openings=total,
        coverage=_share(int(openings[pushes > 0].sum()), total),
        gini=1 - 2 * float(np.trapezoid(lorenz[1], lorenz[0])) if allocation.load.any() else 0.0,
        top1_share=1 - float(np.interp(1 - TOP_SHARE, *lorenz)),
        congestion=int(pushes.max(initial=0)),
        lorenz=tuple(np.interp(np.linspace(0, 1, LORENZ_POINTS), *lorenz).round(6).tolist()),
        mean_score=mean,
        score_loss=1 - mean / best if best else 0.0,
        envy=_envy(problem, allocation),
        inferiority=_inferiority(problem, allocation),
        worst_tenth=_worst_tenth(problem, allocation),
        groups=None if groups is None else _groups(problem, allocation, groups),
    )


def _by_opening(problem: AllocationProblem, load: Ints) -> tuple[Ints, Ints]:
    """Pushes per opening, rising, and how many reachable openings got so many."""
    reachable = np.bincount(problem.pj, minlength=problem.postings) > 0
    rows = np.flatnonzero(reachable & (problem.openings > 0))
    openings, load = problem.openings[rows], load[rows]
    more = load % openings
    pushes = np.r_[load // openings, load // openings + 1]
    counts = np.r_[openings - more, more]
    kinds, kind = np.unique(pushes[counts > 0], return_inverse=True)
    total = np.zeros(len(kinds), np.int64)
    np.add.at(total, kind, counts[counts > 0])
    return kinds, total


def _lorenz(pushes: Ints, openings: Ints) -> tuple[Floats, Floats]:
    """Corners of the curve: share of openings, share of pushes."""
    if not len(pushes) or not pushes.any():
        return np.array([0.0, 1.0]), np.array([0.0, 1.0])
    shares = np.cumsum(openings) / openings.sum()
    sums = np.cumsum(pushes * openings)
    return np.r_[0.0, shares], np.r_[0.0, sums / sums[-1]]


def _envy(problem: AllocationProblem, allocation: Allocation) -> float:
    """Share of people for whom a better-scored push went to somebody who scores less on it."""
    chosen = allocation.chosen
    own_worst = np.full(problem.workers, np.inf)
    np.minimum.at(own_worst, problem.wi[chosen], problem.score[chosen])
    own_worst[allocation.missing > 0] = -np.inf
    weakest = np.full(problem.postings, np.inf)
    np.minimum.at(weakest, problem.pj[chosen], problem.score[chosen])
    score = problem.score
    envious = ~chosen & (score > own_worst[problem.wi]) & (score > weakest[problem.pj])
    people = np.zeros(problem.workers, np.bool_)
    people[problem.wi[envious]] = True
    return _share(int((people & (problem.need > 0)).sum()), int((problem.need > 0).sum()))


def _inferiority(problem: AllocationProblem, allocation: Allocation) -> float:
    rows = np.flatnonzero(allocation.chosen)
    rows = rows[np.lexsort((-problem.score[rows], problem.pj[rows]))]
    posting, score = problem.pj[rows], problem.score[rows]
    new_posting = np.r_[True, posting[1:] != posting[:-1]][: len(rows)]
    new_score = new_posting | np.r_[True, score[1:] != score[:-1]][: len(rows)]
    place = np.arange(len(rows))
    first = np.maximum.accumulate(np.where(new_posting, place, 0))
    equal = np.maximum.accumulate(np.where(new_score, place, 0))
    return _mean((equal - first) / np.maximum(problem.openings[posting], 1))


def _worst_tenth(problem: AllocationProblem, allocation: Allocation) -> float:
    chosen = allocation.chosen
    total = np.bincount(problem.wi[chosen], problem.score[chosen], minlength=problem.workers)
    total = np.sort(total[problem.need > 0])
    return _mean(total[: max(1, round(WORST_SHARE * len(total)))])


def _groups(
    problem: AllocationProblem, allocation: Allocation, groups: NDArray[np.str_]
) -> dict[str, GroupShare]:
    found = {}
    for name in sorted(set(groups.tolist()) - {""}):
        members = (groups == name) & (problem.need > 0)
        people = int(members.sum())
        served = int((members & (allocation.missing == 0)).sum())
        without = int((members & (allocation.found == 0)).sum())
        found[name] = GroupShare(people, _share(served, people), _share(without, people))
    return found


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
