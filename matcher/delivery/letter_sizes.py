"""How large the type of a letter may be so that it stays one page (版面).

Heights are worked out here and not measured by typst: measuring triples the time and memory of a large pack.
The numbers of `SIZES` are handed to the template, so the two cannot drift apart; a test counts the pages.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MM_PER_PT = 0.3528
PAGE_HEIGHT_MM, TEXT_WIDTH_MM = 269.0, 174.0
SPARE_MM = 6.0
_LINE_EM, _LEADING_EM = 0.74, 0.62  # of a CJK font: cap height of a line, and what lies between two
_HALF_WIDTH_EM = 0.6
_FACTS = ("place", "reach", "bring", "left", "reason", "valid_to")
_TITLE_INDENT_MM, _NUMBER_MM = 14.0, 10.4
_ANSWER_MM, _TICKS_PER_LINE, _TICK_MM = 44.0, 3, 9.5


@dataclass(frozen=True, slots=True)
class Sizes:
    """Type in points, distances in millimetres."""

    title: float
    pay: float
    fact: float
    label: float
    row: float
    gap: float
    inset: float


SIZES = (
    Sizes(title=22, pay=36, fact=18, label=14, row=4.6, gap=5.0, inset=5.0),
    Sizes(title=20, pay=30, fact=16, label=13, row=3.8, gap=4.0, inset=4.0),
    Sizes(title=17, pay=25, fact=14, label=12, row=3.1, gap=2.8, inset=3.2),
    Sizes(title=15, pay=22, fact=14, label=12, row=2.4, gap=2.0, inset=2.4),
)
"""From roomy to tight. Never below 14 pt for what is read and 22 pt for pay."""


def sizes_for(cards: Sequence[Mapping[str, Any]], greeting: str) -> Sizes:
    """The roomiest sizes that keep the letter on one page; the tightest when none does."""
    return next((size for size in SIZES if _height_mm(cards, greeting, size) <= PAGE_HEIGHT_MM), SIZES[-1])


def _height_mm(cards: Sequence[Mapping[str, Any]], greeting: str, size: Sizes) -> float:
    head = 9.6 + 2 * (size.gap + 1) + _text_mm(greeting, 16, TEXT_WIDTH_MM)
    ticks = max(0, math.ceil(len(cards) / _TICKS_PER_LINE) - 1) * _TICK_MM
    foot = _ANSWER_MM + ticks + 2 * size.gap + 14.0
    return head + sum(_card_mm(card, size) + size.gap for card in cards) + foot + SPARE_MM


def _card_mm(card: Mapping[str, Any], size: Sizes) -> float:
    width = TEXT_WIDTH_MM - 2 * size.inset
    employer = _text_mm(card["employer"], size.label, width) + 2.6 if card["employer"] else 0.0
    title = _text_mm(card["title"], size.title, width - _TITLE_INDENT_MM) + employer
    beside = width - 4.6 * size.label * MM_PER_PT
    facts = [_text_mm(card[name], size.fact, beside) + size.row for name in _FACTS if card[name]]
    pay = _text_mm(card["pay"], size.pay, width - 30.0)
    return 2 * size.inset + max(title, _NUMBER_MM) + 2 * size.gap + pay + sum(facts)


def _text_mm(text: str, size_pt: float, width_mm: float) -> float:
    """Height of a paragraph; a line may end one character early, for a mark that must not begin the next."""
    em_mm = size_pt * MM_PER_PT
    wide = sum(1.0 if unicodedata.east_asian_width(char) in "WF" else _HALF_WIDTH_EM for char in text)
    lines = max(1, math.ceil(wide / max(1.0, width_mm / em_mm - 1)))
    return (lines * _LINE_EM + (lines - 1) * _LEADING_EM) * em_mm
