"""The timetable of a fair with its proof (招聘会日程).

1. Who meets whom: exact, and an upper bound for everything below (`meetings`).
2. Slots by colouring; complete wherever nobody is away and no slot is named.
3. What found no slot: other meetings fill the places; then CP-SAT within its time, from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from matcher.allocation.fairs.colouring import NONE, Slots, colour
from matcher.allocation.fairs.meetings import (
    FIRST,
    FIRST_OF_PRIORITY,
    FRESH,
    UNIT,
    choose_meetings,
    kept_places,
    linear_bound,
    pair_gain,
    value_of,
)
from matcher.allocation.fairs.problem import Bools, FairProblem, Ints

GOOD_ENOUGH = 0.001  # of the bound; below it CP-SAT is not asked
SOLVER_SECONDS = 10.0
SOLVER_WORKERS = 2
CLOSE = 1e-6


@dataclass(frozen=True, eq=False)
class Timetable:
    """slot: (k,) of each meeting, -1 = does not meet. value, bound: points of the objective and their proven limit.

    checked: the bound as the linear programme of another library has it, None when it was not asked for.
    """

    slot: Ints
    value: float
    bound: float
    checked: float | None = None
    solver_used: bool = False

    @property
    def gap(self) -> float:
        """Share of the bound that the timetable may fall short of the best one at most."""
        return max(0.0, self.bound - self.value) / max(self.bound, 1e-12)

    @property
    def certified(self) -> bool:
        """Whether both libraries came to the same bound."""
        return self.checked is not None and abs(self.checked - self.bound) <= CLOSE * max(1.0, self.bound)


def timetable(problem: FairProblem, *, check: bool = True, seconds: float = SOLVER_SECONDS) -> Timetable:
    """The best timetable that is found within `seconds` of search, and how far from the best it can be.

    Of pins that contradict each other the first stands, and the others are ordinary pairs.
    """
    problem = problem.without_contradictions()
    best = choose_meetings(problem)
    slots = colour(problem, best.chosen)
    _fill(problem, slots)
    found, used = slots.slot, False
    value = value_of(problem, found != NONE)
    if best.value - value > GOOD_ENOUGH * best.value and seconds > 0:
        searched = _searched(problem, found, seconds)
        if searched is not None and value_of(problem, searched != NONE) > value:
            found, value = searched, value_of(problem, searched != NONE)
        used = True
    checked = linear_bound(problem) if check else None
    return Timetable(found, value, best.value, checked, used)


def clashes(problem: FairProblem, slot: Ints) -> list[str]:
    """What a timetable breaks, in English for tests and logs; empty when it holds."""
    meets = slot != NONE
    person, booth, at = problem.person[meets], problem.booth[meets], slot[meets]
    found = []
    if (np.bincount(person * problem.slots + at, minlength=1) > 1).any():
        found.append("a person is at two booths at once")
    per_booth = np.bincount(booth * problem.slots + at, minlength=len(problem.tables) * problem.slots)
    if (per_booth.reshape(len(problem.tables), -1) > problem.tables[:, None]).any():
        found.append("a booth has more people than tables")
    if (np.bincount(person, minlength=len(problem.free)) > problem.most).any():
        found.append("a person is sent to too many booths")
    if not problem.free[person, at].all():
        found.append("a person is away at the time")
    if (meets & problem.banned).any():
        found.append("a banned pair meets")
    named = meets & problem.pinned & (problem.pinned_slot >= 0)
    if (slot[named] != problem.pinned_slot[named]).any():
        found.append("a pinned slot was moved")
    return found


def first_come(problem: FairProblem) -> Ints:
    """The peer: people in their order take their best booths that still have a table, as at a door. (k,) slots."""
    slots = Slots(problem)
    for pair in np.lexsort((-problem.score, problem.person)).tolist():
        person = problem.person[pair]
        if not problem.open[pair] or (slots.of_person[person] != NONE).sum() >= problem.most:
            continue
        mine = slots.person_open(pair)
        for table in slots.tables_of(pair):
            both = np.flatnonzero(mine & (slots.of_table[table] == NONE))
            if len(both):
                slots.put(pair, int(both[0]), table)
                break
    return slots.slot


def _fill(problem: FairProblem, slots: Slots) -> None:
    """Meetings for the places that stayed empty, the most valuable first."""
    gain, usable = pair_gain(problem), problem.open & (problem.pinned_slot < 0)
    seen = np.bincount(problem.person[slots.slot != NONE], minlength=len(problem.free))
    limits = problem.limits
    order = np.lexsort((-gain, seen[problem.person] > 0))
    for pair in order.tolist():
        person = problem.person[pair]
        if usable[pair] and slots.slot[pair] == NONE and seen[person] < limits[person] and slots.place(pair):
            seen[person] += 1


def _searched(problem: FairProblem, found: Ints, seconds: float) -> Ints | None:
    """CP-SAT over the pairs and slots, starting from what was found; None when it finds nothing in time."""
    model = cp_model.CpModel()
    meets, at = _variables(problem, model, found)
    people: dict[int, list[cp_model.IntVar]] = {}
    booths: dict[int, list[cp_model.IntVar]] = {}
    by_moment: dict[tuple[str, int, int], list[cp_model.IntVar]] = {}
    for pair, one in meets.items():
        people.setdefault(int(problem.person[pair]), []).append(one)
        booths.setdefault(int(problem.booth[pair]), []).append(one)
    for (pair, slot), one in at.items():
        by_moment.setdefault(("person", int(problem.person[pair]), slot), []).append(one)
        by_moment.setdefault(("booth", int(problem.booth[pair]), slot), []).append(one)
    for (side, row, _), ones in by_moment.items():
        model.add(sum(ones) <= (1 if side == "person" else int(problem.tables[row])))
    for row, ones in people.items():
        model.add(sum(ones) <= int(problem.limits[row]))
    _objective(problem, model, meets, people, booths)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = SOLVER_WORKERS
    solver.parameters.relative_gap_limit = GOOD_ENOUGH
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    chosen = np.full(len(problem.person), NONE, np.int64)
    for (pair, moment), one in at.items():
        if solver.boolean_value(one):
            chosen[pair] = moment
    return chosen


def _variables(
    problem: FairProblem, model: cp_model.CpModel, found: Ints
) -> tuple[dict[int, cp_model.IntVar], dict[tuple[int, int], cp_model.IntVar]]:
    """A variable for each pair, and for each pair and slot it could have; hinted with what was found."""
    usable: Bools = problem.open
    meets: dict[int, cp_model.IntVar] = {}
    at: dict[tuple[int, int], cp_model.IntVar] = {}
    for pair in np.flatnonzero(usable).tolist():
        meets[pair] = model.new_bool_var("")
        model.add_hint(meets[pair], bool(found[pair] != NONE))
        named = int(problem.pinned_slot[pair])
        moments = [named] if named >= 0 else np.flatnonzero(problem.free[problem.person[pair]]).tolist()
        for slot in moments:
            at[pair, slot] = model.new_bool_var("")
            model.add_hint(at[pair, slot], bool(found[pair] == slot))
        model.add(sum(at[pair, slot] for slot in moments) == meets[pair])
    return meets, at


def _objective(
    problem: FairProblem,
    model: cp_model.CpModel,
    meets: dict[int, cp_model.IntVar],
    people: dict[int, list[cp_model.IntVar]],
    booths: dict[int, list[cp_model.IntVar]],
) -> None:
    gain = pair_gain(problem)
    parts = [round(gain[pair] * UNIT) * one for pair, one in meets.items()]
    for row, ones in people.items():
        seen = model.new_bool_var("")
        model.add(seen <= sum(ones))
        parts.append(int((FIRST_OF_PRIORITY if problem.priority[row] else FIRST) * UNIT) * seen)
    for row, kept in enumerate(kept_places(problem).tolist()):
        if kept and row in booths:
            filled = model.new_int_var(0, kept, "")
            model.add(filled <= sum(booths[row]))
            parts.append(int(FRESH * UNIT) * filled)
    model.maximize(sum(parts))
