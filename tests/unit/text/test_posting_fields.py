from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matcher.clock import SHANGHAI, local_date
from matcher.domain.posting_terms import Basis, Benefit, Education, Settlement, Shift
from matcher.text.normalise import fold_case
from matcher.text.posting_fields.certificate_needs import read_certificate_needs
from matcher.text.posting_fields.contacts import read_contacts
from matcher.text.posting_fields.cue_fields import read_cue_fields
from matcher.text.posting_fields.dates import read_dates
from matcher.text.posting_fields.employer import read_employer
from matcher.text.posting_fields.headcount import read_headcount
from matcher.text.posting_fields.limits import read_age, read_education, read_experience_years
from matcher.text.posting_fields.quarantine import read_limits
from matcher.text.posting_fields.schedule import read_days_per_month, read_hours_per_day
from matcher.text.posting_parser import parse_posting

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("每天8小时", 8),
        ("8-10小时工作", 8),
        ("7:00-15:00", 8),
        ("上班时间：8:00-12:00，13:30-18:00", 8.5),
        ("早8晚6", 10),
        ("朝九晚六", 9),
        ("工作时间8-18点", 10),
        ("19:00-7:00夜班", 12),
        ("7.30-19.30长白班，工作时间", None),
        ("24小时热水", None),
        ("加班2小时", None),
        ("18元/小时", None),
        ("每次3小时", None),
        ("2小时响应", None),
    ],
)
def test_hours_of_the_day(text: str, hours: float | None) -> None:
    found = read_hours_per_day(fold_case(text))
    assert (None if found is None else found.value) == hours


@pytest.mark.parametrize(
    ("text", "days"),
    [("月休4天", 26), ("月休两天", 28), ("双休", 22), ("做六休一", 26), ("上四休二", 20), ("做一休一", 15), ("每月休息5天", 25), ("大小周", 24), ("无休", 30), ("五险", None)],  # noqa: E501
)  # fmt: skip
def test_days_of_the_month(text: str, days: float | None) -> None:
    found = read_days_per_month(text)
    assert (None if found is None else found.value) == days


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("招10人", 10),
        ("招聘人数：3人", 3),
        ("急招保洁2名", 2),
        ("招2-5人", 2),
        ("夫妻两对，招两对", 4),
        ("若干名", None),
        ("管理10人团队", None),
        ("4-6人间", None),
        ("导师1对1", None),
        ("成为一名合格的主管", None),
        ("只想要一个稳定的平台", None),
    ],
)
def test_headcount(text: str, count: int | None) -> None:
    found = read_headcount(text)
    assert (None if found is None else found.value) == count


@pytest.mark.parametrize(
    ("text", "low", "high", "basis"),
    [
        ("年龄18-45", 18, 45, Basis.UNSTATED),
        ("十八至四十五周岁", 18, 45, Basis.UNSTATED),
        ("年满18周岁", 18, None, Basis.STATUTORY),
        ("55岁以下", None, 55, Basis.UNSTATED),
        ("不招55岁以上", None, 55, Basis.UNSTATED),
        ("男18-50岁，女18-45岁", 18, 50, Basis.UNSTATED),
    ],
)
def test_age_limits(text: str, low: int | None, high: int | None, basis: Basis) -> None:
    found = read_age(fold_case(text))
    assert found is not None
    assert (found.value.low, found.value.high, found.value.basis) == (low, high, basis)


@pytest.mark.parametrize("text", ["照顾5-15岁孩子", "工资18-45元", "月休4-6天", "照顾80岁老人"])
def test_what_is_no_age_limit(text: str) -> None:
    assert read_age(text) is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("大专及以上学历", Education.COLLEGE),
        ("初中以上", Education.JUNIOR_MIDDLE),
        ("学历：高中", Education.SENIOR_MIDDLE),
        ("学历不限", Education.NONE),
        ("本科或硕士学历", Education.BACHELOR),
        ("大专学历优先", None),
        ("大学城附近", None),
    ],
)
def test_education(text: str, level: Education | None) -> None:
    found = read_education(fold_case(text))
    assert (None if found is None else found.value) == level


