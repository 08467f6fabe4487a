"""Hard rules (硬条件): which pairs must not be offered, and by which rule.

INVARIANTS
- A veto needs two known facts that contradict each other. Unknown on either side never vetoes.
- Every veto comes from the law, the office's own review, or the person's own words; each has one bit and one
  row in `data/rules.csv`. Schooling, experience and an employer's own certificate wish are not hard: they
  lower the score and become gaps.
- Certificates: a licensed trade (Basis.STATUTORY) is vetoed when the person has an expired certificate for
  it, or has answered the certificate question (named at least one, or said none) without it. A person who was
  never asked is not vetoed; the feature `certificate_state` and a gap line say that it must be checked.
- Age is read here and in `local_limits` only, against the legal ages and limits with a statutory basis.
  Being past the retirement age vetoes nothing by itself.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Line
from matcher.domain.posting_terms import Benefit, PayUnit, PhysicalLoad, PostingKind, Shift
from matcher.domain.worker_terms import Constraint
from matcher.ranking.local_limits import local_limits, over_local_limit
from matcher.ranking.masks import has
from matcher.ranking.pairs import Pairs
from matcher.ranking.travel import Travel, travel
from matcher.retrieval.columns import ALWAYS, NEVER

DATA = Path(__file__).parent / "data"
WORKING_AGE = 16  # 劳动法第十五条
ADULT_AGE = 18
REACH_TOLERANCE = 1.25  # the estimate knows no roads; a quarter over is a contradiction, less is not
NEARBY_CITY_KM = 40.0  # a job just over the prefecture line is not 外地 to the person
SURE_OCCUPATION = 0.6  # below this a first guess is too weak to hold a refusal against it
MINOR_LOADS = PhysicalLoad.mask(
    (PhysicalLoad.HEAVY, PhysicalLoad.HEIGHT, PhysicalLoad.HEAT, PhysicalLoad.DUST)
)
NIGHT_SHIFTS = Shift.mask((Shift.NIGHT, Shift.TWO_SHIFT, Shift.THREE_SHIFT))
DAY_SHIFTS = Shift.mask((Shift.DAY, Shift.LONG_DAY))
# How far a month can exceed the 8 h × 26 days that turn hours and days into months.
BEST_CONVERSION = {PayUnit.HOUR: 12 / 8 * 30 / 26, PayUnit.DAY: 30 / 26, PayUnit.WEEK: 1.05}


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule. bit: its place in a veto mask; line: what people are told; basis: whose rule it is."""

    bit: int
    id: str
    line: str
    basis: str
    hard: bool
    version: str
    why: str


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The rules of `data/rules.csv` by bit."""
    with (DATA / "rules.csv").open(encoding="utf-8", newline="") as file:
        found = [
            Rule(int(r["bit"]), r["id"], r["line"], r["basis"], r["hard"] == "yes", r["version"], r["why"])
            for r in csv.DictReader(file)
        ]
    return tuple(sorted(found, key=lambda rule: rule.bit))


def veto_lines(mask: int) -> tuple[Line, ...]:
    """The rules set in one veto mask, as lines for a person."""
    return tuple(Line(rule.id, rule.line) for rule in rules() if mask >> rule.bit & 1)


def vetoes(
    pairs: Pairs,
    *,
    blocked: NDArray[np.bool_] | None = None,
    trips: Travel | None = None,
) -> NDArray[np.uint32]:
    """Veto mask of every pair, 0 = eligible.

    blocked: (postings,) True where the office's review stopped the posting; None = none.
    trips:   the pairs' `travel`, if the caller has it already.
    """
    found: dict[str, NDArray[np.bool_]] = {}
    found.update(_availability(pairs, blocked))
    found.update(_ages(pairs))
    found.update(_certificates(pairs))
    found.update(_places(pairs, trips or travel(pairs)))
    found.update(_shifts(pairs))
    found.update(_wishes(pairs))
    mask = np.zeros(len(pairs), np.uint32)
    for rule in rules():
        if rule.hard:
            mask |= found[rule.id].astype(np.uint32) << np.uint32(rule.bit)
    return mask


def _availability(pairs: Pairs, blocked: NDArray[np.bool_] | None) -> dict[str, NDArray[np.bool_]]:
    p, of = pairs.postings, pairs.of_posting
    start, free = of(p.start), pairs.of_worker(pairs.workers.earliest_start)
    dated = (of(p.kind) == PostingKind.GIG.ordinal) & (start != NEVER)
    nothing = np.zeros(len(pairs), np.bool_)
    return {
        "blocked": nothing if blocked is None else of(blocked),
        "not_yet_live": (of(p.valid_from) != ALWAYS) & (of(p.valid_from) > pairs.now),
        "expired": of(p.valid_to) < pairs.now,
        "filled": of(p.headcount_left) == 0,
        "unavailable": dated & (free != ALWAYS) & (free > start),
    }


def _ages(pairs: Pairs) -> dict[str, NDArray[np.bool_]]:
    p, of = pairs.postings, pairs.of_posting
    age = pairs.of_worker(pairs.workers.age)
    known, low, high = age >= 0, of(p.age_min), of(p.age_max)
    minor = known & (age < ADULT_AGE)
    return {
        "under_age": known & (age < WORKING_AGE),
        "minor_load": minor & has(of(p.load), MINOR_LOADS),
        "minor_night": minor & needs_night(of(p.shifts), of(p.load)),
        "local_age_limit": over_local_limit(pairs, local_limits()),
        "minor_certificate": minor & ((of(p.certs_statutory) != 0) | of(p.certs_any_statutory)),
        "age_limit_low": known & (low >= 0) & (age < low),
        "age_limit_high": known & (high >= 0) & (age > high),
    }


def _certificates(pairs: Pairs) -> dict[str, NDArray[np.bool_]]:
    w, of = pairs.workers, pairs.of_worker
    lacking = pairs.of_posting(pairs.postings.certs_statutory) & ~of(w.certs_held)
    lacking |= np.where(pairs.of_posting(pairs.postings.certs_any_statutory), lacking_any(pairs), 0)
    expired = lacking & of(w.certs_expired)
    return {
        "certificate_expired": expired != 0,
        "certificate_missing": of(w.certs_listed) & (lacking != 0) & (expired == 0),
    }


def lacking_any(pairs: Pairs) -> NDArray[np.uint64]:
    """The alternatives a posting names when the person holds none of them, else 0."""
    any_of = pairs.of_posting(pairs.postings.certs_any)
    held = pairs.of_worker(pairs.workers.certs_held)
    return np.where((any_of & held) == 0, any_of, 0).astype(np.uint64)


def _places(pairs: Pairs, trips: Travel) -> dict[str, NDArray[np.bool_]]:
    w, p = pairs.workers, pairs.postings
    limit = pairs.of_worker(w.max_minutes)
    # A person who asks for a bed does not travel every day.
    lives_in = has(pairs.of_worker(w.needs), Benefit.LODGING.bit | Benefit.COUPLE_ROOM.bit) & has(
        pairs.of_posting(p.benefits), Benefit.LODGING.bit | Benefit.COUPLE_ROOM.bit
    )
    too_long = ~trips.approximate & (trips.minutes > limit * REACH_TOLERANCE) & ~lives_in
    away = pairs.in_another_city & (np.isnan(trips.km) | trips.approximate | (trips.km > NEARBY_CITY_KM))
    return {
        "reach": too_long,
        "out_of_town": away & (pairs.of_worker(w.out_of_town) == 0),
    }


def needs_night(shifts: NDArray[Any], load: NDArray[Any]) -> NDArray[np.bool_]:
    """True where every stated pattern includes nights; a choice or a day shift beside it frees the person."""
    free = has(shifts, Shift.CHOICE.bit | DAY_SHIFTS)
    return ~free & (has(shifts, NIGHT_SHIFTS) | has(load, PhysicalLoad.NIGHT.bit))


def _shifts(pairs: Pairs) -> dict[str, NDArray[np.bool_]]:
    w, p = pairs.workers, pairs.postings
    offered, refused = pairs.of_posting(p.shifts), pairs.of_worker(w.refused_shifts)
    no_night = has(refused, Shift.NIGHT.bit) | has(pairs.of_worker(w.constraints), Constraint.NO_NIGHT.bit)
    choice = has(offered, Shift.CHOICE.bit)
    all_refused = (offered != 0) & ((offered & ~refused) == 0)
    return {
        "refused_night": no_night & needs_night(offered, pairs.of_posting(p.load)),
        "refused_shift": ~choice & (all_refused | has(offered & refused, Shift.SIX_ON_ONE_OFF.bit)),
    }


def _wishes(pairs: Pairs) -> dict[str, NDArray[np.bool_]]:
    w, p = pairs.workers, pairs.postings
    load, limits = pairs.of_posting(p.load), pairs.of_worker(w.constraints)
    first = pairs.of_posting(p.occ[:, 0])
    sure = (first >= 0) & (pairs.of_posting(p.occ_conf[:, 0]) >= SURE_OCCUPATION)
    return {
        "refused_occupation": sure & (pairs.of_worker(w.refused_occ) == first[:, None]).any(axis=1),
        "pay_below_floor": _below_floor(pairs),
        "limit_height": has(limits, Constraint.NO_HEIGHT.bit) & has(load, PhysicalLoad.HEIGHT.bit),
        "limit_heavy": has(limits, Constraint.NO_HEAVY.bit) & has(load, PhysicalLoad.HEAVY.bit),
        "limit_outdoor": has(limits, Constraint.NO_OUTDOOR.bit) & has(load, PhysicalLoad.OUTDOOR.bit),
    }


def _below_floor(pairs: Pairs) -> NDArray[np.bool_]:
    """Stated top pay under the floor; across units only if the most favourable month is still under it."""
    w, p = pairs.workers, pairs.postings
    top, unit = pairs.of_posting(p.pay_high_yuan), pairs.of_posting(p.pay_unit)
    floor, floor_unit = pairs.of_worker(w.pay_floor_yuan), pairs.of_worker(w.pay_floor_unit)
    best = np.ones(len(PayUnit) + 1, np.float32)  # the last entry answers -1, unit unknown
    for member, most in BEST_CONVERSION.items():
        best[member.ordinal] = most
    across = np.maximum(best[unit], best[floor_unit])
    factor = np.where(unit == floor_unit, pairs.of_posting(p.pay_scale), across)
    below: NDArray[np.bool_] = ~pairs.of_posting(p.pay_open) & (top * factor < floor)
    return below
