"""What an allocation is made from (分配问题): candidate pairs, places, and how many pushes each person lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MOST_PUSHES = 1_000_000_000
"""Largest capacity, need or room: sums over millions of people must fit into 64 bits."""


@dataclass(frozen=True, eq=False)
class AllocationProblem:
    """n people, m postings, k candidate pairs; rows of one array belong to rows of the others.

    wi, pj:    (k,) person and posting of each candidate pair, each pair once.
    score:     (k,) in [0, 1].
    capacity:  (m,) pushes the posting may still receive, >= 0.
    openings:  (m,) open places, the step width of the rising cost; 0 behaves as 1.
    employer:  (m,) group of postings of one employer; -1 = unknown, stands alone.
    need:      (n,) pushes missing to the floor, >= 0.
    room:      (n,) pushes allowed up to the ceiling, >= need.
    priority:  (n,) weight of a person's missing pushes, >= 1.
    kept:      (k,) the pair was in the last batch.
    worker_key, posting_key: (n,), (m,) stable unique numbers that break ties; default: the row number.
    """

    wi: Ints
    pj: Ints
    score: Floats
    capacity: Ints
    openings: Ints
    employer: Ints
    need: Ints
    room: Ints
    priority: Floats
    kept: Flags
    worker_key: Ints | None = None
    posting_key: Ints | None = None

    @property
    def workers(self) -> int:
        """n."""
        return len(self.need)

    @property
    def postings(self) -> int:
        """m."""
        return len(self.capacity)

    @property
    def pairs(self) -> int:
        """k."""
        return len(self.wi)

    def checked(self) -> AllocationProblem:
        """The same problem with every array in its dtype.

        Raises InvalidInput that names the array, the first bad index and the fix.
        """
        problem = self._typed()
        problem._check_shapes()
        problem._check_values()
        problem._check_pairs()
        return problem

    def _typed(self) -> AllocationProblem:
        typed: dict[str, Any] = {name: _whole_numbers(getattr(self, name), name) for name in _WHOLE}
        for name in ("worker_key", "posting_key"):
            if getattr(self, name) is not None:
                typed[name] = _whole_numbers(getattr(self, name), name)
        for name in ("score", "priority"):
            typed[name] = np.ascontiguousarray(getattr(self, name), np.float64)
        return replace(self, kept=np.ascontiguousarray(self.kept, np.bool_), **typed)

    def _check_shapes(self) -> None:
        sizes = {"pj": self.pairs, "score": self.pairs, "kept": self.pairs}
        sizes |= {"openings": self.postings, "employer": self.postings, "posting_key": self.postings}
        sizes |= {"room": self.workers, "priority": self.workers, "worker_key": self.workers}
        for name, size in sizes.items():
            array = getattr(self, name)
            if array is not None and array.shape != (size,):
                raise InvalidInput(f"数组 {name} 的形状是 {array.shape}，应为 ({size},)；请与候选或人员逐行对齐")

    def _check_values(self) -> None:
        _refuse("wi", (self.wi < 0) | (self.wi >= self.workers), f"人员行号须在 0 到 {self.workers - 1} 之间")
        _refuse(
            "pj", (self.pj < 0) | (self.pj >= self.postings), f"岗位行号须在 0 到 {self.postings - 1} 之间"
        )
        _refuse("score", ~((self.score >= 0) & (self.score <= 1)), "分数须是 0 到 1 之间的数")
        for name in ("capacity", "openings", "need"):
            array = getattr(self, name)
            _refuse(name, (array < 0) | (array > MOST_PUSHES), f"须在 0 到 {MOST_PUSHES} 之间")
        too_much = (self.room < self.need) | (self.room > MOST_PUSHES)
        _refuse("room", too_much, f"上限不能小于下限 need，也不能超过 {MOST_PUSHES}")
        _refuse("priority", ~((self.priority >= 1) & (self.priority <= 1000)), "优先权重须在 1 到 1000 之间")
        for name in ("worker_key", "posting_key"):
            array = getattr(self, name)
            if array is not None and len(np.unique(array)) != len(array):
                raise InvalidInput(f"数组 {name} 有重复的编号；每行须给一个不同的数")

    def _check_pairs(self) -> None:
        key = self.wi * self.postings + self.pj
        if np.all(key[1:] > key[:-1]):
            return
        order = np.argsort(key, kind="stable")
        again = np.zeros(self.pairs, np.bool_)
        again[order[1:]] = key[order[1:]] == key[order[:-1]]
        _refuse("wi/pj", again, "同一人和同一岗位的候选只能出现一次，请去重")


_WHOLE = ("wi", "pj", "capacity", "openings", "employer", "need", "room")


def _whole_numbers(array: NDArray[Any], name: str) -> Ints:
    values = np.asarray(array)
    if values.dtype.kind not in "iu" and values.size:
        raise InvalidInput(f"数组 {name} 须是整数，现在是 {values.dtype}")
    return np.ascontiguousarray(values, np.int64)


def _refuse(name: str, bad: Flags, rule: str) -> None:
    if bad.any():
        raise InvalidInput(f"数组 {name} 第 {int(np.argmax(bad))} 个值不对（共 {int(bad.sum())} 个）：{rule}")
