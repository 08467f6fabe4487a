from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.normalise import _FOLD, _FOLD_CASE, fold, fold_case
from matcher.text.posting_fields import limits
from matcher.text.quick_search import holds_any, matches_at

PAIRS = [(limits._EDUCATION_STARTS, limits._EDUCATION), (limits._EXPERIENCE_STARTS, limits._EXPERIENCE)]
PIECES = [
    *"0123456789一三半年周到至-~ ,。:()及或学生以上", "大专", "本科", "高中", "中等专科", "研究生", "学历", "文化程度", "教育程度",
    "学历不限", "不看学历", "对学历无要求",
    "不要求学历", "不限学历", "不限专业学历", "统招本科", "经验", "无需经验", "从业年限", "驾龄", "工作年限满", "有无经验均可",
    "没干过也行", "没有经验也可", "没经验也行", "接受无经验", "零基础", "0经验",
    "零经验", "生手熟手", "生熟手可", "新手可", "不用经验", "不需要经验", "不要经验", "半年", "工作经验不限", "周年",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_quick_starts_lose_no_match(text: str) -> None:
    for starts, pattern in PAIRS:
        quick = [m.span() for m in matches_at(starts, pattern, text)]
        assert quick == [m.span() for m in pattern.finditer(text) if m.group()]


def test_matches_do_not_overlap() -> None:
    digits = re.compile(r"\d{2}")
    assert [m.group() for m in matches_at(re.compile(r"\d"), digits, "1a123456")] == ["12", "34", "56"]


def test_any_word_will_do() -> None:
    assert holds_any("有驾照", ("证", "照"))
    assert not holds_any("有驾照", ("证",))


@pytest.mark.parametrize("filler", ["", "工" * 100])
def test_long_and_short_texts_fold_alike(filler: str) -> None:
    text = "".join(map(chr, [*_FOLD, *_FOLD_CASE])) + "𠀀İß\ud83d\x00" + filler
    assert fold(text) == text.translate(_FOLD)
    assert fold_case(text) == text.translate(_FOLD_CASE)
    assert fold(text[:9]) == text[:9].translate(_FOLD)
