"""Learning both heads from graded answers beside simulated ones (从结果学习).

Worker head: hired, interviewed or wanted to go is a yes, did not suit is a no. Employer head: hired is a yes, an
interview that led to no hire within a month is a no. Everything else is missing for that head: silence is never a no.
Each answer counts by what it stands for (`propensity`) and, against the simulation, ever more as answers come in:
n answers weigh n / (n + BELIEVED_HALF) of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.feature_table import Head
from matcher.ranking.fitting import Answers, fit_head
from matcher.ranking.propensity import Logged, answer_propensities, inverse_weights

MISSING, SHOWN, UNSUITABLE, INTERESTED, INTERVIEW, HIRED = range(-1, 5)
BELIEVED_HALF = 2_000  # so many real answers count as much as the simulation
HIRE_WITHIN_DAYS = 30
LEAST_EACH = 20  # yes and no of a head; with fewer its real answers are left out
HELD_SHARE = 0.3  # of the people, for blend and calibration
APART = 10**9  # keeps real people's numbers away from simulated ones


@dataclass(frozen=True, eq=False)
class Graded:
    """Pushes that reached their person. x: (k, features) float32; the rest (k,).

    grade: −1 missing, 0 shown, 1 unsuitable, 2 interested, 3 interviewed, 4 hired; person: one number a person;
    day: ordinal of the day of delivery.
    """

    x: NDArray[np.float32]
    grade: NDArray[np.int64]
    person: NDArray[np.int64]
    day: NDArray[np.int64]
    logged: Logged

    def __len__(self) -> int:
        return len(self.grade)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """(k,) True where the person said or did something."""
        answered: NDArray[np.bool_] = self.grade >= UNSUITABLE
        return answered

    def take(self, rows: NDArray[np.bool_]) -> Graded:
        """Some of the pushes."""
        return Graded(
            self.x[rows], self.grade[rows], self.person[rows], self.day[rows], self.logged.take(rows)
        )


def split_by_time(graded: Graded, share: float) -> tuple[Graded, Graded]:
    """(earlier, later): the later part holds about `share` of the answers, and whole days."""
    days = np.sort(graded.day[graded.answered])
    border = days[int(len(days) * (1 - share))] if len(days) else 0
    return graded.take(graded.day < border), graded.take(graded.day >= border)


def real_answers(graded: Graded, head: Head, weight: NDArray[np.float64], *, until: int) -> Answers | None:
    """What the head may learn; None with too few of either answer. until: the day that the answers were read."""
    if head is Head.WORKER:
        known, yes = graded.answered, graded.grade >= INTERESTED
    else:
        failed = (graded.grade == INTERVIEW) & (graded.day + HIRE_WITHIN_DAYS <= until)
        known, yes = (graded.grade == HIRED) | failed, graded.grade == HIRED
    if min((known & yes).sum(), (known & ~yes).sum()) < LEAST_EACH:
        return None
    counts = weight[known].astype(np.float32)
    return Answers(graded.x[known], yes[known], graded.person[known] + APART, counts, counts)


def answer_weights(graded: Graded) -> NDArray[np.float64]:
    """(k,) what each answer stands for; 0 for what nobody answered."""
    answered = graded.answered
    weight = np.zeros(len(graded))
    weight[answered] = inverse_weights(answer_propensities(graded.logged, answered)[answered])
    return weight


def learn(
    base: Mapping[Head, tuple[Answers, Answers]],
    graded: Graded,
    *,
    until: int,
    seed: int,
    weight: NDArray[np.float64] | None = None,
) -> tuple[dict[Head, Any], dict[Head, dict[str, Any]], dict[Head, int]]:
    """(trees, blends, real answers used) of both heads. base: (grow, hold) of the simulation by head.

    weight: (k,) instead of `answer_weights`, to try another weighting.
    """
    counts = answer_weights(graded) if weight is None else weight
    trees, blends, used = {}, {}, {}
    for head in Head:
        grow, hold = base[head]
        real = real_answers(graded, head, counts, until=until)
        used[head] = 0 if real is None else len(real.yes)
        if real is not None:
            held = _held_people(real.group, seed)
            grow, hold = _joined(grow, real, ~held), _joined(hold, real, held)
        trees[head], blends[head] = fit_head(grow, hold, head, seed=seed)
    return trees, blends, used


def _held_people(group: NDArray[np.int64], seed: int) -> NDArray[np.bool_]:
    people = np.unique(group)
    chosen = np.random.default_rng(seed).random(len(people)) < HELD_SHARE
    held: NDArray[np.bool_] = np.isin(group, people[chosen])
    return held


def _joined(base: Answers, real: Answers, rows: NDArray[np.bool_]) -> Answers:
    """The simulation with some real answers, each worth a fixed part of it, so that many weigh more than few."""
    factor, growing = base.total / BELIEVED_HALF, float(base.growing.sum()) / BELIEVED_HALF
    return Answers(
        np.concatenate([base.x, real.x[rows]]),
        np.concatenate([base.yes, real.yes[rows]]),
        np.concatenate([base.group, real.group[rows]]),
        np.concatenate([base.weight, real.weight[rows] * np.float32(factor)]),
        np.concatenate([base.growing, real.growing[rows] * np.float32(growing)]),
    )
