"""The look at the first character leaves out no match."""

from __future__ import annotations

import re

import pytest

from matcher.compliance.first_chars import guarded
from matcher.compliance.shelf import rule_book

TEXT = "限女性,男工优先。\n 18-35岁 押金200元;a]b-c^d 户口在本地"


@pytest.mark.parametrize(
    "pattern",
    [
        "限[男女]",
        "(?:^|[,。])男工",
        r"\d{2}-\d{2}",
        r"(?:\s|押)\S?",
        "(?<!不)押金|(?:在)?本地",
        "[]^-]",
        "(?:户口)?在",
    ],
)
def test_every_match_is_still_found(pattern: str) -> None:
    found = [match.span() for match in re.finditer(pattern, TEXT)]
    assert found
    assert [match.span() for match in re.finditer(guarded(pattern), TEXT)] == found


def test_a_pattern_that_may_begin_with_anything_is_left_as_it_is() -> None:
    for pattern in ("[^,]女", ".女", "(?:男)?"):
        assert guarded(pattern) == pattern


def test_every_rule_looks_at_the_first_character() -> None:
    slow = [rule.rule_id for rule in rule_book().rules if not rule.pattern.pattern.startswith("(?=[")]
    assert slow == [], "let every pattern begin with a listed character, never with a wide class"
