"""Features of pairs (特征): a float32 matrix, one row a pair, one column a line of `data/features.csv`.

nan is unknown and stays unknown: nothing is imputed. A feature is unknown because of the posting or because
the person was never asked; once a person has said something, saying more of it (one more skill, one more
certificate, more years) never turns a number into nan, so that the heads can be monotone in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting_terms import (
    Benefit,
    Education,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PhysicalLoad,
    Settlement,
    Shift,
)
from matcher.domain.worker_terms import Constraint
from matcher.ranking.eligibility import lacking_any, needs_night
from matcher.ranking.feature_table import features
from matcher.ranking.masks import has, has_ordinal
from matcher.ranking.pairs import Pairs
from matcher.ranking.travel import Travel, travel
from matcher.retrieval.columns import ALWAYS, SKILLS_KEPT

Column = NDArray[np.float32]
DAY_SECONDS = 86_400
STANDARD_HOURS = 8.0
NEAR_HOME_MINUTES = 30.0  # 离家近 without a number
# Days from work to pay; ON_COMPLETION and PIECEWORK have no fixed date and match only themselves.
PAID_AFTER_DAYS = {
    Settlement.DAILY: 1,
    Settlement.NEXT_DAY: 2,
    Settlement.WEEKLY: 7,
    Settlement.HALF_MONTHLY: 15,
    Settlement.MONTHLY: 30,
}
CONFLICTS = (
    (Constraint.NO_NIGHT, PhysicalLoad.NIGHT),
    (Constraint.NO_HEIGHT, PhysicalLoad.HEIGHT),
    (Constraint.NO_HEAVY, PhysicalLoad.HEAVY),
    (Constraint.NO_OUTDOOR, PhysicalLoad.OUTDOOR),
    (Constraint.NO_DUST, PhysicalLoad.DUST),
)
CARE = Constraint.mask((Constraint.CHILD_PICKUP, Constraint.ELDER_CARE))
CARE_FORMS = (EmploymentForm.PART_TIME, EmploymentForm.FLEXIBLE)
BOARD_AND_LODGING = Benefit.mask(tuple(b for b in Benefit if b is not Benefit.UTILITIES_SELF))
# 高中 and 中专/技校 are one grade apart in the list and equal in law.
GRADE = np.array(
    [e.ordinal - (e.ordinal > Education.SENIOR_MIDDLE.ordinal) for e in Education] + [-1], np.int8
)


def feature_matrix(pairs: Pairs, *, trips: Travel | None = None) -> NDArray[np.float32]:
    """(k, len(features())) float32, nan = unknown; `trips` if the caller has `travel(pairs)` already."""
    columns: dict[str, Column] = {"dense": pairs.dense, "lexical": pairs.lexical}
    columns.update(_qualification(pairs))
    columns.update(_certificates(pairs))
    columns.update(_pay(pairs))
    columns.update(_place(pairs, trips or travel(pairs)))
    columns.update(_terms(pairs))
    columns.update(_suitability(pairs))
    columns.update(_posting(pairs))
    return np.column_stack([columns[f.name].astype(np.float32) for f in features()])


def _qualification(pairs: Pairs) -> dict[str, Column]:
    w, p, of_w, of_p = pairs.workers, pairs.postings, pairs.of_worker, pairs.of_posting
    asked, has = GRADE[of_p(p.edu_min)], GRADE[of_w(w.edu)]
    short = np.maximum(asked.astype(np.float32) - has, 0)
    years = of_w(w.exp_years) - of_p(p.exp_years)
    shared, wanted = shared_skills(pairs)
    return {
        "occupation_fit": occupation_fit(pairs),
        "skill_overlap": np.where(wanted > 0, shared / np.maximum(wanted, 1), np.nan),
        "education_short": np.where((asked >= 0) & (has >= 0), short, np.nan),
        "experience_gap": np.clip(years, -5, 5),
    }


def occupation_fit(pairs: Pairs) -> Column:
    """Best confidence × relatedness over both sides' guesses; nan when either side has none."""
    w, p = pairs.workers, pairs.postings
    wanted, offered = pairs.of_worker(w.occ), pairs.of_posting(p.occ)
    wanted_sure, offered_sure = pairs.of_worker(w.occ_conf), pairs.of_posting(p.occ_conf)
    relatedness = pairs.codes.relatedness()
    best = np.zeros(len(pairs), np.float32)
    for i in range(wanted.shape[1]):
        for j in range(offered.shape[1]):
            known = np.flatnonzero((wanted[:, i] >= 0) & (offered[:, j] >= 0))
            fit = relatedness[wanted[known, i], offered[known, j]]
            best[known] = np.maximum(best[known], fit * wanted_sure[known, i] * offered_sure[known, j])
    return _where((wanted.max(axis=1) >= 0) & (offered.max(axis=1) >= 0), best)


