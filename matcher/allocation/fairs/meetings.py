"""Who meets whom at a fair, without the clock: an exact minimum-cost flow (谁见谁).

source → person (a first meeting, further meetings) → pair → booth (exploration places, other places) → sink.
A pin, a first meeting of a priority person and a first meeting of anybody are each worth more than any score; a place
kept for a new employer goes before a score that is better by up to half a point. Leaving the clock out only makes more
possible, so that the value is an upper bound for every timetable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from matcher.allocation.fairs.problem import Bools, FairProblem, Floats, Ints
from matcher.errors import InvalidInput

UNIT = 1_000_000  # whole units of one point of score
PIN, FIRST_OF_PRIORITY, FIRST, FRESH, KEPT = 100.0, 6.0, 2.0, 0.5, 0.02
"""Points of score that each is worth. KEPT: a meeting of the timetable before, so that a new plan changes little."""


@dataclass(frozen=True, eq=False)
class Meetings:
    """chosen: (k,) pairs that meet. value: points of the objective, the best there can be."""

    chosen: Bools
    value: float


def choose_meetings(problem: FairProblem) -> Meetings:
    """The best meetings within the limits of people and booths, whatever their slots.

    Raises InvalidInput when the flow cannot be solved.
    """
    arcs = _arcs(problem)
    solver = min_cost_flow.SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(arcs.tails, arcs.heads, arcs.capacity, -arcs.gain)
    source, sink = arcs.source, arcs.source + 1
    most = int(problem.limits.sum())
    # an arc past everything: whoever finds no booth costs nothing
    solver.add_arcs_with_capacity_and_unit_cost(
        np.array([source], np.int64), np.array([sink], np.int64), np.array([most]), np.array([0])
    )
    solver.set_nodes_supplies(np.array([source, sink]), np.array([most, -most]))
    if solver.solve() != solver.OPTIMAL:
        raise InvalidInput("招聘会排座无解；请检查展位和时段")
    flow = np.asarray(solver.flows(numbers))
    return Meetings(flow[: len(problem.person)] > 0, -solver.optimal_cost() / UNIT)


def pair_gain(problem: FairProblem) -> Floats:
    """(k,) points that a meeting itself brings."""
    gain: Floats = problem.score + PIN * problem.pinned + KEPT * (problem.before >= 0)
    return gain


def value_of(problem: FairProblem, chosen: NDArray[np.bool_]) -> float:
    """Points of a set of meetings, as the objective counts them."""
    total = float(pair_gain(problem)[chosen].sum())
    seen = np.bincount(problem.person[chosen], minlength=len(problem.free)) > 0
    total += float(_first(problem)[seen].sum())
    at_booth = np.bincount(problem.booth[chosen], minlength=len(problem.tables))
    return total + FRESH * float(np.minimum(at_booth, kept_places(problem)).sum())


def kept_places(problem: FairProblem) -> Ints:
    """(m,) places of new employers that exploration fills first."""
    share: Ints = np.ceil(problem.fresh_share * problem.places).astype(np.int64)
    return np.where(problem.fresh, share, 0)


def _first(problem: FairProblem) -> Floats:
    first: Floats = np.where(problem.priority, FIRST_OF_PRIORITY, FIRST)
    return first


@dataclass(frozen=True, eq=False)
class Arcs:
    """Pairs first, then people's first and further meetings, then kept and other places."""

    tails: Ints
    heads: Ints
    capacity: Ints
    gain: Ints
    source: int


def _arcs(problem: FairProblem) -> Arcs:
    n, m = len(problem.free), len(problem.tables)
    people, booths = np.arange(n), n + np.arange(m)
    source, sink = n + m, n + m + 1
    limits, places, kept = problem.limits, problem.places, kept_places(problem)
    to, of = np.full(n, source), np.full(m, sink)
    tails = [problem.person, to, to, booths, booths]
    heads = [n + problem.booth, people, people, of, of]
    capacity = [problem.open, np.minimum(limits, 1), np.maximum(limits - 1, 0), kept, places - kept]
    zero_n, zero_m = np.zeros(n), np.zeros(m)
    gain = [pair_gain(problem), _first(problem), zero_n, np.full(m, FRESH), zero_m]
    return Arcs(
        np.concatenate(tails).astype(np.int64),
        np.concatenate(heads).astype(np.int64),
        np.concatenate(capacity).astype(np.int64),
        np.rint(np.concatenate(gain) * UNIT).astype(np.int64),
        source,
    )


def linear_bound(problem: FairProblem) -> float:
    """The same optimum as a linear programme of another library: no timetable can be worth more (HiGHS).

    Raises InvalidInput when it cannot be solved.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    arcs = _arcs(problem)
    inner = arcs.source
    column = np.arange(len(arcs.tails))
    leaves, arrives = arcs.tails < inner, arcs.heads < inner
    rows = np.concatenate([arcs.tails[leaves], arcs.heads[arrives]])
    columns = np.concatenate([column[leaves], column[arrives]])
    signs = np.concatenate([np.ones(leaves.sum()), -np.ones(arrives.sum())])
    balance = coo_matrix((signs, (rows, columns)), shape=(inner, len(column)))
    solved = linprog(
        -arcs.gain / UNIT, A_eq=balance, b_eq=np.zeros(inner),
        bounds=np.stack([np.zeros(len(column)), arcs.capacity], axis=1), method="highs",
    )  # fmt: skip
    if solved.status != 0:
        raise InvalidInput("招聘会排座的上界算不出来")
    return -float(solved.fun)
