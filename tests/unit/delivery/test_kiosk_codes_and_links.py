"""The number on a letter and the link on a slip: what opens, and that nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.delivery.letter_codes import NO_LETTER, letter_code, push_of_code
from matcher.delivery.posting_links import PostingLinks
from matcher.errors import InvalidInput, NotFound

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
LINKS = PostingLinks(KEY, "https://jy.example.test")


@given(st.integers(1, 10**9))
@settings(max_examples=50)
def test_a_code_opens_its_own_push_with_or_without_its_spaces(push_id: int) -> None:
    code = letter_code(KEY, push_id)
    assert push_of_code(KEY, code) == push_of_code(KEY, code.replace(" ", "")) == push_id


@given(st.integers(1, 10**6), st.integers(0, 8), st.integers(1, 9))
@settings(max_examples=100)
def test_one_wrong_digit_opens_nothing(push_id: int, place: int, by: int) -> None:
    code = letter_code(KEY, push_id).replace(" ", "")
    place %= len(code)
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    with pytest.raises(NotFound, match=NO_LETTER):
        push_of_code(KEY, wrong)


@pytest.mark.parametrize("code", ["", "1", "12345678", "１２３４５６７８９０", "abc", "9" * 40, letter_code(OTHER, 7)])
def test_what_is_no_code_gets_the_one_answer(code: str) -> None:
    with pytest.raises(NotFound, match=NO_LETTER):
        push_of_code(KEY, code)


def test_a_link_opens_its_posting_for_a_week() -> None:
    token = LINKS.token("样例:1", NOW)
    assert LINKS.posting_id(token, NOW + timedelta(days=7)) == "样例:1"
    with pytest.raises(NotFound):
        LINKS.posting_id(token, NOW + timedelta(days=8))
    assert LINKS.url("样例:1", NOW) == f"https://jy.example.test/j/{token}"
    assert PostingLinks(KEY).url("样例:1", NOW) == ""


@pytest.mark.parametrize("token", ["", "a.b.c", "..", "é.b.c", "x" * 400])
def test_a_made_up_link_opens_nothing(token: str) -> None:
    with pytest.raises(NotFound):
        LINKS.posting_id(token, NOW)


def test_a_link_of_another_key_or_with_another_posting_opens_nothing() -> None:
    body, _, signature = LINKS.token("样例:1", NOW).rpartition(".")
    name, _, day = body.rpartition("-")
    other = PostingLinks(OTHER).token("样例:1", NOW)
    changed = LINKS.token("样例:2", NOW).rpartition("-")[0]
    for token in (other, f"{changed}-{day}.{signature}", f"{name}-zzz.{signature}"):
        with pytest.raises(NotFound):
            LINKS.posting_id(token, NOW)


def test_an_address_in_the_open_is_refused() -> None:
    with pytest.raises(InvalidInput, match="https"):
        PostingLinks(KEY, "http://jy.example.test")