def shared_skills(pairs: Pairs) -> tuple[Column, Column]:
    """(skills both sides name, skills the posting names)."""
    has, wants = pairs.of_worker(pairs.workers.skills), pairs.of_posting(pairs.postings.skills)
    shared = np.zeros(len(pairs), np.float32)
    for j in range(SKILLS_KEPT):
        named = np.flatnonzero(wants[:, j])
        if len(named) == 0:
            break  # lists are filled from the left
        shared[named] += (has[named] == wants[named, j][:, None]).any(axis=1)
    return shared, np.count_nonzero(wants, axis=1).astype(np.float32)


def lacking_certificates(pairs: Pairs) -> NDArray[np.uint64]:
    """Required certificates not known to be held, whoever asks for them."""
    held = pairs.of_worker(pairs.workers.certs_held)
    lacking: NDArray[np.uint64] = pairs.of_posting(pairs.postings.certs_required) & ~held
    return lacking | lacking_any(pairs)


def _certificates(pairs: Pairs) -> dict[str, Column]:
    w, p = pairs.workers, pairs.postings
    held = pairs.of_worker(w.certs_held)
    required, preferred = pairs.of_posting(p.certs_required), pairs.of_posting(p.certs_preferred)
    lacking = lacking_certificates(pairs)
    needed = (required | pairs.of_posting(p.certs_any)) != 0
    known_lacking = pairs.of_worker(w.certs_listed) | ((lacking & pairs.of_worker(w.certs_expired)) != 0)
    state = np.where(lacking == 0, 1.0, np.where(known_lacking, 0.0, 0.5))
    share = np.bitwise_count(preferred & held) / np.maximum(np.bitwise_count(preferred), 1)
    return {
        "certificate_state": _where(needed, state),
        "certificate_preferred": _where(preferred != 0, share),
    }


def middle_pay_yuan(pairs: Pairs) -> Column:
    """Middle of the stated monthly pay, the one bound if only one is stated, else nan."""
    low, high = pairs.of_posting(pairs.postings.pay_low_yuan), pairs.of_posting(pairs.postings.pay_high_yuan)
    middle = (np.where(np.isnan(low), high, low) + np.where(np.isnan(high), low, high)) / 2
    return middle.astype(np.float32)


def _pay(pairs: Pairs) -> dict[str, Column]:
    floor = np.maximum(pairs.of_worker(pairs.workers.pay_floor_yuan), 1)
    over = over_floor_yuan(pairs) / floor
    return {
        "pay_over_floor": np.clip(over, -1, 2),
        "pay_kyuan": np.clip(middle_pay_yuan(pairs) / 1000, 0, 50),
    }


def over_floor_yuan(pairs: Pairs) -> Column:
    """Middle of the pay over the person's floor, yuan a month; a daily floor meets a daily rate as such."""
    w, p = pairs.workers, pairs.postings
    same_unit = pairs.of_posting(p.pay_unit) == pairs.of_worker(w.pay_floor_unit)
    scale = np.where(same_unit, pairs.of_posting(p.pay_scale), np.float32(1))
    over: Column = middle_pay_yuan(pairs) * scale - pairs.of_worker(w.pay_floor_yuan)
    return over


def _place(pairs: Pairs, trips: Travel) -> dict[str, Column]:
    limit = pairs.of_worker(pairs.workers.max_minutes)
    near = np.isnan(limit) & pairs.of_worker(pairs.workers.near_home)
    limit = np.where(near, np.float32(NEAR_HOME_MINUTES), limit)
    willing = pairs.of_worker(pairs.workers.out_of_town)
    home, work = pairs.of_worker(pairs.workers.region), pairs.of_posting(pairs.postings.region)
    away = pairs.in_another_city
    fit = np.where(away, np.select([willing == 1, willing == 0], [1.0, 0.0], 0.3), 1.0)
    return {
        "minutes": np.minimum(trips.minutes, 600),
        "minutes_over": np.clip(trips.minutes - limit, 0, 600),
        "out_of_town_fit": _where((home > 0) & (work > 0), fit),
    }


