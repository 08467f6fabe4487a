"""What a host reads aloud: short enough, from fields alone, and what must not be promised."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.delivery.live_script import SCRIPT_CHARS, leader_points, live_script, script_seconds, unsaid
from matcher.delivery.renderings import Notice

FULL = Notice(
    number="A1",
    title="砌筑工 急招（包吃住）",
    valid="有效期至4月1日",
    office="样例县就业服务中心",
    phone="0312-0000000",
    employer="样例建筑公司",
    pay="200–260元/天",
    settlement="日结",
    place="样例镇",
    left=3,
    benefits=("包住",),
    shifts=("白班",),
    hours="每天8小时",
    duties="工作内容：1、砌墙，抹灰；2、打扫工地，把剩下的材料一样一样搬回仓库里并且码放整齐",
    conditions="会看图纸；能吃苦",
)


def test_a_script_says_the_six_elements_then_what_fits() -> None:
    assert live_script(FULL, 3) == (
        "3号岗位，砌筑工 急招 包吃住，样例建筑公司招3人。工资200–260元/天(日结)。在样例镇上班。"
        "主要是砌墙，抹灰，打扫工地。要求会看图纸，能吃苦。包住。白班、每天8小时。有效期至4月1日。"
        "想去的打“3号”，或者扫屏幕上的码。不收任何费用。"
    )
    assert script_seconds(live_script(FULL, 3)) <= 40


def test_what_no_field_holds_is_not_said_and_must_not_be_promised() -> None:
    bare = Notice(number="A1", title="样例工", valid="有效期至4月1日", office="样例", phone="")
    script = live_script(bare, 5)
    for word in ("工资", "上班", "要求", "主要", "住", "保险", "班车"):
        assert word not in script
    assert unsaid(bare) == ("“包吃、包住、交保险、有班车、不上夜班、日结”（岗位没写）",)
    assert unsaid(FULL) == ("“包吃、交保险、有班车”（岗位没写）",)


def test_a_source_is_told_and_no_phone_is() -> None:
    script = live_script(replace(FULL, source="样例人才网"), 3)
    assert "信息转载自样例人才网" in script
    assert "0312" not in script


def test_a_guest_gets_three_lines() -> None:
    assert leader_points(FULL, 3) == (
        "3号 砌筑工 急招 包吃住，在样例镇",
        "工资 200–260元/天(日结)",
        "想去打“3号”，不收任何费用",
    )


words = st.text(st.sampled_from("砌墙抹灰，。；、1234567890 元（）"), max_size=200)


@given(title=words, employer=words, place=words, duties=words, conditions=words, number=st.integers(1, 999))
def test_no_script_is_longer_than_forty_seconds_allow(
    title: str, employer: str, place: str, duties: str, conditions: str, number: int
) -> None:
    notice = replace(
        FULL, title=title, employer=employer, place=place, duties=duties, conditions=conditions,
        insurance=("五险一金", "意外险"), transport=("班车", "报销路费"), friendly=("大龄友好", "新手可学", "可结伴"),
    )  # fmt: skip
    script = live_script(notice, number)
    assert len(script) <= SCRIPT_CHARS
    assert script.endswith("不收任何费用。")


@pytest.mark.parametrize("duties", ["砌" * 60, ""])
def test_a_clause_that_does_not_fit_is_left_out_whole(duties: str) -> None:
    assert "主要是" not in live_script(replace(FULL, duties=duties), 3)
