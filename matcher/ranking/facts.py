"""What can truthfully be said about a pair (事实): the lines of `data/lines.csv` that hold, with their words.

Facts are statements, not judgements: whether one raised the score is asked in `explanation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import (
    Benefit,
    Education,
    FriendlyTo,
    Insurance,
    PayUnit,
    PhysicalLoad,
    PostingKind,
    Settlement,
    Shift,
)
from matcher.domain.worker_terms import Constraint
from matcher.ranking.feature_table import feature_columns
from matcher.ranking.features import CARE, lacking_certificates, middle_pay_yuan, over_floor_yuan
from matcher.ranking.pairs import Pairs
from matcher.ranking.travel import Mode, Travel, speeds
from matcher.retrieval.table import skill_id

Words = dict[str, str]
Entry = tuple[str, Words]
SAME_TRADE = 0.95
LEAST_FIT = 0.25  # below this not even a neighbouring trade is claimed
SURE_FIT = 0.5  # two weak guesses that agree are no match
CLEAR_COSINE, CLEAR_LEXICAL = 0.45, 0.5  # what reads as the same kind of work
SHORT_WALK_MINUTES = 20.0
NEAR_MINUTES = 30.0
FAR_MINUTES = 45.0
FRESH_DAYS = 7
BEGINNER_YEARS = 1.0
ROUND_YUAN = 10  # finer steps would claim more than a middle of a range can carry
DAYS, HOURS = 26.0, 208.0  # the usual month of `Pay.monthly_fen`


@dataclass(frozen=True, eq=False)
class PairFacts:
    """One pair with everything its lines need; `x` holds the feature row by name."""

    pairs: Pairs
    i: int
    x: Mapping[str, float]
    trips: Travel
    over: float
    pay: float
    lacking: int
    away: bool

    def worker(self, column: str) -> Any:
        return getattr(self.pairs.workers, column)[self.pairs.wi[self.i]]

    def posting(self, column: str) -> Any:
        return getattr(self.pairs.postings, column)[self.pairs.pj[self.i]]

    def certificate_name(self, mask: int) -> str:
        """Name of the lowest bit of the mask."""
        return self.pairs.codes.certificate_names[(mask & -mask).bit_length() - 1]


def pair_facts(pairs: Pairs, matrix: NDArray[np.float32], trips: Travel) -> Iterator[PairFacts]:
    """One `PairFacts` a pair; matrix and trips as computed for these pairs."""
    over, pay = over_floor_yuan(pairs), middle_pay_yuan(pairs)
    lacking, away = lacking_certificates(pairs), pairs.in_another_city
    names = list(feature_columns())
    for i, row in enumerate(matrix.tolist()):
        x = dict(zip(names, row, strict=True))
        yield PairFacts(pairs, i, x, trips, float(over[i]), float(pay[i]), int(lacking[i]), bool(away[i]))


def reason_facts(f: PairFacts) -> list[Entry]:
    """Every reason line whose fact holds for the pair, in no order of weight."""
    return [entry for part in _REASONS for entry in part(f)]


def gap_facts(f: PairFacts) -> list[Entry]:
    """Every gap line whose fact holds, what stops the person first."""
    return [entry for part in _GAPS for entry in part(f)]


def _occupation(f: PairFacts) -> Iterator[Entry]:
    wanted, offered = f.worker("occ"), f.posting("occ")
    sure, offered_sure = f.worker("occ_conf"), f.posting("occ_conf")
    if not f.x["occupation_fit"] >= LEAST_FIT:
        return
    related = f.pairs.codes.relatedness()
    fit, alike, name = max(
        (float(related[a, b] * sure[i] * offered_sure[j]), float(related[a, b]), int(a))
        for i, a in enumerate(wanted)
        for j, b in enumerate(offered)
        if a >= 0 and b >= 0
    )
    words = {"occupation": f.pairs.codes.occupation_names[name]}
    if alike >= SAME_TRADE and fit >= SURE_FIT:
        yield "occupation_match", words
    elif alike < SAME_TRADE:
        yield "occupation_near", words


def _papers(f: PairFacts) -> Iterator[Entry]:
    held = int(f.worker("certs_held"))
    required = (int(f.posting("certs_required")) | int(f.posting("certs_any"))) & held
    preferred = int(f.posting("certs_preferred")) & held
    if required and f.lacking == 0:
        yield "certificate_held", {"certificate": f.certificate_name(required)}
    if preferred:
        yield "certificate_preferred", {"certificate": f.certificate_name(preferred)}


def _skills(f: PairFacts) -> Iterator[Entry]:
    shared = set(f.worker("skills").tolist()) & set(f.posting("skills").tolist()) - {0}
    if shared:
        names = [s for s in f.pairs.workers.skill_names.values if skill_id(s) in shared]
        if names:
            yield "skill_shared", {"skill": min(names, key=lambda s: (len(s), s))}


def _pay(f: PairFacts) -> Iterator[Entry]:
    if np.isnan(f.pay):
        return
    unit, divisor = _pay_unit(f)
    if np.isnan(f.over):
        yield "pay_level", {"unit": "月薪", "pay": str(_round(f.pay))}
    elif f.over > f.pay / 2:
        yield "pay_meets", {}  # twice what was asked is more often misread than true: claim no number
    elif _round(f.over / divisor) > 0:
        yield "pay_over", {"unit": unit, "over": str(_round(f.over / divisor))}
    elif f.over >= 0:
        yield "pay_meets", {}


def _pay_unit(f: PairFacts) -> tuple[str, float]:
    """How to speak of pay: in the person's unit when the posting pays in it too, else by the month."""
    unit = int(f.posting("pay_unit"))
    if unit == int(f.worker("pay_floor_unit")):
        if unit == PayUnit.DAY.ordinal:
            return "日薪", DAYS
        if unit == PayUnit.HOUR.ordinal:
            return "时薪", HOURS
    return "月薪", 1.0


