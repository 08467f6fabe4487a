"""Postings as people speak them: terms said in a sentence instead of a fixed word, in our own wording."""

from __future__ import annotations

from datetime import datetime

import pytest

from matcher.clock import SHANGHAI, local_date
from matcher.domain.posting_terms import Benefit, FriendlyTo, PayUnit, Settlement, Shift, Transport
from matcher.text.paste import split_messages
from matcher.text.posting_parser import parse_posting

NOW = datetime(2026, 3, 2, 8, tzinfo=SHANGHAI)


def read(text: str, title: str = "") -> object:
    return parse_posting(title, text, now=NOW)


@pytest.mark.parametrize(
    ("text", "settlement"),
    [
        ("搬完当场转账", Settlement.DAILY),
        ("下班就给现金", Settlement.DAILY),
        ("隔天上午打款", Settlement.NEXT_DAY),
        ("每周五提现", Settlement.WEEKLY),
        ("十五天一结", Settlement.HALF_MONTHLY),
        ("工资次月15号发", Settlement.MONTHLY),
        ("活动结束后一起结清", Settlement.ON_COMPLETION),
    ],
)
def test_when_the_money_comes_is_said_in_many_ways(text: str, settlement: Settlement) -> None:
    assert [f.value for f in read(text).settlements] == [settlement]  # type: ignore[attr-defined]


def test_a_pay_day_of_others_is_no_settlement() -> None:
    assert read("负责工资发放，提现审核").settlements == []  # type: ignore[attr-defined]
    assert read("每周发布三条视频").settlements == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "given", "denied"),
    [
        ("晌午管一顿饭，住集装箱", {Benefit.MEALS, Benefit.LODGING}, set()),
        ("吃住都在船上，公司管", {Benefit.MEALS, Benefit.LODGING}, set()),
        ("有宿舍，吃饭自己解决", {Benefit.LODGING}, {Benefit.MEALS}),
        ("食宿自理", set(), {Benefit.MEALS, Benefit.LODGING}),
        ("两口子来给单间", {Benefit.COUPLE_ROOM}, set()),
        ("食堂每餐补5元", {Benefit.MEAL_ALLOWANCE}, set()),
    ],
)
def test_board_and_lodging_in_a_sentence(text: str, given: set[Benefit], denied: set[Benefit]) -> None:
    parsed = parse_posting("", text)
    assert {f.value for f in parsed.benefits} == given
    assert {f.value for f in parsed.denied if isinstance(f.value, Benefit)} == denied


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("招聘人数：12，工资面议", 12),
        ("木工2名、瓦工3名", 5),
        ("木工2名、瓦工若干", None),
        ("瓦工、木工、电工各4名", 12),
        ("男女各5名", 10),
        ("急找小工俩", 2),
        ("每村2名，共9名", 9),
        ("带一支15人的队伍", None),
        ("四人间宿舍，现有员工300人", None),
    ],
)
def test_people_of_all_trades_add_up(text: str, people: int | None) -> None:
    found = parse_posting("", text).headcount
    assert (None if found is None else found.value) == people


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("早7晚5，中午歇俩小时", 8.0),
        ("10:00-19:00（含1小时午休）", 8.0),
        ("晚上六点干到凌晨两点", 8.0),
        ("上十二休二十四", 12.0),
    ],
)
def test_breaks_come_off_the_day(text: str, hours: float) -> None:
    found = parse_posting("", text).hours_per_day
    assert found is not None
    assert found.value == hours


def test_an_evening_that_runs_past_midnight_is_night_work() -> None:
    assert [f.value for f in parse_posting("", "晚8点到早6点").shifts] == [Shift.NIGHT]
    assert parse_posting("", "早班、晚班轮换").shifts == []