@pytest.mark.parametrize(
    ("text", "years"),
    [("3年以上工作经验", 3), ("1-3年相关经验", 1), ("半年以上经验", 0.5), ("无需经验", 0), ("有无经验均可", 0), ("3年以上经验优先", None), ("公司成立10年", None)],  # noqa: E501
)  # fmt: skip
def test_experience(text: str, years: float | None) -> None:
    found = read_experience_years(fold_case(text))
    assert (None if found is None else found.value) == years


def test_what_is_denied_is_not_offered() -> None:
    cues = read_cue_fields("包吃不包住,无夜班,日结")
    assert [f.value for f in cues.values["benefits"]] == [Benefit.MEALS]
    assert [f.value for f in cues.denied] == [Benefit.LODGING, Shift.NIGHT]
    assert [f.value for f in cues.values["settlement"]] == [Settlement.DAILY]


@pytest.mark.parametrize(
    "text", ["日清日结账单", "宿舍管理员", "临时性任务", "全日制本科", "包车司机", "夜班补贴", "每日工作"]
)
def test_look_alikes_are_no_cue(text: str) -> None:
    assert read_cue_fields(text).values == {}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("限男性，身高170cm以上", ["gender", "height"]),
        ("男女不限", []),
        ("女装导购", []),
        ("本地人优先", ["region"]),
        ("提升用户口碑", []),
        ("党员优先", ["political"]),
        ("已婚已育优先", ["marital"]),
        ("限本市户籍", ["hukou"]),
        ("服务少数民族客户", []),
    ],
)
def test_quarantined_limits(text: str, kinds: list[str]) -> None:
    assert [f.value.kind for f in read_limits(fold_case(text))] == kinds


def test_a_limit_is_kept_as_written() -> None:
    parsed = parse_posting("保安", "", "要求：身高１７０ＣＭ以上")
    assert [f.value.text for f in parsed.limits] == ["身高１７０ＣＭ以上"]


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("须持低压电工证", {"low_voltage": True}),
        ("有电工证优先", {"electrician": False}),
        ("有电工证、驾照者优先", {"electrician": False, "driving": False}),
        ("无需健康证", {}),
        ("c1/c2驾照", {"drive_c1": False, "drive_c2": True}),
        ("电工证或焊工证", {"electrician": False, "welding": False}),
        ("有叉车证,有经验者优先", {"forklift": True}),
        ("公司协助办理健康证", {"health": False}),
    ],
)
def test_certificates_required_and_preferred(text: str, needs: dict[str, bool]) -> None:
    assert {f.value.code: f.value.required for f in read_certificate_needs(text)} == needs


def test_contacts_are_masked() -> None:
    found = read_contacts("电话 138-0000-0011 微信:abc_12345 座机0312-5550001")
    assert [f.value for f in found] == ["138****0011", "a****5", "031****0001"]


def test_dates_take_their_part_and_the_nearest_year() -> None:
    dates = read_dates("3月10日开工,有效期至2026年6月30日,5月1日前报名", NOW)
    assert dates.start_at is not None
    assert local_date(dates.start_at.value).isoformat() == "2026-03-10"
    assert dates.valid_to is not None
    assert dates.valid_to.value == datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)


def test_relative_days_need_a_moment_to_count_from() -> None:
    assert read_dates("明天上工", None).start_at is None
    tomorrow = read_dates("明天上工", NOW).start_at
    assert tomorrow is not None
    assert local_date(tomorrow.value).isoformat() == "2026-03-03"


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert read_dates("2月30日开工", NOW).start_at is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("单位:样例物业有限公司", "样例物业有限公司"),
        ("样例食品厂招工", "样例食品厂"),
        ("本公司招人", None),
        ("我们超市缺人", None),
    ],
)
def test_employer_names(text: str, name: str | None) -> None:
    found = read_employer(text)
    assert (None if found is None else found.value) == name


def test_spans_lie_in_the_named_source_text() -> None:
    texts = {"title": "招保安3名", "duties": "月薪3000元，包住", "requirements": "60岁以下，有保安证优先"}
    parsed = parse_posting(texts["title"], texts["duties"], texts["requirements"])
    assert parsed.headcount is not None
    assert parsed.age is not None
    spans = [parsed.headcount, parsed.age, *parsed.pays, *parsed.benefits, *parsed.certificates]
    written = [texts[f.field][f.start : f.end] for f in spans]
    assert written == ["招保安3名", "60岁以下", "月薪3000元", "包住", "保安证"]
