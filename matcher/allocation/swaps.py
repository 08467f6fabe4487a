"""Hands lent from surplus to shortage, and buses for those who travel together (余缺调剂, 点对点接送).

The matching is one minimum-cost flow, surplus → pair → shortage, a person a unit. Its certificate needs no
solver: no change along the residual network would gain anything.
Source: Ahuja, Magnanti & Orlin, Network Flows, ch. 9 (negative-cycle optimality).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from matcher.errors import InvalidInput, Unavailable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNITS = 10**6  # worth is counted in millionths, so that sums are whole numbers
MOST_HEADS = 100_000
HALF_WORTH_KM = 60.0  # a swap this far away is worth half
BUS_SEATS = (7, 19, 33, 49)  # 载客数 of the vehicles an office usually charters
MOST_TRAVELLERS = 5_000


@dataclass(frozen=True, eq=False)
class SwapProblem:
    """s surpluses, t shortages, k pairs that could be made.

    spare: (s,) people to lend, >= 1. wanted: (t,) people missing, >= 1.
    si, tj: (k,) surplus and shortage of each pair, each pair once. worth: (k,) of one person, in (0, 1].
    """

    spare: Ints
    wanted: Ints
    si: Ints
    tj: Ints
    worth: Floats

    def checked(self) -> SwapProblem:
        """The same. Raises InvalidInput that says what does not fit."""
        if not len(self.si) == len(self.tj) == len(self.worth):
            raise InvalidInput("调剂候选的各列长度不一致")
        for name, heads in (("富余", self.spare), ("短缺", self.wanted)):
            if len(heads) and (heads.min() < 1 or heads.max() > MOST_HEADS):
                raise InvalidInput(f"{name}人数须在 1 到 {MOST_HEADS} 之间")
        for rows, size in ((self.si, len(self.spare)), (self.tj, len(self.wanted))):
            if len(rows) and (rows.min() < 0 or rows.max() >= size):
                raise InvalidInput("调剂候选的行号超出范围")
        if len(np.unique(self.si * max(len(self.wanted), 1) + self.tj)) != len(self.si):
            raise InvalidInput("同一富余和同一短缺只能出现一次")
        if not bool(np.all((self.worth > 0) & (self.worth <= 1))):
            raise InvalidInput("调剂价值须大于 0、不超过 1")
        return self


@dataclass(frozen=True, slots=True)
class SwapCertificate:
    """What a plan proves of itself. over: people lent or taken beyond what there is; gain: whether any change
    along the residual network would gain worth."""

    over: int
    gain: bool

    @property
    def holds(self) -> bool:
        """Every limit kept and nothing better possible."""
        return self.over == 0 and not self.gain


@dataclass(frozen=True, eq=False)
class SwapPlan:
    """heads: (k,) people of each pair. worth: summed, in whole people of full worth."""

    heads: Ints
    worth: float
    certificate: SwapCertificate


def match_swaps(problem: SwapProblem) -> SwapPlan:
    """Lend people so that the summed worth is greatest. Raises InvalidInput, or Unavailable without an optimum."""
    problem = problem.checked()
    heads = _cheapest(problem) if len(problem.si) else np.zeros(0, np.int64)
    return SwapPlan(heads, float(problem.worth @ heads), certify_swaps(problem, heads))


def swap_worth(related: Floats, overlap: Floats, km: Floats) -> Floats:
    """(k,) worth of lending one person.

    related: relatedness of the trades in [0, 1]. overlap: share of the wanted days that is covered, in [0, 1].
    km: distance, nan unknown, which neither helps nor hinders more than the usual distance.
    """
    near = 1 / (1 + np.nan_to_num(km, nan=HALF_WORTH_KM / 2) / HALF_WORTH_KM)
    worth: Floats = related * overlap * near
    return worth


def certify_swaps(problem: SwapProblem, heads: Ints) -> SwapCertificate:
    """Check a plan by itself, whoever made it."""
    lent = np.bincount(problem.si, heads, len(problem.spare)).astype(np.int64)
    taken = np.bincount(problem.tj, heads, len(problem.wanted)).astype(np.int64)
    over = np.maximum(lent - problem.spare, 0).sum() + np.maximum(taken - problem.wanted, 0).sum()
    return SwapCertificate(int(over + np.maximum(-heads, 0).sum()), _could_gain(problem, heads, lent, taken))


def pack_buses(people: int, sizes: Sequence[int] = BUS_SEATS) -> tuple[int, ...]:
    """Seats of the vehicles for so many people, largest first: fewest seats, then fewest vehicles.

    Raises InvalidInput for sizes or numbers that make no sense.
    """
    if not 0 <= people <= MOST_TRAVELLERS:
        raise InvalidInput(f"乘车人数须在 0 到 {MOST_TRAVELLERS} 之间，现在是 {people}")
    usable = sorted(set(sizes), reverse=True)
    if not usable or usable[-1] < 1:
        raise InvalidInput("车辆座位数须是 1 以上的整数，例如 19,33,49")
    most = people + usable[0]
    fewest = [0] + [most + 1] * most  # vehicles that make exactly so many seats
    last = [0] * (most + 1)
    for seats in range(1, most + 1):
        for size in usable:
            if size <= seats and fewest[seats - size] + 1 < fewest[seats]:
                fewest[seats], last[seats] = fewest[seats - size] + 1, size
    seats = next(total for total in range(people, most + 1) if fewest[total] <= most)
    chosen = []
    while seats:
        chosen.append(last[seats])
        seats -= last[seats]
    return tuple(sorted(chosen, reverse=True))


def _cheapest(problem: SwapProblem) -> Ints:
    s, t = len(problem.spare), len(problem.wanted)
    source, sink = s + t, s + t + 1
    flow = min_cost_flow.SimpleMinCostFlow()
    pair_room = np.minimum(problem.spare[problem.si], problem.wanted[problem.tj])
    flow.add_arcs_with_capacity_and_unit_cost(
        problem.si.astype(np.int32), (s + problem.tj).astype(np.int32), pair_room, -_units(problem)
    )
    nothing = np.zeros(max(s, t), np.int64)
    every = np.arange(s + t, dtype=np.int32)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(s, source, np.int32), every[:s], problem.spare, nothing[:s]
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        every[s:], np.full(t, sink, np.int32), problem.wanted, nothing[:t]
    )
    heads = int(problem.spare.sum())
    flow.add_arc_with_capacity_and_unit_cost(source, sink, heads, 0)  # people who are not lent
    flow.set_node_supply(source, heads)
    flow.set_node_supply(sink, -heads)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise Unavailable("调剂求解没有得到最优解，请重试", detail=f"status {status}")
    found: Ints = np.asarray(flow.flows(np.arange(len(problem.si), dtype=np.int32)), np.int64)
    return found


def _units(problem: SwapProblem) -> Ints:
    units: Ints = np.maximum(np.rint(problem.worth * UNITS), 1).astype(np.int64)
    return units


def _could_gain(problem: SwapProblem, heads: Ints, lent: Ints, taken: Ints) -> bool:
    """Whether the residual network holds a cycle that gains worth (Bellman–Ford, all nodes at distance 0)."""
    s, t = len(problem.spare), len(problem.wanted)
    hub = s + t  # stands for source and sink, which the arc of people not lent joins both ways
    si, tj, cost = problem.si, s + problem.tj, -_units(problem)
    free_s, free_t = np.flatnonzero(lent < problem.spare), np.flatnonzero(taken < problem.wanted)
    used_s, used_t = np.flatnonzero(lent > 0), np.flatnonzero(taken > 0)
    back = heads > 0
    zero = [np.zeros(len(one), np.int64) for one in (free_s, free_t, used_s, used_t)]
    tail = np.concatenate([si, tj[back], np.full(len(free_s), hub), s + free_t, used_s, np.full(len(used_t), hub)])
    head = np.concatenate([tj, si[back], free_s, np.full(len(free_t), hub), np.full(len(used_s), hub), s + used_t])
    price = np.concatenate([cost, -cost[back], *zero])
    distance = np.zeros(s + t + 1, np.int64)
    for _ in range(s + t + 1):
        nearer = distance.copy()
        np.minimum.at(nearer, head, distance[tail] + price)
        if np.array_equal(nearer, distance):
            return False
        distance = nearer
    return True
