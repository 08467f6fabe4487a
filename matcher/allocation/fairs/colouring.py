"""Slots without clash for given meetings: edges of a bipartite graph coloured with slots (时段着色).

Where nobody is away, König's theorem says that as many slots as the largest degree are enough, and the exchange
along alternating paths below finds them. Where people are away it may leave a few meetings without a slot.
"""

from __future__ import annotations

import numpy as np

from matcher.allocation.fairs.problem import Bools, FairProblem

NONE = -1


class Slots:
    """A timetable under construction. A table of a booth is a node of its own, with one meeting a slot.

    INVARIANT  `of_person[p, s]` and `of_table[t, s]` hold the same pair number or NONE, and `slot` says where.
    """

    def __init__(self, problem: FairProblem) -> None:
        self._problem = problem
        self._first = np.concatenate([[0], np.cumsum(problem.tables)])
        self.of_person = np.full(problem.free.shape, NONE, np.int64)
        self.of_table = np.full((int(self._first[-1]), problem.slots), NONE, np.int64)
        self.slot = np.full(len(problem.person), NONE, np.int64)
        self.table = np.full(len(problem.person), NONE, np.int64)
        self._fixed = problem.pinned & (problem.pinned_slot >= 0)

    def put(self, pair: int, slot: int, table: int) -> None:
        """Let a pair meet there; both must be free."""
        self.of_person[self._problem.person[pair], slot] = pair
        self.of_table[table, slot] = pair
        self.slot[pair], self.table[pair] = slot, table

    def take(self, pair: int) -> None:
        """Take a meeting out again."""
        slot = self.slot[pair]
        self.of_person[self._problem.person[pair], slot] = NONE
        self.of_table[self.table[pair], slot] = NONE
        self.slot[pair] = self.table[pair] = NONE

    def tables_of(self, pair: int) -> range:
        """The tables of the pair's booth."""
        booth = self._problem.booth[pair]
        return range(int(self._first[booth]), int(self._first[booth + 1]))

    def person_open(self, pair: int) -> Bools:
        """(s,) slots in which the person could meet somebody more."""
        person = self._problem.person[pair]
        held: Bools = self._problem.free[person] & (self.of_person[person] == NONE)
        return held

    def place(self, pair: int, wanted: int = NONE) -> bool:
        """Find a slot, at `wanted` or anywhere, moving others along one path if need be."""
        mine = self.person_open(pair)
        if wanted != NONE:
            mine = mine & (np.arange(len(mine)) == wanted)
        for table in self.tables_of(pair):
            both = np.flatnonzero(mine & (self.of_table[table] == NONE))
            if len(both):
                self.put(pair, int(both[0]), table)
                return True
        for table in self.tables_of(pair):
            for theirs in np.flatnonzero(self.of_table[table] == NONE).tolist():
                for ours in np.flatnonzero(mine).tolist():
                    if self._exchange(table, ours, theirs):
                        self.put(pair, ours, table)
                        return True
        return False

    def _exchange(self, table: int, ours: int, theirs: int) -> bool:
        """Free `ours` at the table by swapping the two slots along its path; False when somebody cannot move."""
        path, pair, here, there, at_table = [], int(self.of_table[table, ours]), ours, theirs, True
        while pair != NONE:
            person = self._problem.person[pair]
            if self._fixed[pair] or not self._problem.free[person, there]:
                return False
            path.append((pair, there, int(self.table[pair])))
            next_pair = self.of_person[person, there] if at_table else self.of_table[self.table[pair], there]
            pair, here, there, at_table = int(next_pair), there, here, not at_table
        for moved, _, _ in path:
            self.take(moved)
        for moved, slot, at in path:
            self.put(moved, slot, at)
        return True


def colour(problem: FairProblem, chosen: Bools) -> Slots:
    """Slots for as many of the chosen meetings as can be found; pins and kept slots first, then the hardest."""
    slots = Slots(problem)
    named = np.where(problem.pinned_slot >= 0, problem.pinned_slot, problem.before)
    free = problem.free.sum(axis=1)[problem.person]
    order = np.lexsort((-problem.score, free, named < 0, problem.pinned_slot < 0))
    late: list[int] = []
    for pair in order[chosen[order]].tolist():
        wanted = int(named[pair])
        if wanted >= 0 and _placed_at(slots, pair, wanted):
            continue
        if problem.pinned_slot[pair] < 0:
            late.append(pair)
    for pair in late:
        slots.place(pair)
    return slots


def _placed_at(slots: Slots, pair: int, wanted: int) -> bool:
    """Place a pair at one slot without moving anybody."""
    if not slots.person_open(pair)[wanted]:
        return False
    for table in slots.tables_of(pair):
        if slots.of_table[table, wanted] == NONE:
            slots.put(pair, wanted, table)
            return True
    return False
