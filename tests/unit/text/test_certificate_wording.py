"""Every certificate in the wordings people use, required, preferred or not asked for."""

from __future__ import annotations

import pytest
from pay_gold import GOLD

from matcher.text.posting_parser import parse_posting


def _cases() -> list[tuple[str, set[str]]]:
    lines = (GOLD / "certificates.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(text, {code for code in codes.split("|") if code}) for text, codes in pairs]


def test_the_list_covers_many_papers() -> None:
    assert len({code[:-1] for _, codes in _cases() for code in codes}) >= 50


@pytest.mark.parametrize(("text", "expected"), _cases())
def test_a_paper_is_known_by_each_of_its_names(text: str, expected: set[str]) -> None:
    found = parse_posting("招人", text).certificates
    assert {item.value.code + ("!" if item.value.required else "?") for item in found} == expected
