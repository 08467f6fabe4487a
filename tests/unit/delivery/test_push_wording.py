"""What an SMS, a call and a WeChat message say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from delivery_samples import BRICKS, CLEANING, item, message
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.delivery.replies import ReplyKind, parse_reply
from matcher.delivery.wording import (
    call_script,
    pay_text,
    plain,
    reply_instruction,
    segments,
    shortened,
    sms_text,
    sms_units,
)

LINK = "https://jy.heting.example/a/m8-1z-1qk.AbCdEfGhIjKlMnOp"


def test_two_short_postings_fit_one_sms_with_pay_place_and_how_to_reply() -> None:
    sms = sms_text(message(replace(BRICKS, employer="", reach="", bring=(), headcount_left=None), CLEANING))
    assert sms.segments == 1
    assert sms.units <= 70
    for text in (
        "砌砖工",
        "300元/天(日结)",
        "城关镇南街",
        "保洁员",
        "2800元/月",
        "云集镇",
        "想去回1或2",
        "都不合适回3",
    ):
        assert text in sms.text


def test_one_posting_is_answered_by_one_two_three() -> None:
    sms = sms_text(message(BRICKS))
    assert "回1想去,2不合适,3请联系我" in sms.text
    assert "不交钱" in sms.text
    assert sms.segments == 1


def test_an_sms_that_cannot_be_one_states_its_parts_and_begins_with_what_matters() -> None:
    crowded = message(
        item(1, place="城关镇南街与北环路交叉口向东三百米"),
        item(2, place="云集镇工业园区三号路"),
        answer_url=LINK,
    )
    sms = sms_text(crowded)
    assert sms.segments == segments(sms.text) > 1
    assert sms.segments <= 3
    assert LINK in sms.text
    core = sms.text[: sms.text.index("都不合适回3")]
    assert "300元/天" in core
    assert "2800元/月" in core
    assert core.index("城关镇南街") < sms.text.index(LINK)


def test_a_link_stands_apart_so_that_a_phone_finds_its_end() -> None:
    crowded = message(item(1, place="城关镇南街与北环路交叉口向东三百米"), CLEANING, answer_url=LINK)
    assert re.search(rf" {re.escape(LINK)} ", sms_text(crowded).text)


def test_negotiable_pay_stays_negotiable_and_unknown_pay_is_said_to_be_unknown() -> None:
    assert pay_text(item(1, pay="面议")) == "面议"
    assert "未写明" in pay_text(item(1, pay=""))
    assert "面议" in sms_text(message(item(1, pay="面议"))).text


def test_a_title_of_200_characters_costs_neither_pay_nor_place_nor_instruction() -> None:
    sms = sms_text(message(item(1, title="长" * 200)))
    for text in ("300元/天(日结)", "城关镇南街", "回1想去,2不合适,3请联系我"):
        assert text in sms.text
    assert sms.segments <= 3


def test_nothing_is_cut_inside_a_number() -> None:
    assert shortened("招工3500元每月", 5) == "招工…"
    assert shortened("招工3500元每月", 8) == "招工3500元…"
    assert shortened("1234567890", 4) == "…"


@given(st.text(alphabet="工人1234567890.元", max_size=30), st.integers(2, 20))
def test_a_shortened_text_keeps_every_number_whole(text: str, chars: int) -> None:
    short = shortened(text, chars)
    assert len(short) <= max(chars, 1)
    if short != text:
        assert short.endswith("…")
        kept = short[:-1]
        number = re.compile(r"[\d.]+")
        assert [m.group() for m in number.finditer(kept)] == [
            m.group() for m in number.finditer(text) if m.end() <= len(kept)
        ]


@settings(max_examples=60)
@given(
    st.text(max_size=80), st.text(max_size=60), st.sampled_from(["300元/天", "面议", "", "2800–3500元/月"])
)
def test_any_posting_gives_one_line_without_controls_that_keeps_pay_and_instruction(
    title: str, place: str, pay: str
) -> None:
    sms = sms_text(message(item(1, title=title, place=place, pay=pay)))
    assert "\n" not in sms.text
    assert sms.text == plain(sms.text)
    assert (pay or "未写明") in sms.text
    assert "回1想去" in sms.text
    assert sms.units == sms_units(sms.text)


def test_units_and_parts_are_counted_as_an_operator_counts() -> None:
    assert sms_units("工😀") == 3
    assert [segments("工" * n) for n in (0, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert segments("工" * 65 + "😀" * 3) == 2
    assert segments("工" * 66 + "😀" + "工" * 66) == 3  # the pair does not fit the last unit of part one


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("😀急招😀", "急招"),
        ("25℃ 100㎡", "25℃ 100㎡"),
        ("a\u202eb\u200bc\x07", "abc"),
        ("两\n行\t字", "两 行 字"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_pictures_and_controls_go_and_units_stay(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_instruction_and_the_reader_of_replies_mean_the_same(count: int) -> None:
    words = reply_instruction(count, full=True)
    if count == 1:
        expected = {1: ReplyKind.INTERESTED, 2: ReplyKind.UNSUITABLE, 3: ReplyKind.CALL_ME}
    else:
        expected = dict.fromkeys(range(1, count + 1), ReplyKind.INTERESTED)
        expected |= {count + 1: ReplyKind.UNSUITABLE, count + 2: ReplyKind.CALL_ME}
    for number, kind in expected.items():
        assert str(number) in words
        assert parse_reply(str(number), count).kind is kind


def test_a_call_script_tells_the_facts_and_the_reminders() -> None:
    script = call_script(message())
    for text in (
        "砌砖工",
        "300元/天(日结)",
        "骑车约12分钟",
        "还要4人",
        "带上身份证、手套",
        "不交钱",
        "12333",
    ):
        assert text in script
