"""Which postings go on air: the wishes of the audience covered, and no two the same (直播选品).

The value of a line-up is Σ over wishes of its weight × the best posting chosen for it, plus a diminishing reward for
every trade, place, pay band and employer that is shown: ½ for the first posting of a value, ¼ for the second, and so
on. Both parts are monotone and submodular.

INVARIANTS
- Lazy and plain greedy choose the same: a gain never grows, so one that is still the largest after it was computed
  again is the largest of all.
- `bound` is at least the value of every line-up of that size that there is, floors or not.
Source: Minoux 1978; Leskovec et al. 2007 for the bound that comes with the solution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput

Floats = NDArray[np.float64]
MayAir = Callable[[NDArray[np.int64]], NDArray[np.bool_]]

UNKNOWN = -1
MOST_ITEMS = 99
BLOCK = 256
"""Gains that are computed again together: numpy does so many in the time of a few."""

_NOT_ASKED, _PERMITTED, _BARRED = -1, 1, 0
ASKED_AT_ONCE = 64
"""Postings whose right to be aired is asked for together."""


@dataclass(frozen=True, eq=False)
class Floor:
    """At least `least` of the items must be such postings. mask: (n,) bool."""

    name: str
    mask: NDArray[np.bool_]
    least: int


@dataclass(frozen=True, eq=False)
class LineupProblem:
    """n postings, w wishes, g ways in which postings differ.

    serves:  (w, n) float32 in [0, 1], how well a posting answers a wish. weights: (w,) ≥ 0, people behind it.
    groups:  (g, n) int, code of the value of each way, UNKNOWN = not known, which earns nothing.
    rewards: (g,) ≥ 0, in the units of `weights`. size: items wanted.
    """

    serves: NDArray[np.float32]
    weights: Floats
    groups: NDArray[np.int64]
    rewards: Floats
    floors: tuple[Floor, ...]
    size: int

    def __post_init__(self) -> None:
        n = self.serves.shape[1]
        if not 1 <= self.size <= MOST_ITEMS:
            raise InvalidInput(f"一场直播排 1 到 {MOST_ITEMS} 个岗位，收到 {self.size}")
        fits = self.groups.shape == (len(self.rewards), n) and self.serves.shape[0] == len(self.weights)
        if not fits or any(len(floor.mask) != n for floor in self.floors):
            raise InvalidInput("选品数组长度不一致")
        if len(self.floors) > 2:
            raise InvalidInput("选品最多有两条下限")


@dataclass(frozen=True, eq=False)
class Lineup:
    """chosen: postings in the order in which they were chosen. value ≤ best possible ≤ bound.

    served: (w,) how well each wish is answered. short: floor → items that are missing because there are no more
    such postings. evaluations: gains that were computed again, of size × n that plain greedy computes.
    barred: postings that were asked about and may not be aired.
    """

    chosen: tuple[int, ...]
    value: float
    bound: float
    served: Floats
    short: dict[str, int]
    evaluations: int
    barred: int


def everything_may_air(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """No posting is kept off the air."""
    return np.ones(len(rows), np.bool_)


def choose_lineup(problem: LineupProblem, may_air: MayAir = everything_may_air) -> Lineup:
    """The greedy line-up under the floors. may_air: asked only about postings that would be chosen next."""
    state = _State(problem, may_air)
    while len(state.chosen) < problem.size:
        best = state.next_best()
        if best is None:
            break
        state.take(best)
    return state.result()


class _State:
    """What has been chosen so far, and for every posting a gain that is at least what it would be now.

    gains: (n,) as last computed; fresh: (n,) after how many choices that was. permitted: (n,) as `may_air` said,
    _NOT_ASKED before.
    """

    def __init__(self, problem: LineupProblem, may_air: MayAir) -> None:
        n = problem.serves.shape[1]
        self.problem = problem
        self.chosen: list[int] = []
        self.served = np.zeros(len(problem.weights), np.float32)
        self.evaluations = 0
        self._may_air = may_air
        self._by_row = np.ascontiguousarray(problem.serves.T)
        self._weights = problem.weights.astype(np.float32)
        self._ways = [_Way.of(*pair) for pair in zip(problem.groups, problem.rewards, strict=True)]
        self._gains = self._gains_of(np.arange(n))
        self._fresh = np.zeros(n, np.int64)
        self._permitted = np.full(n, _NOT_ASKED, np.int8)
        self._taken = np.zeros(n, np.bool_)
        self._bound = self._bound_now()

    def next_best(self) -> int | None:
        """The row with the largest gain that may be aired and leaves room for the floors; None when there is none.

        Where no posting leaves room, the floors are met as far as they can be.
        """
        chosen = np.array(self.chosen, np.int64)
        missing = [max(floor.least - int(floor.mask[chosen].sum()), 0) for floor in self.problem.floors]
        left = self.problem.size - len(self.chosen)
        still_open = [floor.mask for floor, count in zip(self.problem.floors, missing, strict=True) if count]
        need = min(max(sum(missing) - left + 1, 0), len(still_open))
        met = np.sum(still_open, axis=0) if still_open else np.zeros(len(self._gains), np.int64)
        for at_least in range(need, -1, -1):
            found = self._best_of(~self._taken & (met >= at_least))
            if found is not None:
                return found
        return None

    def _best_of(self, allowed: NDArray[np.bool_]) -> int | None:
        """The best of these rows; gains are computed again from the top down, until one stays on top."""
        top = np.where(allowed & (self._permitted != _BARRED), self._gains, -np.inf)
        block = BLOCK
        while top.size:
            best = int(top.argmax())
            if top[best] == -np.inf:
                return None
            if self._fresh[best] != len(self.chosen):
                stale = np.where(self._fresh == len(self.chosen), -np.inf, top)
                rows = _largest(stale, block)
                block *= 2  # many postings are alike: when one is chosen, the gains of all of them fall
                rows = rows[np.isfinite(stale[rows])]
                self._gains[rows] = top[rows] = self._gains_of(rows)
                self._fresh[rows] = len(self.chosen)
                self.evaluations += len(rows)
            elif self._permitted[best] == _NOT_ASKED:
                unasked = np.where(self._permitted == _NOT_ASKED, top, -np.inf)
                rows = _largest(unasked, ASKED_AT_ONCE)
                rows = rows[np.isfinite(unasked[rows])]
                self._permitted[rows] = np.where(self._may_air(rows), _PERMITTED, _BARRED)
                top[rows[self._permitted[rows] == _BARRED]] = -np.inf
            else:
                return best
        return None

    def take(self, row: int) -> None:
        """Choose a row."""
        self.chosen.append(row)
        self._taken[row] = True
        np.maximum(self.served, self._by_row[row], out=self.served)
        for way in self._ways:
            way.see(row)
        if 2 * len(self.chosen) == self.problem.size:  # any prefix gives a bound; this one is near the best of them
            self._bound = min(self._bound, self._bound_now())

    def result(self) -> Lineup:
        """The line-up as it stands."""
        chosen = np.array(self.chosen, np.int64)
        short = {
            floor.name: floor.least - int(floor.mask[chosen].sum())
            for floor in self.problem.floors
            if floor.mask[chosen].sum() < floor.least
        }
        return Lineup(
            tuple(self.chosen),
            self._value(),
            max(min(self._bound, self._bound_now()), self._value()),
            self.served.astype(np.float64),
            short,
            self.evaluations,
            int((self._permitted == _BARRED).sum()),
        )

    def _gains_of(self, rows: NDArray[np.int64]) -> Floats:
        """(k,) gains of rows as things stand."""
        more = np.subtract(self._by_row[rows], self.served)
        gains: Floats = (np.maximum(more, 0, out=more) @ self._weights).astype(np.float64)
        for way in self._ways:
            gains += way.gains(rows)
        return gains

    def _bound_now(self) -> float:
        """Value so far and the `size` largest gains: no line-up is worth more."""
        gains = self._gains_of(np.arange(len(self._by_row)))
        return self._value() + float(gains[_largest(gains, self.problem.size)].sum())

    def _value(self) -> float:
        return float(self.problem.weights @ self.served) + sum(way.value() for way in self._ways)


@dataclass(eq=False)
class _Way:
    """One way in which postings differ. codes: (n,) from 0, the last entry of `counts` is for UNKNOWN."""

    codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    reward: float

    @classmethod
    def of(cls, values: NDArray[np.int64], reward: float) -> _Way:
        kinds, codes = np.unique(values, return_inverse=True)
        codes = np.where(values == UNKNOWN, len(kinds), codes)
        return cls(codes, np.zeros(len(kinds) + 1, np.int64), float(reward))

    def gains(self, rows: NDArray[np.int64]) -> Floats:
        """(k,) what the next posting of each row's value earns."""
        earned: Floats = self.reward * np.power(0.5, self.counts + 1.0)
        earned[-1] = 0.0
        found: Floats = earned[self.codes[rows]]
        return found

    def see(self, row: int) -> None:
        """One more posting of this value."""
        self.counts[self.codes[row]] += 1

    def value(self) -> float:
        """What was earned so far."""
        return self.reward * float((1 - 0.5 ** self.counts[:-1]).sum())


def _largest(values: Floats, count: int) -> NDArray[np.int64]:
    """Rows of the largest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    found: NDArray[np.int64] = np.argpartition(-values, count - 1)[:count]
    return found
