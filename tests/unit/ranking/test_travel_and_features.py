from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ranking_cases import HOME, LABOURER, MASON, NOW, TRADES, at, pair, paired, posting, worker, yuan

from matcher.domain.posting_terms import (
    Benefit,
    Education,
    FriendlyTo,
    Insurance,
    PayUnit,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Place
from matcher.domain.worker_terms import Constraint, TravelMode
from matcher.errors import InvalidInput
from matcher.ranking.feature_table import Head, feature_columns, features, head_columns
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import pairs
from matcher.ranking.travel import Mode, great_circle_km, region_km, travel


def x(name: str, one_worker: Any, one_posting: Any) -> float:
    return float(feature_matrix(pair(one_worker, one_posting))[0, feature_columns()[name]])


def test_one_degree_of_latitude_is_111_km() -> None:
    one = np.array([39.0], np.float32), np.array([116.0], np.float32)
    km = great_circle_km(*one, np.array([40.0], np.float32), np.array([116.0], np.float32))
    assert km[0] == pytest.approx(111.2, abs=0.2)


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        (130629101000, 130629101000, 3),
        (130629101000, 130629102000, 12),
        (130629000000, 130629000000, 12),
        (130629000000, 130632000000, 45),
        (130600000000, 130600000000, 45),
        (130629000000, 130730000000, 150),
        (130000000000, 130000000000, 150),
        (130629000000, 110105000000, 600),
        (0, 130629000000, None),
    ],
)
def test_region_codes_alone_give_a_coarse_distance(a: int, b: int, km: float | None) -> None:
    found = region_km(np.array([a]), np.array([b]))[0]
    assert np.isnan(found) if km is None else found == km


def test_a_person_without_a_vehicle_does_not_ride() -> None:
    job = posting(place=at(6))
    rider, walker = worker(place=HOME), worker(place=HOME, constraints=(Constraint.NO_VEHICLE,))
    trips = travel(paired([rider, walker], [job]))
    assert list(trips.mode) == [Mode.EBIKE, Mode.BUS]
    assert trips.minutes[0] == pytest.approx(28, abs=1)
    assert trips.minutes[1] > trips.minutes[0]


def test_minutes_are_those_of_the_mode_the_person_named() -> None:
    people = [worker(place=HOME, travel_mode=mode) for mode in (*TravelMode, None)]
    trips = travel(paired(people, [posting(place=at(4))]))
    assert list(trips.mode) == [Mode.FOOT, Mode.EBIKE, Mode.BUS, Mode.CAR, Mode.EBIKE]
    assert trips.minutes[0] > trips.minutes[2] > trips.minutes[1] > trips.minutes[3]


def test_work_near_home_is_a_wish_that_counts_from_half_an_hour() -> None:
    job = posting(place=at(10))
    assert np.isnan(x("minutes_over", worker(place=HOME), job))
    assert x("minutes_over", worker(place=HOME, near_home=True), job) == pytest.approx(15.3, abs=1)


def test_a_shuttle_shortens_the_way_of_those_who_cannot_ride() -> None:
    walker = worker(place=HOME, constraints=(Constraint.NO_VEHICLE,))
    trips = travel(
        paired([walker], [posting(place=at(12)), posting(place=at(12), transport=(Transport.SHUTTLE,))])
    )
    assert trips.mode[1] == Mode.SHUTTLE
    assert trips.minutes[1] < trips.minutes[0]


def test_region_only_trips_are_marked_approximate_and_unknown_ones_are_nan() -> None:
    trips = travel(paired([worker(place=Place("样例", "130629101000"))], [posting(place=HOME), posting()]))
    assert trips.approximate[0]
    assert trips.km[0] == 3
    assert np.isnan(trips.minutes[1])
    assert trips.mode[1] == -1


def test_a_pair_of_strangers_has_only_unknown_features() -> None:
    assert np.isnan(feature_matrix(pair(worker(), posting()))).all()


def test_text_scores_pass_through_unchanged() -> None:
    row = feature_matrix(pair(worker(), posting(), dense=0.4, lexical=0.9))[0]
    assert row[feature_columns()["dense"]] == pytest.approx(0.4)
    assert row[feature_columns()["lexical"]] == pytest.approx(0.9)


def test_occupation_fit_is_relatedness_times_both_confidences_in_the_stated_direction() -> None:
    mason, labourer = worker(occupations=(TRADES[MASON],)), worker(occupations=(TRADES[LABOURER],))
    half_sure = posting(occupations=(Occupation("l", "小工", 0.5),))
    assert x("occupation_fit", mason, half_sure) == pytest.approx(0.4)
    assert x("occupation_fit", labourer, posting(occupations=(TRADES[MASON],))) == 0
    assert np.isnan(x("occupation_fit", worker(), half_sure))


def test_certificate_state_tells_lacking_from_never_asked() -> None:
    job = posting(certificates=(CertificateRequirement("forklift"), CertificateRequirement("nurse", False)))
    forklift = HeldCertificate("forklift")
    assert x("certificate_state", worker(), job) == 0.5
    assert x("certificate_state", worker(no_certificates=True), job) == 0
    assert x("certificate_state", worker(certificates=(forklift,)), job) == 1
    assert x("certificate_preferred", worker(certificates=(forklift,)), job) == 0
    assert np.isnan(x("certificate_state", worker(certificates=(forklift,)), posting()))