def _terms(pairs: Pairs) -> dict[str, Column]:
    w, p, of_w, of_p = pairs.workers, pairs.postings, pairs.of_worker, pairs.of_posting
    wanted, offered = of_w(w.shifts), of_p(p.shifts)
    shift = ((wanted & offered) != 0) | has(offered, Shift.CHOICE.bit)
    needs, benefits = of_w(w.needs), of_p(p.benefits)
    couple_room = has(benefits, Benefit.COUPLE_ROOM.bit)
    benefits = np.where(couple_room, benefits | np.uint16(Benefit.LODGING.bit), benefits)
    met = np.bitwise_count(needs & benefits) / np.maximum(np.bitwise_count(needs), 1)
    return {
        "settlement_fit": settlement_fit(of_w(w.settlements), of_p(p.settlement)),
        "shift_fit": _where((wanted != 0) & (offered != 0), shift),
        "needs_met": _where((needs != 0) & (benefits != 0), met),
        "kind_fit": _where(of_w(w.kinds) != 0, has_ordinal(of_w(w.kinds), of_p(p.kind))),
        "form_fit": _where(
            (of_w(w.forms) != 0) & (of_p(p.form) >= 0), has_ordinal(of_w(w.forms), of_p(p.form))
        ),
        "hours_over": np.clip(of_p(p.hours) - STANDARD_HOURS, 0, 8),
    }


def settlement_fit(wanted: NDArray[np.uint16], offered: NDArray[np.int8]) -> Column:
    """1 when money comes as often as wanted or oftener, less the longer the wait; nan unknown."""
    days = np.array([PAID_AFTER_DAYS.get(s, np.inf) for s in Settlement] + [np.nan])
    longest = np.zeros(len(wanted))
    for settlement, wait in PAID_AFTER_DAYS.items():
        longest = np.where(has(wanted, settlement.bit), np.maximum(longest, wait), longest)
    waits = days[offered]
    fit = np.where(has_ordinal(wanted, offered), 1.0, np.clip(longest / waits, 0, 1))
    return _where((wanted != 0) & (offered >= 0), fit)


def _suitability(pairs: Pairs) -> dict[str, Column]:
    w, p, of_w, of_p = pairs.workers, pairs.postings, pairs.of_worker, pairs.of_posting
    limits, load, friendly = of_w(w.constraints), of_p(p.load), of_p(p.friendly)
    touched = np.zeros(len(pairs), np.float32)
    for limit, strain in CONFLICTS:
        touched += has(limits, limit.bit) & has(load, strain.bit)
    night = needs_night(of_p(p.shifts), load)
    touched += has(limits, Constraint.NO_NIGHT.bit) & night & ~has(load, PhysicalLoad.NIGHT.bit)
    short_day = of_p(p.hours) <= STANDARD_HOURS
    for form in CARE_FORMS:
        short_day |= of_p(p.form) == form.ordinal
    carer = has(friendly, FriendlyTo.CARER.bit)
    care = np.where(night, 0.0, np.where(carer, 1.0, np.where(short_day, 0.7, np.nan)))
    group, left = of_w(w.group_size).astype(np.float32), of_p(p.headcount_left).astype(np.float32)
    return {
        "load_conflict": _where((limits != 0) & ((load != 0) | night), touched),
        "care_fit": _where(has(limits, CARE), care),
        "friendly_hits": friendly_hits(pairs),
        "group_fit": _where((group > 1) & (left >= 0), np.clip(left / group, 0, 1)),
    }


def friendly_hits(pairs: Pairs) -> Column:
    """Welcomes of the posting that fit what the person said; nan when it states none."""
    w, p, of_w = pairs.workers, pairs.postings, pairs.of_worker
    friendly, limits = pairs.of_posting(p.friendly), of_w(w.constraints)
    hits = np.zeros(len(pairs), np.float32)
    hits += has(friendly, FriendlyTo.CARER.bit) & has(limits, CARE)
    hits += has(friendly, FriendlyTo.NO_READING.bit) & has(limits, Constraint.NO_READING.bit)
    hits += has(friendly, FriendlyTo.COMPANIONS.bit) & (of_w(w.group_size) > 1)
    # For everybody: if it answered beginners only, a year more of experience would lower a score.
    hits += has(friendly, FriendlyTo.NOVICE.bit)
    return _where(friendly != 0, hits)


def _posting(pairs: Pairs) -> dict[str, Column]:
    p, of_p = pairs.postings, pairs.of_posting
    insurance, benefits, verified = of_p(p.insurance), of_p(p.benefits), of_p(p.verified)
    left = of_p(p.headcount_left).astype(np.float32)
    days = (pairs.now - np.where(verified == ALWAYS, pairs.now, verified)) / DAY_SECONDS
    return {
        "insured": _where(insurance != 0, (insurance & ~np.uint16(Insurance.NONE.bit)) != 0),
        "benefit_count": _where(benefits != 0, np.bitwise_count(benefits & np.uint16(BOARD_AND_LODGING))),
        "age_days": _where(verified != ALWAYS, np.clip(days, 0, 365)),
        "openings": _where(left >= 0, np.log1p(np.maximum(left, 0))),
    }


def _where(known: NDArray[np.bool_], value: NDArray[Any]) -> Column:
    return np.where(known, value, np.nan).astype(np.float32)
