from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matcher.clock import SHANGHAI
from matcher.domain.posting import AgeLimit
from matcher.domain.posting_terms import (
    Basis,
    Benefit,
    Education,
    EmploymentForm,
    Insurance,
    PayUnit,
    PostingKind,
    Settlement,
    Shift,
)
from matcher.domain.values import Pay
from matcher.errors import InvalidInput
from matcher.text.column_values import Problem
from matcher.text.posting_reader import posting_from_row

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)
FULL_ROW: dict[str, object] = {
    "external_id": "7",
    "source": "station",
    "title": "电焊工3名",
    "duties": "工地焊接，300元/天，包吃住，日结",
    "requirements": "持焊工证，18-55岁，限男性，无需经验",
    "employer_name": "样例建筑有限公司",
    "province": "河北省",
    "city": "保定市",
    "district": "容城县",
}


def test_text_fills_what_the_columns_leave_open() -> None:
    posting = posting_from_row(FULL_ROW, now=NOW)
    assert posting.posting_id == "station:7"
    assert posting.pay == Pay(30_000, 30_000, PayUnit.DAY)
    assert posting.settlement is Settlement.DAILY
    assert posting.benefits == (Benefit.MEALS, Benefit.LODGING)
    assert posting.headcount == 3
    assert posting.age == AgeLimit(18, 55, Basis.UNSTATED)
    assert posting.experience_years == 0
    assert [c.code for c in posting.certificates] == ["welding"]
    assert posting.quarantined == {"gender": "限男性"}
    assert posting.place is not None
    assert posting.place.region_code == "130629000000"
    assert posting.occupations[0].name == "焊工"


def test_columns_win_over_text() -> None:
    row = FULL_ROW | {
        "pay_min_yuan": 320,
        "pay_max_yuan": "350",
        "pay_unit": "元/天",
        "settlement": "周结",
        "board_lodging": "包吃",
        "headcount": "5人",
        "age": "60岁以下",
        "kind": "零工",
        "form": "临时性",
        "shift": "白班、夜班",
        "insurance": "five",
        "education": "初中及以上",
        "experience": "3年以上",
        "lat": 39.05,
        "lng": "115.86",
        "valid_to": "2026-06-30",
    }
    posting = posting_from_row(row, now=NOW)
    assert posting.pay == Pay(32_000, 35_000, PayUnit.DAY)
    assert posting.settlement is Settlement.WEEKLY
    assert posting.benefits == (Benefit.MEALS,)
    assert posting.headcount == 5
    assert posting.age == AgeLimit(None, 60, Basis.UNSTATED)
    assert posting.kind is PostingKind.GIG
    assert posting.form is EmploymentForm.TEMPORARY
    assert posting.shifts == (Shift.DAY, Shift.NIGHT)
    assert posting.insurance == (Insurance.FIVE,)
    assert posting.education is Education.JUNIOR_MIDDLE
    assert posting.experience_years == 3
    assert posting.place is not None
    assert (posting.place.lat, posting.place.lng) == (39.05, 115.86)
    assert posting.valid_to == datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)


def test_the_spelling_of_the_shared_data_file_is_read_too() -> None:
    posting = posting_from_row(
        {"id": "a1", "title": "保洁", "description": "扫地", "salary_raw": "2000-2500元·13薪", "salary_min": 2000, "salary_max": 2500, "company": "样例物业", "posted": "2025-02-01", "seen": "2025-02-03"}  # noqa: E501
    )  # fmt: skip
    assert posting.pay == Pay(200_000, 250_000, PayUnit.MONTH, 13)
    assert posting.employer_name == "样例物业"
    assert posting.valid_from == datetime(2025, 1, 31, 16, tzinfo=UTC)
    assert posting.verified_at == datetime(2025, 2, 2, 16, tzinfo=UTC)


def test_legacy_columns_are_quarantined_and_never_decide() -> None:
    posting = posting_from_row({"title": "保洁", "gender": "女", "hukou": "本市户籍", "height": "不限"})
    assert posting.quarantined == {"gender": "女", "hukou": "本市户籍"}


def test_negotiable_pay_is_typed_missing() -> None:
    posting = posting_from_row({"title": "保洁", "pay_text": "面议"})
    assert posting.pay == Pay(negotiable=True)


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("pay_min_yuan", "很多", "pay_min_yuan"),
        ("pay_text", "好商量啦", "pay_text"),
        ("lat", "139", None),
        ("valid_to", "下辈子", "valid_to"),
        ("settlement", "看心情", "settlement"),
        ("education", "火星文", "education"),
        ("experience", "老师傅", "experience"),
        ("age", "年轻人", "age"),
        ("certificates", "飞行证", "certificates"),
        ("headcount", "-3", "headcount"),
        ("city", "亚特兰蒂斯", "city"),
    ],
)
def test_a_cell_not_understood_is_noted_and_left_unknown(key: str, value: str, field: str | None) -> None:
    problems: list[Problem] = []
    posting = posting_from_row({"title": "保洁", key: value}, problems=problems)
    assert posting.title == "保洁"
    assert [p.field for p in problems] == ([] if field is None else [field])
    assert all(p.fix and p.reason for p in problems)


def test_coordinates_outside_china_are_noted() -> None:
    problems: list[Problem] = []
    posting = posting_from_row({"title": "保洁", "lat": 115.8, "lng": 39.0}, problems=problems)
    assert posting.place is None
    assert problems[0].field == "lat"


def test_strict_reading_raises_with_the_field_and_the_fix() -> None:
    with pytest.raises(InvalidInput, match="settlement"):
        posting_from_row({"title": "保洁", "settlement": "看心情"}, strict=True)


@pytest.mark.parametrize("word", ["若干", "不限", "-", "", None, float("nan")])
def test_words_for_unknown_are_no_problem(word: object) -> None:
    problems: list[Problem] = []
    assert posting_from_row({"title": "保洁", "headcount": word}, problems=problems).headcount is None
    assert problems == []


def test_an_empty_row_gives_a_posting_that_knows_nothing() -> None:
    posting = posting_from_row({})
    assert posting.pay is None
    assert posting.place is None
    assert posting.occupations == ()
    assert posting.posting_id


def test_tags_count_as_text() -> None:
    posting = posting_from_row({"title": "司机", "tags": ["包住", "五险一金", "C1驾照", "周结工资"]})
    assert Benefit.LODGING in posting.benefits
    assert posting.insurance == (Insurance.FIVE_AND_FUND,)
    assert posting.settlement is Settlement.WEEKLY
    assert [c.code for c in posting.certificates] == ["drive_c1"]