@pytest.mark.parametrize(
    ("title", "text", "codes"),
    [
        ("电焊", "没证的别打电话", ["welding"]),
        ("厂里招人", "叉车须持证，机修会电焊就行", ["forklift"]),
        ("护理员", "有养老护理员四级及以上证书", ["elderly_care"]),
        ("电梯工", "持特种设备作业人员证（电梯T）", ["elevator"]),
        ("送货", "司机一名，C1，熟悉路", ["drive_c1"]),
        ("跟车", "用不着驾照", []),
    ],
)
def test_a_paper_is_found_where_its_trade_stands_apart(title: str, text: str, codes: list[str]) -> None:
    assert [f.value.code for f in parse_posting(title, text).certificates] == codes


@pytest.mark.parametrize(
    ("text", "low", "unit"),
    [
        ("招收银一名，3200，包吃", 3200, PayUnit.MONTH),
        ("大工330，小工210", 330, PayUnit.DAY),
        ("编一个筐3块2", 3.2, PayUnit.PIECE),
        ("8小时180，加班另算", 180, PayUnit.DAY),
        ("上门通下水，一节课120元", 120, PayUnit.ORDER),
    ],
)
def test_the_pay_of_a_short_ad_needs_no_word_for_it(text: str, low: float, unit: PayUnit) -> None:
    pay = parse_posting("", text).pays[0].value
    assert pay.min_fen == round(low * 100)
    assert pay.unit is unit


@pytest.mark.parametrize("text", ["站场两小时，50元", "包工1500元，两天干完", "每天交180元份子钱", "超时10元/时"])
def test_money_that_is_no_rate_is_no_pay(text: str) -> None:
    assert parse_posting("", text).pays == []


def test_a_stipend_is_the_pay_of_a_traineeship_only() -> None:
    trainee = parse_posting("就业见习", "见习补贴2000元/月")
    assert trainee.pays[0].value.min_fen == 200_000
    assert parse_posting("保安", "岗位补贴200元/月").pays == []


def test_terms_said_in_other_words() -> None:
    parsed = parse_posting("", "扳手自备？工具自己带，面包车接送，会不会都行有师傅教，孩子放学能接送")
    assert FriendlyTo.OWN_TOOLS in {f.value for f in parsed.friendly_to}
    assert FriendlyTo.NOVICE in {f.value for f in parsed.friendly_to}
    assert [f.value for f in parsed.transport] == [Transport.SHUTTLE]


def test_a_day_of_work_starts_when_it_says() -> None:
    for text, day in (("后天早上六点村口等", "2026-03-04"), ("18号一天，会场引导", "2026-03-18"), ("四月一号进场", "2026-04-01")):
        start = parse_posting("", text, now=NOW).start_at
        assert start is not None, text
        assert str(local_date(start.value)) == day
    assert parse_posting("", "预产期3月20日，找月嫂", now=NOW).start_at is None


def test_skills_stand_alone_and_suit_the_text() -> None:
    def skills(title: str, text: str) -> list[str]:
        return [f.value for f in parse_posting(title, text).skills]

    assert skills("", "各部门密切配合") == []
    assert skills("后厨", "负责切配和洗碗") == ["切配", "洗碗"]
    assert "打包" in skills("", "负责打包发货")
    assert "打包" not in skills("", "熟悉Vue、MySQL，会模块打包")
    assert skills("农机手", "持收割机驾驶证") == []


def test_a_line_of_jobs_shares_its_head_and_its_tail() -> None:
    drafts = split_messages("青禾食品厂招聘:1.包装工10名，4500；2.质检员若干，4000起，中专。厂址容城县八于乡，电话0312-6000000")
    assert [d.title for d in drafts] == ["包装工", "质检员"]
    assert all(d.employer is not None and d.employer.value == "青禾食品厂" for d in drafts)
    assert all("招用单位" not in d.missing and "联系方式" not in d.missing for d in drafts)
    assert [p.value.min_fen for p in drafts[0].parsed.pays] == [450_000]


def test_a_banner_is_no_job() -> None:
    (draft,) = split_messages("🔥🔥临时工🔥🔥\n明早6点园区门口集合\n卸货8人 260一天 现结")
    assert draft.title == "卸货"
    assert draft.parsed.headcount is not None
    assert draft.parsed.headcount.value == 8
