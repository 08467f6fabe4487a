"""Loosen a person's own wishes step by step when too little fits, and say so (放宽条件).

The ladder never touches the law, the office's review or a refusal ("不干夜班"): only how far, how paid and
how much. Each rung is tried over the whole catalogue, so "nothing nearer" is a fact and not a cut-off.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Line
from matcher.ranking.eligibility import NEARBY_CITY_KM, rules
from matcher.ranking.pairs import Pairs
from matcher.ranking.travel import Travel

Mask = NDArray[np.bool_]

NEARBY_KM = 15.0  # "附近" without a number: about half an hour by e-bike
TOWN_DIGITS = 10**3
COUNTY_DIGITS = 10**6
CITY_DIGITS = 10**8
PROVINCE_DIGITS = 10**10


class Area(IntEnum):
    """How far from home a posting may lie (范围)."""

    NEAR = 0
    COUNTY = 1
    CITY = 2
    PROVINCE = 3
    ANYWHERE = 4


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder. waived: wish rules not applied on it; line: what was loosened, for a person."""

    area: Area
    waived: frozenset[str]
    line: Line | None


_REACH = frozenset({"reach"})
_PAID = _REACH | {"settlement", "kind"}
LADDER = (
    Rung(Area.NEAR, frozenset(), None),
    Rung(Area.COUNTY, _REACH, Line("area_county", "附近不够，已放宽到全县")),
    Rung(Area.CITY, _REACH, Line("area_city", "本县不够，已放宽到全市")),
    Rung(Area.CITY, _PAID, Line("settlement", "已放宽结算和岗位类型")),
    Rung(Area.PROVINCE, _PAID, Line("area_province", "本市不够，已放宽到全省")),
    Rung(Area.ANYWHERE, _PAID, Line("area_anywhere", "本省不够，已放宽到外省")),
    Rung(Area.ANYWHERE, _PAID | {"pay_below_floor"}, Line("pay", "已放宽工资要求")),
)


@dataclass(frozen=True, slots=True)
class Widened:
    """mask: (pairs,) what may be offered. lines: every loosening that was needed, in order."""

    mask: Mask
    lines: tuple[Line, ...]


def widen(pairs: Pairs, veto: NDArray[np.uint32], trips: Travel, relevant: Mask, *, want: int) -> Widened:
    """Climb the ladder until `want` relevant pairs may be offered; stay on the last rung otherwise.

    veto: (pairs,) from `eligibility.vetoes`. relevant: (pairs,) pairs that answer the wish.
    A posting without a place is offered but does not count towards `want` for a person who named one.
    A rung that adds nothing relevant is not mentioned, since nothing was gained by it.
    """
    areas = areas_of(pairs, trips)
    wishes = wish_contradictions(pairs)
    lines: list[Line] = []
    placed = has_place(pairs)
    best: Mask | None = None
    count = -1
    for rung in LADDER:
        mask = _allowed(veto, rung) & (areas <= rung.area)
        for name in wishes.keys() - rung.waived:
            mask &= ~wishes[name]
        found = int((mask & relevant & placed).sum())
        if best is None or found > count:
            best, count = mask, found
            if rung.line is not None:
                lines.append(rung.line)
        if count >= want:
            break
    assert best is not None
    return Widened(best, tuple(lines))


def has_place(pairs: Pairs) -> Mask:
    """Pairs whose distance is known at least coarsely, or does not matter because the person named no place."""
    placed: Mask = (pairs.of_posting(pairs.postings.region) != 0) | (
        pairs.of_worker(pairs.workers.region) == 0
    )
    return placed


def _allowed(veto: NDArray[np.uint32], rung: Rung) -> Mask:
    waived = sum(1 << rule.bit for rule in rules() if rule.id in rung.waived)
    allowed: Mask = (veto & ~np.uint32(waived)) == 0
    return allowed


def areas_of(pairs: Pairs, trips: Travel) -> NDArray[np.int8]:
    """The smallest area that holds each pair; NEAR where either place is unknown."""
    homes, works = pairs.workers.region, pairs.postings.region

    def same(unit: int) -> Mask:
        # Divided before it is spread: one home against a whole catalogue is one division.
        equal: Mask = pairs.of_worker(homes // unit) == pairs.of_posting(works // unit)
        return equal

    def whole(unit: int, parent: int) -> Mask:
        return pairs.of_worker(homes // unit % parent == 0)

    area = np.full(len(pairs), Area.ANYWHERE, np.int8)
    area[same(PROVINCE_DIGITS)] = Area.PROVINCE
    area[~pairs.in_another_city] = Area.CITY
    area[same(COUNTY_DIGITS)] = Area.COUNTY
    near = ~trips.approximate & (trips.km <= NEARBY_KM)
    area[~trips.approximate & (trips.km <= NEARBY_CITY_KM) & (area > Area.CITY)] = Area.CITY
    limited = ~np.isnan(pairs.of_worker(pairs.workers.max_minutes))
    # A stated limit in minutes is judged by the reach rule; without one "near" means NEARBY_KM.
    area[near | (limited & (area <= Area.CITY))] = Area.NEAR
    # "想在深圳找" names the whole city: every part of the place they named is near.
    area[whole(TOWN_DIGITS, 1000) & (area == Area.COUNTY)] = Area.NEAR
    area[whole(COUNTY_DIGITS, 100) & (area == Area.CITY)] = Area.NEAR
    area[whole(CITY_DIGITS, 100) & (area == Area.PROVINCE)] = Area.NEAR
    area[pairs.of_worker(homes == 0) | pairs.of_posting(works == 0)] = Area.NEAR
    return area


def wish_contradictions(pairs: Pairs) -> dict[str, Mask]:
    """Wishes both sides state differently; unknown on either side contradicts nothing."""
    w, p = pairs.workers, pairs.postings
    return {
        "settlement": _outside(pairs.of_posting(p.settlement), pairs.of_worker(w.settlements)),
        "kind": _outside(pairs.of_posting(p.kind), pairs.of_worker(w.kinds)),
    }


def _outside(ordinal: NDArray[np.int8], wanted: NDArray[np.uint16]) -> Mask:
    offered = np.left_shift(1, np.maximum(ordinal, 0).astype(np.int64))
    outside: Mask = (ordinal >= 0) & (wanted != 0) & ((offered & wanted.astype(np.int64)) == 0)
    return outside