def _round(yuan: float) -> int:
    """Down to a whole step, small amounts to a yuan, so that a line never promises more than there is."""
    step = ROUND_YUAN if abs(yuan) >= 100 else 1
    return int(yuan // step * step) if yuan > 0 else -int(-yuan // step * step)


def _near(f: PairFacts) -> Iterator[Entry]:
    minutes, km = f.x["minutes"], float(f.trips.km[f.i])
    if np.isnan(minutes):
        return
    if f.trips.approximate[f.i]:
        if minutes <= NEAR_MINUTES:
            home, work = int(f.worker("region")), int(f.posting("region"))
            same_town = home == work and home // 1000 % 1000 != 0
            yield "near_region", {"region": "乡镇" if same_town else "县区"}
        return
    foot = speeds()[Mode.FOOT]
    walk = km * 60 * foot.detour / foot.km_per_hour + foot.fixed_minutes
    if walk <= SHORT_WALK_MINUTES:
        yield "near_foot", {"minutes": _minutes(walk)}
    elif minutes <= NEAR_MINUTES:
        yield "near_ride", {"mode": speeds()[f.trips.mode[f.i]].label, "minutes": _minutes(minutes)}


def _minutes(value: float) -> str:
    return str(max(1, round(value)))


def _terms(f: PairFacts) -> Iterator[Entry]:
    if f.x["settlement_fit"] == 1:
        yield "settlement", {"settlement": _label(Settlement, f.posting("settlement"))}
    if f.x["shift_fit"] == 1:
        both = int(f.worker("shifts")) & int(f.posting("shifts"))
        yield "shift", {"shift": _labels(Shift, both, 1) or Shift.CHOICE.label}
    met = int(f.worker("needs")) & int(f.posting("benefits"))
    if met and f.x["needs_met"] > 0:
        yield "needs", {"benefits": _benefits(met)}
    if f.x["kind_fit"] == 1:
        yield "kind", {"kind": _label(PostingKind, f.posting("kind"))}


def _welcome(f: PairFacts) -> Iterator[Entry]:
    friendly, limits = int(f.posting("friendly")), int(f.worker("constraints"))
    if limits & CARE and friendly & FriendlyTo.CARER.bit:
        yield "carer", {}
    if limits & Constraint.NO_READING.bit and friendly & FriendlyTo.NO_READING.bit:
        yield "no_reading", {}
    group = int(f.worker("group_size"))
    if group > 1 and friendly & FriendlyTo.COMPANIONS.bit:
        yield "companions", {}
    if not f.worker("exp_years") >= BEGINNER_YEARS and friendly & FriendlyTo.NOVICE.bit:
        yield "novice", {}
    if f.x["group_fit"] == 1:
        yield "group", {"left": str(f.posting("headcount_left")), "group": str(group)}


def _employer_wishes(f: PairFacts) -> Iterator[Entry]:
    if f.x["experience_gap"] >= 0 and f.posting("exp_years") > 0:
        yield "experience", {"years": f"{float(f.posting('exp_years')):g}"}
    if f.x["education_short"] == 0 and f.posting("edu_min") > Education.JUNIOR_MIDDLE.ordinal:
        yield "education", {}


def _posting(f: PairFacts) -> Iterator[Entry]:
    insurance, benefits = int(f.posting("insurance")), int(f.posting("benefits"))
    if insurance & ~Insurance.NONE.bit:
        yield "insured", {"insurance": _labels(Insurance, insurance & ~Insurance.NONE.bit, 1)}
    met = int(f.worker("needs")) & benefits
    if benefits & (Benefit.MEALS.bit | Benefit.LODGING.bit) and not met:
        yield "board", {"benefits": _benefits(benefits)}
    if f.x["age_days"] <= FRESH_DAYS:
        yield "fresh", {"days": str(max(1, int(np.ceil(f.x["age_days"]))))}
    if f.posting("headcount_left") > 1:
        yield "openings", {"left": str(f.posting("headcount_left"))}
    if f.x["dense"] >= CLEAR_COSINE or f.x["lexical"] >= CLEAR_LEXICAL:
        yield "text", {}


def _missing_papers(f: PairFacts) -> Iterator[Entry]:
    if not f.lacking:
        return
    expired = f.lacking & int(f.worker("certs_expired"))
    by_law = int(f.posting("certs_statutory")) | (
        int(f.posting("certs_any")) if f.posting("certs_any_statutory") else 0
    )
    first = expired or f.lacking & by_law or f.lacking
    words = {"certificate": f.certificate_name(first)}
    if expired:
        yield "certificate_expired", words
    elif not f.worker("certs_listed"):
        yield "certificate_check", words
    elif first & by_law:
        yield "certificate_law", words
    else:
        yield "certificate_employer", words


def _short_of_wishes(f: PairFacts) -> Iterator[Entry]:
    if np.isnan(f.pay):
        yield "pay_unknown", {}
    elif f.over < 0:
        unit, divisor = _pay_unit(f)
        under = -_round(f.over / divisor)
        if under > 0:
            yield "pay_below", {"unit": unit, "under": str(under)}
    minutes = f.x["minutes"]
    if f.away:
        yield "away", {}
    elif f.worker("region") and not f.posting("region") and np.isnan(minutes):
        yield "place_unknown", {}
    elif not f.trips.approximate[f.i]:
        if f.x["minutes_over"] > 0:
            yield "far_limit", {"minutes": _minutes(minutes)}
        elif minutes > FAR_MINUTES and np.isnan(f.x["minutes_over"]):
            yield "far", {"minutes": _minutes(minutes)}
    if f.x["settlement_fit"] < 1:
        yield "settlement_other", {"settlement": _label(Settlement, f.posting("settlement"))}
    if f.x["shift_fit"] == 0:
        yield "shift_other", {"shift": _labels(Shift, int(f.posting("shifts")), 2)}
    unmet = int(f.worker("needs")) & ~int(f.posting("benefits"))
    if unmet and f.x["needs_met"] != 1:
        yield "needs_unknown", {"benefits": _benefits(unmet)}


def _short_of_demands(f: PairFacts) -> Iterator[Entry]:
    if f.x["education_short"] > 0:
        yield "education_short", {"education": _label(Education, f.posting("edu_min"))}
    if f.x["experience_gap"] < 0:
        yield "experience_short", {"years": f"{float(f.posting('exp_years')):g}"}
    if f.x["group_fit"] < 1:
        words = {"left": str(f.posting("headcount_left")), "group": str(f.worker("group_size"))}
        yield "group_short", words
    dusty = int(f.posting("load")) & PhysicalLoad.DUST.bit
    if dusty and int(f.worker("constraints")) & Constraint.NO_DUST.bit:
        yield "dust", {}


def _label(kind: type[Labelled], ordinal: Any) -> str:
    return list(kind)[int(ordinal)].label


def _labels(kind: type[Labelled], mask: int, most: int) -> str:
    return "、".join([member.label for member in kind if mask & member.bit][:most])


def _benefits(mask: int) -> str:
    if mask & Benefit.MEALS.bit and mask & Benefit.LODGING.bit:
        return "包吃住"
    return _labels(Benefit, mask & ~Benefit.UTILITIES_SELF.bit, 1)


_REASONS: tuple[Callable[[PairFacts], Iterator[Entry]], ...] = (
    _occupation,
    _papers,
    _skills,
    _pay,
    _near,
    _terms,
    _welcome,
    _employer_wishes,
    _posting,
)
_GAPS: tuple[Callable[[PairFacts], Iterator[Entry]], ...] = (
    _missing_papers,
    _short_of_wishes,
    _short_of_demands,
)
