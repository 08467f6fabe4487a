from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from ranking_cases import GUARD, HOME, NOW, TRADES, at, pair, paired, posting, worker, yuan

from matcher.domain.match import MAX_LINE_CHARS
from matcher.domain.posting import AgeLimit, Posting
from matcher.domain.posting_terms import (
    Basis,
    Benefit,
    Education,
    PayUnit,
    PhysicalLoad,
    PostingKind,
    Shift,
)
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint
from matcher.ranking.eligibility import rules, veto_lines, vetoes

BY_LAW = CertificateRequirement("forklift", True, Basis.STATUTORY)


def vetoed_by(one_worker: Worker, one_posting: Posting) -> list[str]:
    return [line.code for line in veto_lines(int(vetoes(pair(one_worker, one_posting))[0]))]


def test_nothing_known_about_either_side_vetoes_nothing() -> None:
    assert vetoed_by(worker(), posting()) == []


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (worker(), []),
        (worker(no_certificates=True), ["certificate_missing"]),
        (worker(certificates=(HeldCertificate("nurse"),)), ["certificate_missing"]),
        (worker(certificates=(HeldCertificate("forklift"),)), []),
        (worker(certificates=(HeldCertificate("forklift", date(2026, 5, 6)),)), []),
        (worker(certificates=(HeldCertificate("forklift", date(2026, 5, 5)),)), ["certificate_expired"]),
    ],
)
def test_a_licensed_trade_asks_for_a_certificate_known_to_be_held(held: Worker, expected: list[str]) -> None:
    assert vetoed_by(held, posting(certificates=(BY_LAW,))) == expected


def test_a_certificate_only_the_employer_asks_for_never_vetoes() -> None:
    wish = CertificateRequirement("forklift", True, Basis.EMPLOYER)
    assert vetoed_by(worker(no_certificates=True), posting(certificates=(wish,))) == []


def test_any_one_of_several_driving_classes_is_enough() -> None:
    either = tuple(CertificateRequirement(c, True, Basis.STATUTORY) for c in ("drive_a1", "drive_a2"))
    job = posting(certificates=either)
    assert vetoed_by(worker(certificates=(HeldCertificate("drive_a2"),)), job) == []
    assert vetoed_by(worker(certificates=(HeldCertificate("drive_c1"),)), job) == ["certificate_missing"]


def test_a_higher_class_covers_the_lower() -> None:
    job = posting(certificates=(CertificateRequirement("drive_c1", True, Basis.STATUTORY),))
    assert vetoed_by(worker(certificates=(HeldCertificate("drive_a2"),)), job) == []


def test_legal_ages_hold_on_the_birthday_and_unknown_age_passes() -> None:
    heavy = posting(load=(PhysicalLoad.HEAVY,))
    assert vetoed_by(worker(birth_date=date(2010, 5, 7)), posting()) == ["under_age"]
    assert vetoed_by(worker(birth_date=date(2010, 5, 6)), posting()) == []
    assert vetoed_by(worker(age=17), heavy) == ["minor_load"]
    assert vetoed_by(worker(age=18), heavy) == []
    assert vetoed_by(worker(), heavy) == []


def test_only_a_statutory_age_limit_counts() -> None:
    lawful = posting(age=AgeLimit(None, 60, Basis.STATUTORY))
    unlawful = posting(age=AgeLimit(18, 35, Basis.EMPLOYER))
    assert vetoed_by(worker(age=61), lawful) == ["age_limit_high"]
    assert vetoed_by(worker(age=61), unlawful) == []


def test_expired_filled_and_future_postings_are_out() -> None:
    assert vetoed_by(worker(), posting(valid_to=NOW - timedelta(seconds=1))) == ["expired"]
    assert vetoed_by(worker(), posting(valid_to=NOW + timedelta(seconds=1))) == []
    assert vetoed_by(worker(), posting(headcount=9, headcount_left=0)) == ["filled"]
    assert vetoed_by(worker(), posting(valid_from=NOW + timedelta(days=1))) == ["not_yet_live"]


def test_a_blocked_posting_is_out_for_everybody() -> None:
    mask = vetoes(paired([worker()], [posting(), posting()]), blocked=np.array([True, False]))
    assert [line.code for line in veto_lines(int(mask[0]))] == ["blocked"]
    assert mask[1] == 0


def test_reach_needs_two_points_and_a_clear_excess() -> None:
    near_home = worker(place=HOME, max_minutes=30)
    assert vetoed_by(near_home, posting(place=at(18))) == ["reach"]
    assert vetoed_by(near_home, posting(place=at(7))) == []
    assert vetoed_by(near_home, posting(place=Place("样例县", "130629000000"))) == []
    assert vetoed_by(worker(max_minutes=30), posting(place=at(90))) == []


def test_a_bed_asked_for_and_offered_makes_the_way_irrelevant() -> None:
    sleeper = worker(place=HOME, max_minutes=30, needs=(Benefit.LODGING,))
    assert vetoed_by(sleeper, posting(place=at(30), benefits=(Benefit.LODGING,))) == []
    assert vetoed_by(sleeper, posting(place=at(30))) == ["reach"]


