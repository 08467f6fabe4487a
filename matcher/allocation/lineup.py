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

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput

Floats = NDArray[np.float64]
MayAir = Callable[[NDArray[np.int64]], NDArray[np.bool_]]

UNKNOWN = -1
MOST_ITEMS = 99
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
    """What has been chosen so far, and a heap of gains that are not too small."""

    def __init__(self, problem: LineupProblem, may_air: MayAir) -> None:
        self.problem = problem
        self.chosen: list[int] = []
        self.served = np.zeros(len(problem.weights))
        self.seen = [dict[int, int]() for _ in problem.rewards]
        self.evaluations = 0
        self._may_air = may_air
        self._permitted: dict[int, bool] = {}
        self._gains = self._all_gains()
        self._bound = self._bound_now()
        self._heap = [(-float(gain), row, 0) for row, gain in enumerate(self._gains)]
        heapq.heapify(self._heap)
        self._have = [0] * len(problem.floors)

    def next_best(self) -> int | None:
        """The row with the largest gain that may be aired and leaves room for the floors; None when there is none.

        Where no posting leaves room, the floors are met as far as they can be.
        """
        missing = [
            max(floor.least - have, 0) for floor, have in zip(self.problem.floors, self._have, strict=True)
        ]
        left = self.problem.size - len(self.chosen)
        still_open = [floor.mask for floor, count in zip(self.problem.floors, missing, strict=True) if count]
        need = min(max(sum(missing) - left + 1, 0), len(still_open))
        for at_least in range(need, -1, -1):
            found = self._best_of(still_open, at_least)
            if found is not None:
                return found
        return None

    def _best_of(self, still_open: Sequence[NDArray[np.bool_]], at_least: int) -> int | None:
        """The best row that meets so many of the open floors."""
        waiting: list[tuple[float, int, int]] = []
        found: int | None = None
        while self._heap and found is None:
            negative, row, when = heapq.heappop(self._heap)
            if at_least and sum(bool(mask[row]) for mask in still_open) < at_least:
                waiting.append((negative, row, when))
            elif not self._permits(row):
                continue
            elif when == len(self.chosen):
                found = row
            else:
                self.evaluations += 1
                heapq.heappush(self._heap, (-self._gain(row), row, len(self.chosen)))
        for entry in waiting:
            heapq.heappush(self._heap, entry)
        return found

    def take(self, row: int) -> None:
        """Choose a row."""
        problem = self.problem
        self.chosen.append(row)
        np.maximum(self.served, problem.serves[:, row], out=self.served)
        for way, seen in enumerate(self.seen):
            code = int(problem.groups[way, row])
            if code != UNKNOWN:
                seen[code] = seen.get(code, 0) + 1
        for number, floor in enumerate(problem.floors):
            self._have[number] += int(floor.mask[row])
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
            max(self._bound, self._value()),
            self.served,
            short,
            self.evaluations,
            sum(not one for one in self._permitted.values()),
        )

    def _permits(self, row: int) -> bool:
        """Whether the row may be aired; those that come next in the heap are asked about together."""
        if row not in self._permitted:
            near = [row, *(one for _, one, _ in heapq.nsmallest(ASKED_AT_ONCE - 1, self._heap))]
            rows = np.array([one for one in near if one not in self._permitted], np.int64)
            self._permitted.update(zip(rows.tolist(), self._may_air(rows).tolist(), strict=True))
        return self._permitted[row]

    def _gain(self, row: int) -> float:
        more = np.maximum(self.problem.serves[:, row] - self.served, 0.0)
        gain = float(self.problem.weights @ more)
        for way, seen in enumerate(self.seen):
            code = int(self.problem.groups[way, row])
            if code != UNKNOWN:
                gain += float(self.problem.rewards[way]) * 0.5 ** (seen.get(code, 0) + 1)
        return gain

    def _all_gains(self) -> Floats:
        """(n,) gain of every posting as things stand."""
        problem = self.problem
        gains = np.zeros(problem.serves.shape[1])
        for wish, weight in enumerate(problem.weights):
            gains += weight * np.maximum(problem.serves[wish] - self.served[wish], 0.0)
        for way, seen in enumerate(self.seen):
            codes = problem.groups[way]
            reward = np.where(codes == UNKNOWN, 0.0, 0.5 * problem.rewards[way])
            for code, count in seen.items():
                reward[codes == code] *= 0.5**count
            gains += reward
        return gains

    def _bound_now(self) -> float:
        """Value so far and the `size` largest gains: no line-up is worth more."""
        gains, size = self._all_gains(), self.problem.size
        best = np.partition(gains, len(gains) - size)[len(gains) - size :] if len(gains) > size else gains
        return self._value() + float(best.sum())

    def _value(self) -> float:
        covered = float(self.problem.weights @ self.served)
        variety = sum(
            float(reward) * sum(1 - 0.5**count for count in seen.values())
            for reward, seen in zip(self.problem.rewards, self.seen, strict=True)
        )
        return covered + variety
