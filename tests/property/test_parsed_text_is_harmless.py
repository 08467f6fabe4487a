"""Nothing that was read out of a text starts a formula or opens a tag where it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.paste import split_messages
from matcher.text.utterance import parse_utterance
from matcher.text.utterance_view import utterance_as_data
from matcher.text.view import draft_as_data, harmless

FORMULA = ("=", "+", "-", "@", "\t", "\r")
TAG = re.compile(r"<\s*[a-zA-Z/!]")
PIECES = st.sampled_from(
    ["=cmd|' /C calc'!A0", "=1+1", "@SUM(A1)", "+8613", "-2+3", "<script>alert(1)</script>", "<b>", "</td>", "<!--",
     "单位：", "公司", "招", "保安", "电工", "3名", "地点：", "地址:", "容城县", "工资5000", "限男", "会", "想干", "身高170", "\n", "，", "。", " "]
)  # fmt: skip
HOSTILE = st.lists(PIECES, min_size=1, max_size=14).map("".join)


def strings(value: object) -> Iterator[str]:
    """Every string of the data but the source text, which is quoted as it was written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "text" or not isinstance(inner, str):
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def assert_harmless(data: object) -> None:
    json.dumps(data)
    for text in strings(data):
        assert not text.startswith(FORMULA), text
        assert TAG.search(text) is None, text


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_a_pasted_message_shows_neither_formula_nor_tag(text: str) -> None:
    for draft in split_messages(text, near="130629"):
        assert_harmless(draft_as_data(draft))


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_a_sentence_shows_neither_formula_nor_tag(text: str) -> None:
    assert_harmless(utterance_as_data(parse_utterance(text, near="130629")))


@given(st.text(max_size=60))
def test_what_is_made_harmless_stays_so(text: str) -> None:
    assert_harmless([harmless(text)])
    assert harmless(harmless(text)) == harmless(text)


def test_an_employer_with_a_formula_for_a_name_loses_its_sign() -> None:
    (draft,) = split_messages("单位：=1+1<b>公司\n招保安3名")
    assert draft.employer is not None
    assert draft_as_data(draft)["employer"]["value"] == "1+1‹b›公司"  # type: ignore[index]
