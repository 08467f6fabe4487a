"""One posting in every form, from its fields alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from matcher.delivery import notices
from matcher.delivery.fonts import chinese_fonts
from matcher.delivery.notices import notice_data, notice_pdf
from matcher.delivery.renderings import (
    LED_CHARS,
    SMS_DROP_ORDER,
    Notice,
    Sign,
    led_lines,
    live_card,
    notice_sms,
    valid_text,
    wechat_notice,
)
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Benefit, PayUnit, Settlement, Shift
from matcher.domain.values import Pay, Place
from matcher.errors import InvalidInput

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SIGN = Sign("禾汀县就业中心", "0312-5550000")
POSTING = Posting(
    "p1",
    "砌筑工",
    duties="砌墙，抹灰，联系人手机138 0000 1234",
    requirements="会看图纸",
    employer_name="样例建筑公司",
    pay=Pay(20_000, 26_000, PayUnit.DAY),
    settlement=Settlement.DAILY,
    shifts=(Shift.DAY,),
    benefits=(Benefit.LODGING,),
    place=Place("城关镇"),
    headcount=5,
    headcount_left=3,
    valid_to=datetime(2026, 3, 31, 16, tzinfo=UTC),
)
KNOWN_LEAST = replace(
    POSTING,
    employer_name="",
    pay=None,
    settlement=None,
    shifts=(),
    benefits=(),
    place=None,
    headcount=None,
    headcount_left=None,
    valid_to=None,
)


def told(posting: Posting = POSTING, *, number: str = "0302-017", **options: Any) -> Notice:
    return Notice.of(posting, SIGN, number=number, now=NOW, **options)


def all_texts(notice: Notice) -> list[str]:
    card = json.dumps(live_card(notice), ensure_ascii=False)
    data = notice_data([notice], printed_at=NOW, large=False, fonts=())
    large = notice_data([notice], printed_at=NOW, large=True, fonts=())
    return [
        "\n".join(led_lines(notice)),
        wechat_notice(notice),
        notice_sms(notice).text,
        card,
        *(json.dumps(one["notices"], ensure_ascii=False) for one in (data, large)),
    ]


def test_every_form_carries_number_validity_and_the_source_of_a_repost() -> None:
    for text in all_texts(told(source="样例人才网")):
        assert "0302-017" in text
        assert "有效期至3月31日" in text
        assert "样例人才网" in text


def test_the_last_valid_day_is_named_and_the_hour_when_it_is_near() -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)  # 08:00 of that day in Shanghai
    assert valid_text(day + timedelta(hours=16), NOW) == "有效期至3月2日"  # midnight: the day that ends
    assert valid_text(day + timedelta(hours=10), NOW) == "有效期至3月2日18:00"
    assert valid_text(day + timedelta(hours=22), NOW) == "有效期至3月3日06:00"
    assert valid_text(day + timedelta(days=2), NOW) == "有效期至3月4日"
    assert valid_text(day + timedelta(days=365), NOW) == "有效期至2027年3月2日"
    assert valid_text(None, NOW) == "有效期未写明"


def test_what_is_unknown_is_left_out_everywhere() -> None:
    for text in all_texts(told(KNOWN_LEAST)):
        assert not re.search("工资|地点|还招|面议|None|null", text)
    assert wechat_notice(told(KNOWN_LEAST)) == (
        "【招聘】砌筑工\n编号：0302-017，有效期未写明\n禾汀县就业中心 0312-5550000\n不交钱，不押证，有问题打12333"
    )
    assert live_card(told(KNOWN_LEAST)) == {
        "number": "0302-017",
        "title": "砌筑工",
        "valid": "有效期未写明",
        "office": "禾汀县就业中心",
    }


def test_negotiable_pay_stays_negotiable_and_gets_no_settlement_beside_it() -> None:
    notice = told(replace(POSTING, pay=Pay(negotiable=True)))
    assert "面议," in notice_sms(notice).text
    assert "工资：面议\n" in wechat_notice(notice)


def test_the_employers_sentences_are_told_on_demand_and_without_phone_numbers() -> None:
    assert "砌墙" not in wechat_notice(told())
    text = wechat_notice(told(with_words=True))
    assert "砌墙，抹灰，联系人手机（号码见窗口）" in text
    assert "条件：会看图纸" in text
    assert "138" not in text


def test_led_lines_are_short_and_keep_pay_and_numbers_whole() -> None:
    lines = led_lines(told())
    assert lines == (
        "砌筑工 200–260元/天(日结) 城关镇 样例建筑公司",
        "还招3人 包住 白班 编号0302-017",
        "有效期至3月31日 电话0312-5550000",
    )


def test_an_sms_gives_up_facts_in_the_stated_order() -> None:
    notice = told(replace(POSTING, employer_name="样例建筑安装工程有限责任公司"))
    text = notice_sms(notice).text
    dropped = [
        name
        for name, fact in (
            ("reminders", "不交钱"), ("benefits", "包住"), ("left", "还招"), ("employer", "有限责任公司"),
            ("settlement", "日结"), ("phone", "0312"), ("office", "【"), ("place", "城关镇"),
        )
        if fact not in text
    ]  # fmt: skip
    order = [name for name in SMS_DROP_ORDER if name != "long title"]
    assert dropped == order[: len(dropped)]
    assert 0 < len(dropped) < len(order)


def test_an_sms_for_a_number_that_cannot_fit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="编号"):
        notice_sms(told(number="county:" + "9" * 60))


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=50)
postings = st.builds(
    replace,
    st.just(POSTING),
    title=words.filter(str.strip),
    employer_name=words,
    duties=words,
    place=st.none() | st.builds(Place, words),
    pay=st.none()
    | st.builds(Pay, st.integers(100, 10**8), st.none() | st.integers(100, 10**8), st.sampled_from(PayUnit)),
    headcount_left=st.none() | st.integers(0, 10**6),
)


@given(postings, st.from_regex(r"\A[a-z]{0,6}:?[0-9]{1,12}\Z"))
def test_texts_keep_their_limits_and_whole_numbers_whatever_is_in_the_fields(
    posting: Posting, number: str
) -> None:
    notice = told(posting, number=number, with_words=True)
    sms = notice_sms(notice)
    assert sms.units <= 70
    assert sms.segments == 1
    assert f"编号{number},有效期至3月31日" in sms.text
    if notice.pay:
        assert notice.pay in sms.text
    lines = led_lines(notice)
    assert all(0 < len(line) <= LED_CHARS for line in lines)
    assert any(f"编号{number}" in line for line in lines)
    assert not re.search(r"[\U0001F300-\U0001FAFF\x00-\x1f\u202a-\u202e]", "".join(lines) + sms.text)


def test_a_board_holds_several_postings_and_a_large_sheet_one_a_page() -> None:
    long = replace(POSTING, title="电子产品装配线长白班普工可带家属", employer_name="样例电子科技有限公司第二分公司")
    chosen = [told(), told(long, with_words=True, source="样例人才网"), told(KNOWN_LEAST)]
    assert pages(chosen, large=False) == 1
    assert pages(chosen, large=True) == 3
    assert pages([told()] * 12, large=False) > 1


def test_markup_in_a_field_is_only_text() -> None:
    bad = replace(POSTING, title='#panic("x") *粗* $x$ @y <z>', employer_name="#{while true {}}")
    pdf = notice_pdf([told(bad)], printed_at=NOW)
    assert pdf.startswith(b"%PDF")


def test_too_many_or_no_postings_are_refused() -> None:
    for wrong in ([], [told()] * 201):
        with pytest.raises(InvalidInput, match="1 到 200"):
            notice_pdf(wrong, printed_at=NOW)


def pages(chosen: list[Notice], *, large: bool) -> int:
    data = notice_data(chosen, printed_at=NOW, large=large, fonts=chinese_fonts())
    found = typst.query(str(notices.TEMPLATE), "<last-page>", sys_inputs={"data": json.dumps(data)})
    return int(json.loads(found)[0]["value"])
