"""No text breaks the lexicon's readers, and spans always point into the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.lexicon.certificates import certificates
from matcher.lexicon.places import find_places, resolve_place
from matcher.text.occupation import code_occupation, find_aliases
from matcher.text.utterance_fields.homophones import guess_occupations

WORDS = [
    "瓦工",
    "招聘",
    "C1",
    "a2",
    "驾照",
    "证",
    "北京",
    "朝阳",
    "县城",
    "大王镇",
    "叉车",
    "工",
    "高",
    "低压",
    "300元",
    "电汗工",
    "c++",
    "本",
]
MARKS = ["(", "（", "】", "/", "、", "(三级)", " ", "\n"]
PIECES = st.sampled_from([*WORDS, *MARKS])
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=12).map("".join))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_readers_take_any_text(text: str) -> None:
    found = [(start, end) for start, end, *_ in certificates().find(text)]
    found += [(start, end) for start, end, _ in find_places(text)]
    found += [(start, end) for start, end, _ in find_aliases(text)]
    found += [(start, end) for start, end, _ in guess_occupations(text, bytearray(b"\1" * len(text)))]
    assert all(0 <= start < end <= len(text) for start, end in found)
    resolve_place(text, "130629")
    codes = code_occupation(text, text)
    assert len(codes) <= 3
    assert all(0 < occupation.confidence <= 1 for occupation in codes)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_mentions_do_not_overlap(text: str) -> None:
    reached = 0
    for start, end, _, _ in certificates().find(text):
        assert start >= reached
        reached = end
