"""Each asked condition against every posting: it holds, it does not, or the posting does not say (逐条核对).

INVARIANTS
- What a posting does not state is unknown, never a no.
- An age is held against the law alone; an employer's own limit is quarantined and not read here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting_terms import (
    Benefit,
    FriendlyTo,
    Insurance,
    PhysicalLoad,
    PostingKind,
    Shift,
    Transport,
)
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint
from matcher.ranking.eligibility import (
    ADULT_AGE,
    MINOR_LOADS,
    NIGHT_SHIFTS,
    SURE_OCCUPATION,
    WORKING_AGE,
    needs_night,
)
from matcher.ranking.masks import has
from matcher.ranking.travel import great_circle_km
from matcher.ranking.widening import NEARBY_KM
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.services.live.viewer_words import Ask

YES, UNKNOWN, NO = 1, 0, -1
COUNTY, CITY, PROVINCE = 10**6, 10**8, 10**10

Marks = NDArray[np.int8]
Bools = NDArray[np.bool_]


def marks(ask: Ask, postings: PostingColumns, worker: Worker, now: datetime) -> Marks:
    """(n,) YES, UNKNOWN or NO of every posting for one condition of this viewer."""
    return _JUDGES[ask.field](ask.value, postings, worker, now)


def told(yes: Bools, no: Bools) -> Marks:
    """Marks from two masks; a posting in neither has not said. What is in both holds."""
    found = np.zeros(len(yes), np.int8)
    found[no] = NO
    found[yes] = YES
    return found


def lawful_for_age(age: int | None, postings: PostingColumns) -> Bools:
    """(n,) False where the law keeps a person of this age from the work; an unknown age is kept from nothing."""
    if age is None:
        return np.ones(len(postings), np.bool_)
    low, high = postings.age_min, postings.age_max
    barred = np.full(len(postings), age < WORKING_AGE)
    barred |= ((low >= 0) & (age < low)) | ((high >= 0) & (age > high))
    if age < ADULT_AGE:
        barred |= has(postings.load, MINOR_LOADS) | needs_night(postings.shifts, postings.load)
        barred |= (postings.certs_statutory != 0) | postings.certs_any_statutory
    lawful: Bools = ~barred
    return lawful


def _age(age: int, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    lawful = lawful_for_age(age, p)
    if age < ADULT_AGE:  # what is not stated may still be barred work
        stated = (p.load != 0) & (p.shifts != 0)
        return told(lawful & stated, ~lawful)
    return told(lawful, ~lawful)


def _place(_place: Any, p: PostingColumns, worker: Worker, now: datetime) -> Marks:
    home = WorkerColumns.of([worker], now=now)
    region, work = int(home.region[0]), p.region
    widest = max((one for one in (COUNTY, CITY, PROVINCE) if region % one == 0), default=COUNTY)
    inside = (work != 0) & (work // widest == region // widest) & (region != 0)
    km = great_circle_km(home.lat[:1], home.lng[:1], p.lat, p.lng)
    close = ~p.centre & (km <= NEARBY_KM)
    vague = (work % CITY == 0) & (work // CITY == region // CITY)
    vague |= (work % PROVINCE == 0) & (work // PROVINCE == region // PROVINCE)
    return told(inside | close, (work != 0) & (region != 0) & ~vague)


def _needs(wanted: Benefit, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    return told(has(p.benefits, wanted.bit), np.zeros(len(p), np.bool_))


def _shifts(wanted: Shift, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    by_day = {Shift.LONG_DAY: Shift.LONG_DAY.bit | Shift.DAY.bit, Shift.DAY: Shift.LONG_DAY.bit | Shift.DAY.bit}
    yes = has(p.shifts, by_day.get(wanted, wanted.bit) | Shift.CHOICE.bit)
    rest = Shift.mask((Shift.SIX_ON_ONE_OFF, Shift.FIVE_DAYS))
    other = rest if wanted.bit & rest else (Shift.mask(tuple(Shift)) & ~rest)
    return told(yes, ~yes & has(p.shifts, other & ~Shift.CHOICE.bit))


def _settlement(wanted: Any, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    return told(p.settlement == wanted.ordinal, (p.settlement >= 0) & (p.settlement != wanted.ordinal))


def _kind(wanted: PostingKind, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    return told(p.kind == wanted.ordinal, p.kind != wanted.ordinal)


def _form(wanted: Any, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    return told(p.form == wanted.ordinal, (p.form >= 0) & (p.form != wanted.ordinal))


def _transport(wanted: Transport, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    return told(has(p.transport, wanted.bit), p.transport == Transport.OWN.bit)


def _insurance(wanted: Insurance, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    bits = wanted.bit | (Insurance.FIVE_AND_FUND.bit if wanted is Insurance.FIVE else 0)
    return told(has(p.insurance, bits), p.insurance == Insurance.NONE.bit)


def _pay(_floor: Any, p: PostingColumns, worker: Worker, now: datetime) -> Marks:
    person = WorkerColumns.of([worker], now=now)
    same = p.pay_unit == person.pay_floor_unit[0]
    scale = np.where(same, p.pay_scale, 1.0)
    floor = person.pay_floor_yuan[0]
    enough = p.pay_high_yuan * scale >= floor
    short = ~np.isnan(p.pay_high_yuan) & ~enough & ~p.pay_open
    return told(enough, short)


def _constraint(limit: Constraint, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    nothing = np.zeros(len(p), np.bool_)
    if limit is Constraint.NO_NIGHT:
        night = needs_night(p.shifts, p.load)
        return told(~night & has(p.shifts, ~NIGHT_SHIFTS & 0xFFFF), night)
    if limit in _LOADS:
        heavy = has(p.load, _LOADS[limit].bit)
        light = has(p.load, PhysicalLoad.LIGHT.bit) & (limit is Constraint.NO_HEAVY)
        return told(light & ~heavy, heavy)
    if limit is Constraint.NO_VEHICLE:
        reached = Transport.mask((Transport.SHUTTLE, Transport.CHARTERED))
        lives_in = Benefit.mask((Benefit.LODGING, Benefit.COUPLE_ROOM))
        return told(has(p.transport, reached) | has(p.benefits, lives_in), nothing)
    friend = FriendlyTo.NO_READING if limit is Constraint.NO_READING else FriendlyTo.CARER
    return told(has(p.friendly, friend.bit), nothing)


_LOADS = {
    Constraint.NO_HEIGHT: PhysicalLoad.HEIGHT,
    Constraint.NO_HEAVY: PhysicalLoad.HEAVY,
    Constraint.NO_OUTDOOR: PhysicalLoad.OUTDOOR,
    Constraint.NO_DUST: PhysicalLoad.DUST,
}


def _refused(trade: Any, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    row = lexicon_codebook().occupation_row(trade.code)
    first, sure = p.occ[:, 0], (p.occ[:, 0] >= 0) & (p.occ_conf[:, 0] >= SURE_OCCUPATION)
    return told(sure & (first != row), sure & (first == row))


def _no_certificates(_none: bool, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    asked = (p.certs_required != 0) | (p.certs_any != 0)
    return told(np.zeros(len(p), np.bool_), asked)


def _education(held: Any, p: PostingColumns, _worker: Worker, _now: datetime) -> Marks:
    return told((p.edu_min >= 0) & (p.edu_min <= held.ordinal), p.edu_min > held.ordinal)


_JUDGES: dict[str, Callable[[Any, PostingColumns, Worker, datetime], Marks]] = {
    "age": _age,
    "place": _place,
    "needs": _needs,
    "shifts": _shifts,
    "settlements": _settlement,
    "constraints": _constraint,
    "kinds": _kind,
    "forms": _form,
    "transport": _transport,
    "insurance": _insurance,
    "refused_occupations": _refused,
    "pay": _pay,
    "no_certificates": _no_certificates,
    "education": _education,
}
