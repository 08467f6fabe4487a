"""Leaving self-descriptions out never adds, moves or loses track of anything, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.proxy_words import without_proxy_words

PIECES = ("我是", "宝妈", "女", "低保户", "的", "想找", "保洁", "，", " ", "。", "会", "彝族", "外地人", "一个", "电焊", "5")
SENTENCES = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


@given(SENTENCES)
@settings(max_examples=300, deadline=None)
def test_the_result_is_the_sentence_with_pieces_left_out(sentence: str) -> None:
    assert is_subsequence(without_proxy_words(sentence), sentence)


@given(SENTENCES)
@settings(max_examples=300, deadline=None)
def test_a_sentence_without_the_words_is_returned_as_it_is(sentence: str) -> None:
    plain = "".join(char for char in sentence if char.isascii())
    assert without_proxy_words(plain) == plain


@pytest.mark.parametrize("piece", ["单亲妈妈", "困难户贫困户", "孩子的妈妈", "有残疾证二级", "外来务工农民工"])
def test_a_long_row_of_the_words_is_read_to_its_end(piece: str) -> None:
    """A row of words that can be cut in two ways each once took for ever."""
    assert is_subsequence(without_proxy_words(piece * 2_000 + "x"), piece * 2_000 + "x")
