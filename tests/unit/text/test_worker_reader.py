"""Rows of workers: columns win, words fill the gaps, what is not understood is named and left unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime

from matcher.domain.posting_terms import Benefit, Education, PayUnit, Settlement, Shift
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint, TravelMode
from matcher.text.column_values import Problem
from matcher.text.worker_reader import worker_from_row

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)


def read(row: dict[str, object]) -> tuple[Worker, list[Problem]]:
    problems: list[Problem] = []
    return worker_from_row(row, now=NOW, problems=problems, near="130629"), problems


def test_an_id_and_one_sentence_are_enough() -> None:
    worker, problems = read({"id": "7", "text": "想找个电焊的活,不干夜班"})
    assert worker.worker_id == "7"
    assert worker.occupations[0].code == "6-18-02-04"
    assert worker.refused_shifts == (Shift.NIGHT,)
    assert not problems


def test_a_column_wins_over_the_words() -> None:
    row: dict[str, object] = {
        "id": "1",
        "text": "想干保安,一天两百,日结,包住",
        "wish": "保洁",
        "pay_floor": "4500元/月",
        "settlement": "月结",
        "needs": "包吃",
    }
    worker, problems = read(row)
    assert [o.code for o in worker.occupations] == ["4-09-08-01"]
    assert worker.pay_floor is not None
    assert (worker.pay_floor.min_fen, worker.pay_floor.unit) == (450_000, PayUnit.MONTH)
    assert worker.settlements == (Settlement.MONTHLY,)
    assert worker.needs == (Benefit.MEALS,)
    assert not problems


def test_lists_split_on_the_usual_marks() -> None:
    for mark in ("、", ",", ";", "；", "/", " "):
        worker, _ = read({"id": "1", "constraints": f"接送孩子{mark}不能高处{mark}no_heavy"})
        assert worker.constraints == (Constraint.CHILD_PICKUP, Constraint.NO_HEIGHT, Constraint.NO_HEAVY), (
            mark
        )


def test_a_bad_value_is_named_with_a_fix_and_left_unknown() -> None:
    worker, problems = read(
        {
            "id": "1",
            "age": "老",
            "constraints": "接送孩子、飞",
            "certificates": "没听说过的东西",
            "pay_floor": "很多",
        }
    )
    assert worker.age is None
    assert worker.constraints == (Constraint.CHILD_PICKUP,)
    assert worker.pay_floor is None
    assert [p.field for p in problems] == ["constraints", "pay_floor", "age", "certificates"]
    assert all(p.value and p.reason and p.fix for p in problems)


def test_certificates_with_dates_expire() -> None:
    worker, problems = read({"id": "1", "certificates": "叉车证(N1)，有效期至2025-01-01；健康证"})
    held = {c.code: c for c in worker.certificates}
    assert held["forklift"].valid_to == date(2025, 1, 1)
    assert not held["forklift"].valid_on(date(2026, 3, 10))
    assert held["health"].valid_to is None
    assert not problems


def test_an_empty_certificate_column_and_none_differ() -> None:
    assert read({"id": "1", "certificates": "无"})[0].no_certificates
    assert not read({"id": "1", "certificates": ""})[0].no_certificates


def test_minutes_schooling_place_and_birth() -> None:
    worker, problems = read(
        {
            "id": "1",
            "max_minutes": "骑车半小时",
            "education": "大学本科",
            "birth_date": "1970-02-03",
            "region": "130629",
            "town": "小里镇",
            "lat": "39.04",
            "lng": "115.86",
            "out_of_town": "否",
            "experience": "3年",
        }
    )
    assert (worker.max_minutes, worker.travel_mode) == (30, TravelMode.RIDE)
    assert worker.education is Education.BACHELOR
    assert worker.age_on(date(2026, 3, 10)) == 56
    assert worker.place is not None
    assert worker.place.region_code == "130629101000"
    assert (worker.place.lat, worker.place.lng) == (39.04, 115.86)
    assert worker.out_of_town is False
    assert worker.experience_years == 3.0
    assert not problems


def test_refusals_in_the_shift_column_count() -> None:
    worker, _ = read({"id": "1", "shifts": "白班、不上夜班"})
    assert worker.shifts == (Shift.DAY,)
    assert worker.refused_shifts == (Shift.NIGHT,)


def test_personal_columns_reach_no_field() -> None:
    row: dict[str, object] = {"id": "1", "text": "找活", "name": "样例甲", "gender": "女", "nation": "汉族"}
    row |= {"id_number": "样例", "phone": "样例", "hukou_region": "130629"}
    assert worker_from_row(row, now=NOW) == worker_from_row({"id": "1", "text": "找活"}, now=NOW)