def test_skill_overlap_is_the_share_of_the_postings_skills() -> None:
    job = posting(skills=("贴砖", "抹灰", "砌墙", "勾缝"))
    assert x("skill_overlap", worker(skills=("勾缝", "贴砖", "做饭")), job) == 0.5
    assert x("skill_overlap", worker(), job) == 0
    assert np.isnan(x("skill_overlap", worker(skills=("贴砖",)), posting()))


def test_pay_compares_its_middle_with_the_floor_in_the_same_unit() -> None:
    floor = worker(pay_floor=yuan(200, unit=PayUnit.DAY))
    job = posting(pay=yuan(200, 300, unit=PayUnit.DAY), days_per_month=10)
    assert x("pay_over_floor", floor, job) == pytest.approx(0.25)
    assert x("pay_kyuan", floor, job) == pytest.approx(2.5)
    assert np.isnan(x("pay_over_floor", floor, posting(pay=yuan(None, negotiable=True))))


@pytest.mark.parametrize(
    ("wanted", "offered", "fit"),
    [
        (Settlement.DAILY, Settlement.DAILY, 1),
        (Settlement.WEEKLY, Settlement.DAILY, 1),
        (Settlement.DAILY, Settlement.MONTHLY, 1 / 30),
        (Settlement.ON_COMPLETION, Settlement.ON_COMPLETION, 1),
        (Settlement.DAILY, Settlement.ON_COMPLETION, 0),
    ],
)
def test_money_sooner_than_wanted_fits_and_later_fits_less(wanted: Any, offered: Any, fit: float) -> None:
    assert x("settlement_fit", worker(settlements=(wanted,)), posting(settlement=offered)) == pytest.approx(
        fit
    )


def test_secondary_and_vocational_school_are_one_grade() -> None:
    job = posting(education=Education.VOCATIONAL)
    assert x("education_short", worker(education=Education.SENIOR_MIDDLE), job) == 0
    assert x("education_short", worker(education=Education.JUNIOR_MIDDLE), job) == 1
    assert np.isnan(x("education_short", worker(), job))


def test_terms_of_work_fit_or_are_unknown() -> None:
    assert x("shift_fit", worker(shifts=(Shift.DAY,)), posting(shifts=(Shift.DAY, Shift.NIGHT))) == 1
    assert x("shift_fit", worker(shifts=(Shift.DAY,)), posting(shifts=(Shift.NIGHT,))) == 0
    assert np.isnan(x("shift_fit", worker(shifts=(Shift.DAY,)), posting()))
    both = worker(needs=(Benefit.MEALS, Benefit.LODGING))
    assert x("needs_met", both, posting(benefits=(Benefit.COUPLE_ROOM,))) == 0.5
    assert np.isnan(x("needs_met", both, posting()))
    assert x("kind_fit", worker(kinds=(PostingKind.GIG,)), posting()) == 0
    assert x("group_fit", worker(group_size=4), posting(headcount=2)) == 0.5
    assert np.isnan(x("group_fit", worker(), posting(headcount=2)))


def test_care_and_welcomes_answer_only_what_was_said() -> None:
    parent = worker(constraints=(Constraint.CHILD_PICKUP,))
    assert x("care_fit", parent, posting(friendly_to=(FriendlyTo.CARER,))) == 1
    assert x("care_fit", parent, posting(shifts=(Shift.THREE_SHIFT,))) == 0
    assert np.isnan(x("care_fit", worker(), posting(friendly_to=(FriendlyTo.CARER,))))
    assert x("friendly_hits", worker(), posting(friendly_to=(FriendlyTo.DISABLED, FriendlyTo.OLDER))) == 0


def test_no_insurance_is_a_fact_and_silence_is_not() -> None:
    assert x("insured", worker(), posting(insurance=(Insurance.NONE,))) == 0
    assert x("insured", worker(), posting(insurance=(Insurance.ACCIDENT,))) == 1
    assert np.isnan(x("insured", worker(), posting()))


def test_age_never_reaches_the_features() -> None:
    job = posting(friendly_to=(FriendlyTo.OLDER,), headcount=2, place=HOME)
    rows = [feature_matrix(pair(worker(age=age, place=HOME), job)) for age in (None, 22, 58)]
    np.testing.assert_array_equal(rows[0], rows[1])
    np.testing.assert_array_equal(rows[0], rows[2])


def test_pairs_of_unequal_length_or_out_of_range_are_refused() -> None:
    good = paired([worker()], [posting()])
    with pytest.raises(InvalidInput, match="长度"):
        pairs(good.workers, np.array([0]), good.postings, np.array([0, 0]), now=NOW, codes=good.codes)
    with pytest.raises(InvalidInput, match="范围"):
        pairs(good.workers, np.array([0]), good.postings, np.array([1]), now=NOW, codes=good.codes)


def test_the_feature_table_is_complete_and_consistent() -> None:
    names = [f.name for f in features()]
    assert len(set(names)) == len(names)
    for f in features():
        assert f.low < f.high, f.name
        assert 0 <= f.neutral <= 1, f.name
        assert {f.worker, f.employer} <= {-1, 0, 1}, f.name
        assert f.worker or f.employer, f.name
        for head in Head:
            assert (f.weight(head) > 0) == (f.direction(head) != 0), (f.name, head)
    assert len(head_columns(Head.WORKER)) > len(head_columns(Head.EMPLOYER)) > 8
