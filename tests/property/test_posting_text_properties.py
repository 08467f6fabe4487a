"""Whatever the text: no exception, spans inside the source, linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.paste import split_messages
from matcher.text.pay import find_pays
from matcher.text.posting_parser import parse_posting
from matcher.text.posting_reader import posting_from_row
from matcher.text.view import _items

PIECES = st.sampled_from(
    [*list("0123456789一二两三五六千百万元块天月年岁人名时周/-~:：，。（）()\n \u3000１２Ｋk"), "工资", "底薪", "提成", "月薪", "每天", "小时", "以上", "包吃住", "不", "C1驾照", "电工证", "18-45岁", "8:00-18:00", "13薪", "面议", "招10人", "\x00", "𠀀", "🔥"]  # noqa: E501
)  # fmt: skip
POSTING_LIKE = st.lists(PIECES, max_size=60).map("".join)
ANY_TEXT = st.one_of(st.text(max_size=200), POSTING_LIKE)
CLIFF_MS = 200.0  # no speed is asserted: a reader that tries every cut of a repeat takes seconds and more
CHARS = 2000


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_every_span_lies_in_its_source_text(title: str, duties: str) -> None:
    texts = {"title": title, "duties": duties, "requirements": ""}
    for _, _, item in _items(parse_posting(title, duties)):
        assert 0 <= item.start < item.end <= len(texts[item.field])
        assert 0 <= item.confidence <= 1


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_pay_bounds_are_positive_and_in_order(text: str) -> None:
    for item in find_pays(text):
        pay = item.value
        for bound in (pay.min_fen, pay.max_fen, pay.base_fen):
            assert bound is None or bound > 0
        if pay.min_fen is not None and pay.max_fen is not None:
            assert pay.min_fen <= pay.max_fen


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["title", "duties", "pay_text", "age", "education", "experience", "headcount", "valid_to", "settlement", "city", "tags", "lat", "lng", "pay_min_yuan"]), st.one_of(ANY_TEXT, st.integers(), st.floats(), st.none(), st.lists(st.text(max_size=5)))))  # fmt: skip  # noqa: E501
def test_a_row_of_anything_is_read_without_an_exception(row: dict[str, object]) -> None:
    posting_from_row(row, problems=[])


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT)
def test_a_paste_of_anything_is_cut_without_an_exception(text: str) -> None:
    for draft in split_messages(text):
        assert 0 <= draft.start <= draft.end <= len(text)


REPEATS = [
    "1-", "（", "((", "1,", "1.", "1万", "一", "一二", "千", "元", "工资", "月薪1", "每天", "底薪+", "提成", "1:", "8:00-", "岁", "18-", "18岁", "男", "女",
    "a", "c1", "c1/", "电工证/", "证", "[", "电话", "13", "0312-", "2025-", "1月", "上班", "休", "做六", "学历", "本科", "经验", "年经验", "不", "包吃", "、",
    "\n", " ", "招", "招1", "名", "本地", "身高1", "1.7", "一米", "面议", "薪", "13薪", "试用期", "以上", "每", "1一", "1到", "保底1", "x", "x ", "·", "最低1最高2",  # noqa: E501
    "工资1(", "（含", "户籍", "公司", "厂", "1年", "从业", "早8", "晚", "下午", "，",
]  # fmt: skip


@pytest.mark.parametrize("piece", REPEATS)
def test_two_thousand_characters_of_a_repeat_are_no_cliff(piece: str) -> None:
    text = (piece * CHARS)[:CHARS]
    parse_posting("", "热身")
    assert min(_milliseconds(text) for _ in range(3)) < CLIFF_MS


def _milliseconds(text: str) -> float:
    start = time.process_time()
    parse_posting("", text)
    return (time.process_time() - start) * 1000


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6).map("".join))
def test_no_repeat_is_a_cliff(piece: str) -> None:
    text = (piece * CHARS)[:CHARS]
    assert min(_milliseconds(text) for _ in range(3)) < CLIFF_MS
