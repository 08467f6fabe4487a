"""Input of a fair timetable (招聘会排座)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput

MOST_BOOTHS = 3  # that one person is sent to

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FairProblem:
    """k possible meetings of n people with m booths in s slots; a booth is one employer's.

    person, booth:  (k,) rows; a (person, booth) pair occurs once.
    score:          (k,) in [0, 1], both sides in one.
    tables:         (m,) people a booth talks to in one slot.
    free:           (n, s) slots in which a person can come.
    priority:       (n,) people whose first meeting counts before anybody's.
    fresh:          (m,) new employers; fresh_share: of their places, what is filled before better scores elsewhere.
    pinned, banned: (k,) decisions of the organisers; pinned_slot: (k,) the slot they named, -1 = any.
    before:         (k,) slot of an earlier timetable, -1 = was not in it; kept where nothing speaks against it.
    """

    person: Ints
    booth: Ints
    score: Floats
    tables: Ints
    free: Bools
    priority: Bools
    fresh: Bools
    fresh_share: float
    pinned: Bools
    banned: Bools
    pinned_slot: Ints
    before: Ints
    most: int = MOST_BOOTHS

    @classmethod
    def of(
        cls,
        person: NDArray[np.integer],
        booth: NDArray[np.integer],
        score: NDArray[np.floating],
        *,
        tables: NDArray[np.integer],
        free: Bools,
        priority: Bools | None = None,
        fresh: Bools | None = None,
        fresh_share: float = 0.0,
        pinned: Bools | None = None,
        banned: Bools | None = None,
        pinned_slot: NDArray[np.integer] | None = None,
        before: NDArray[np.integer] | None = None,
        most: int = MOST_BOOTHS,
    ) -> FairProblem:
        """What is not given is plain. Raises InvalidInput when something does not fit together."""
        k, n, m = len(person), len(free), len(tables)
        no, nowhere = np.zeros(k, np.bool_), np.full(k, -1, np.int64)
        made = cls(
            person=np.asarray(person, np.int64),
            booth=np.asarray(booth, np.int64),
            score=np.asarray(score, np.float64),
            tables=np.asarray(tables, np.int64),
            free=np.asarray(free, np.bool_),
            priority=np.zeros(n, np.bool_) if priority is None else np.asarray(priority, np.bool_),
            fresh=np.zeros(m, np.bool_) if fresh is None else np.asarray(fresh, np.bool_),
            fresh_share=float(fresh_share),
            pinned=no if pinned is None else np.asarray(pinned, np.bool_),
            banned=no if banned is None else np.asarray(banned, np.bool_),
            pinned_slot=nowhere if pinned_slot is None else np.asarray(pinned_slot, np.int64),
            before=nowhere if before is None else np.asarray(before, np.int64),
            most=most,
        )
        made._check()
        return made

    @property
    def slots(self) -> int:
        """Slots of the fair."""
        return int(self.free.shape[1])

    @property
    def places(self) -> Ints:
        """(m,) meetings a booth can hold."""
        return self.tables * self.slots

    @property
    def limits(self) -> Ints:
        """(n,) meetings a person can have."""
        held: Ints = np.minimum(self.free.sum(axis=1), self.most).astype(np.int64)
        return held

    @property
    def open(self) -> Bools:
        """(k,) pairs that can meet at all: not banned, and the slot they are pinned to is the person's."""
        named = self.pinned & (self.pinned_slot >= 0)
        can = ~named | self.free[self.person, np.maximum(self.pinned_slot, 0)]
        somewhere: Bools = self.limits > 0
        held: Bools = ~self.banned & can & somewhere[self.person]
        return held

    def without_contradictions(self) -> FairProblem:
        """The same problem in which pins to a slot can all be kept: where two contradict, the first row stands.

        A pin that gives way becomes an ordinary pair.
        """
        pinned, slot, can = self.pinned.copy(), self.pinned_slot.copy(), self.open
        at_booth: Counter[tuple[int, int]] = Counter()
        of_person: set[tuple[int, int]] = set()
        for row in np.flatnonzero(self.pinned & (self.pinned_slot >= 0)).tolist():
            person, booth, at = int(self.person[row]), int(self.booth[row]), int(slot[row])
            full = at_booth[booth, at] >= self.tables[booth] or (person, at) in of_person
            if full or not can[row]:
                pinned[row], slot[row] = False, -1
                continue
            at_booth[booth, at] += 1
            of_person.add((person, at))
        return replace(self, pinned=pinned, pinned_slot=slot)

    def _check(self) -> None:
        k = len(self.person)
        per_pair = (self.booth, self.score, self.pinned, self.banned, self.pinned_slot, self.before)
        if any(len(one) != k for one in per_pair):
            raise InvalidInput("招聘会排座：配对数组长度不一致")
        if self.free.ndim != 2 or self.slots < 1:
            raise InvalidInput("招聘会排座：至少要有 1 个时段")
        if len(self.priority) != len(self.free) or len(self.fresh) != len(self.tables):
            raise InvalidInput("招聘会排座：人数或展位数对不上")
        if k and (self.person.min() < 0 or self.person.max() >= len(self.free)):
            raise InvalidInput("招聘会排座：人员下标超出范围")
        if k and (self.booth.min() < 0 or self.booth.max() >= len(self.tables)):
            raise InvalidInput("招聘会排座：展位下标超出范围")
        if len(self.tables) and self.tables.min() < 1:
            raise InvalidInput("招聘会排座：每个展位至少 1 张洽谈桌")
        if not np.isfinite(self.score).all() or (k and not 0 <= self.score.min() <= self.score.max() <= 1):
            raise InvalidInput("招聘会排座：分数须在 0 到 1 之间")
        if not 0 <= self.fresh_share <= 1 or self.most < 1:
            raise InvalidInput("招聘会排座：新单位份额须在 0 到 1 之间，每人至少 1 个展位")
        if k and (self.pinned_slot.max() >= self.slots or self.before.max() >= self.slots):
            raise InvalidInput("招聘会排座：指定的时段超出范围")
        pair = self.person * max(len(self.tables), 1) + self.booth
        if len(np.unique(pair)) != k:
            raise InvalidInput("招聘会排座：同一人和同一展位出现了两次")