def test_staying_in_town_vetoes_another_prefecture_only() -> None:
    homely = worker(place=Place("样例", "130629000000"), out_of_town=False)
    assert vetoed_by(homely, posting(place=Place("样例", "110105000000"))) == ["out_of_town"]
    assert vetoed_by(homely, posting(place=Place("样例", "130632000000"))) == []
    assert vetoed_by(homely, posting(place=Place("样例", "130000000000"))) == []


def test_no_night_meets_only_postings_that_cannot_be_done_by_day() -> None:
    by_day = worker(constraints=(Constraint.NO_NIGHT,))
    assert vetoed_by(by_day, posting(shifts=(Shift.NIGHT,))) == ["refused_night"]
    assert vetoed_by(worker(refused_shifts=(Shift.NIGHT,)), posting(shifts=(Shift.TWO_SHIFT,))) == [
        "refused_night"
    ]
    assert vetoed_by(by_day, posting(shifts=(Shift.NIGHT, Shift.CHOICE))) == []
    assert vetoed_by(by_day, posting(shifts=(Shift.NIGHT, Shift.DAY))) == []
    assert vetoed_by(by_day, posting()) == []


def test_a_refused_pattern_vetoes_unless_there_is_a_choice() -> None:
    refuses = worker(refused_shifts=(Shift.SIX_ON_ONE_OFF,))
    assert vetoed_by(refuses, posting(shifts=(Shift.LONG_DAY, Shift.SIX_ON_ONE_OFF))) == ["refused_shift"]
    assert vetoed_by(refuses, posting(shifts=(Shift.SIX_ON_ONE_OFF, Shift.CHOICE))) == []


def test_a_refused_trade_vetoes_a_sure_first_guess_only() -> None:
    guard = TRADES[GUARD]
    refuses = worker(refused_occupations=(guard,))
    unsure = Occupation(guard.code, guard.name, 0.4)
    assert vetoed_by(refuses, posting(occupations=(guard,))) == ["refused_occupation"]
    assert vetoed_by(refuses, posting(occupations=(unsure,))) == []
    assert vetoed_by(refuses, posting(occupations=(TRADES[0], guard))) == []


@pytest.mark.parametrize(
    ("floor", "pay", "expected"),
    [
        (yuan(5000), yuan(3000, 4999), ["pay_below_floor"]),
        (yuan(5000), yuan(3000, 5000), []),
        (yuan(5000), yuan(3000, 4000, commission=True), []),
        (yuan(5000), None, []),
        (yuan(300, unit=PayUnit.DAY), yuan(280, unit=PayUnit.DAY), ["pay_below_floor"]),
        (yuan(300, unit=PayUnit.DAY), yuan(7000), []),  # 30 days a month would reach 300 a day
        (yuan(300, unit=PayUnit.DAY), yuan(5000), ["pay_below_floor"]),
        (yuan(5000), yuan(2, unit=PayUnit.PIECE), []),
    ],
)
def test_pay_vetoes_only_a_stated_top_under_the_floor(
    floor: object, pay: object, expected: list[str]
) -> None:
    assert vetoed_by(worker(pay_floor=floor), posting(pay=pay)) == expected


def test_two_daily_rates_compare_by_the_day_however_many_days_are_worked() -> None:
    floor = worker(pay_floor=yuan(300, unit=PayUnit.DAY))
    assert vetoed_by(floor, posting(pay=yuan(300, unit=PayUnit.DAY), days_per_month=15)) == []


def test_stated_limits_meet_stated_loads() -> None:
    for limit, load, rule in (
        (Constraint.NO_HEIGHT, PhysicalLoad.HEIGHT, "limit_height"),
        (Constraint.NO_HEAVY, PhysicalLoad.HEAVY, "limit_heavy"),
        (Constraint.NO_OUTDOOR, PhysicalLoad.OUTDOOR, "limit_outdoor"),
    ):
        assert vetoed_by(worker(constraints=(limit,)), posting(load=(load,))) == [rule]
        assert vetoed_by(worker(constraints=(limit,)), posting()) == []


def test_a_dated_gig_before_the_person_is_free_is_out() -> None:
    busy = worker(earliest_start=date(2026, 5, 10))
    gig = posting(kind=PostingKind.GIG, start_at=NOW + timedelta(days=1))
    assert vetoed_by(busy, gig) == ["unavailable"]
    assert vetoed_by(busy, posting(start_at=NOW + timedelta(days=1))) == []


def test_schooling_and_experience_never_veto() -> None:
    job = posting(education=Education.MASTER, experience_years=10)
    assert vetoed_by(worker(education=Education.PRIMARY, experience_years=0), job) == []


def test_every_rule_has_its_own_bit_a_line_that_fits_and_a_known_basis() -> None:
    table = rules()
    assert sorted(rule.bit for rule in table) == list(range(len(table)))
    assert len({rule.id for rule in table}) == len(table) <= 32
    assert all(0 < len(rule.line) <= MAX_LINE_CHARS for rule in table)
    assert {rule.basis for rule in table} <= {"law", "service", "regulation", "person"}
