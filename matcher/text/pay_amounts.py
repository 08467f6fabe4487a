"""Numbers and ranges of numbers that could be amounts of money, before anyone asks whether they are (数额).

INVARIANTS: the scan moves forward only, every pattern is bounded, so the cost is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.text.numerals import SCALE_VALUES, UNIT_VALUES, read_chinese_bounds, read_number

_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,3}(?![\d,])|\d+)(?:\.\d{1,2}(?!\d))?"
_TRAILING = r"(?:\d[千百]?|\d{3,4})(?![\d.:kw千万百人名个天日月年岁点时小薪险倍位班号元块]|元)"
_SCALED = rf"{_DIGITS}(?:\s?(?:[千万仟百]|[kw](?![a-z]))(?:{_TRAILING}|\d[千百](?=[元块\s])|\d(?=[元块]))?)?"
_CHINESE = r"[一二两三四五六七八九十](?:[一二两三四五六七八九十百千万零〇点半]){0,15}"
_TOKEN = re.compile(rf"{_SCALED}|{_CHINESE}")
_DASH = re.compile(
    r"\s{0,2}(?:元|块钱?|rmb)?\s?(?:/?(?:月|天|日|小时|时|h|年))?\s{0,2}(?:[-~]{1,4}|到|至|一(?=\d))\s{0,2}[¥￥]?"
)
_MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Amount:
    """One number or range in the folded text.

    low, high:  values, equal for a single number.
    scaled:     says 千, 万, k, w or 百.
    ranged:     written as a range.
    """

    start: int
    end: int
    low: float
    high: float
    scaled: bool
    ranged: bool


@dataclass(frozen=True, slots=True)
class _Number:
    low: float
    high: float
    raw: float  # the figure before its scale word
    scale: int  # 1 when unscaled


def scan_amounts(text: str) -> list[Amount]:
    """All numbers and ranges of the folded text, left to right, without overlap."""
    amounts = []
    match = _TOKEN.search(text)
    while match is not None:
        end = match.end()
        first = _number(match.group())
        if first is not None:
            second, second_end = _second(text, end)
            amount = None
            if second is not None:
                low, high = _joined(first, second)
                if low is not None and high is not None:
                    scaled = first.scale > 1 or second.scale > 1
                    amount = Amount(match.start(), second_end, min(low, high), max(low, high), scaled, True)
            if amount is None:
                ranged = first.low != first.high
                amount = Amount(match.start(), end, first.low, first.high, first.scale > 1, ranged)
            amounts.append(amount)
            end = amount.end
        match = _TOKEN.search(text, end)
    return amounts


def _second(text: str, position: int) -> tuple[_Number | None, int]:
    dash = _DASH.match(text, position)
    if dash is None:
        return None, position
    token = _TOKEN.match(text, dash.end())
    if token is None:
        return None, position
    return _number(token.group()), token.end()


def _number(token: str) -> _Number | None:
    if token[0].isdigit():
        if len(token) > _MAX_DIGITS + 4:
            return None
        value = read_number(token)
        if value is None or value > 10**_MAX_DIGITS:
            return None
        scale_char = next((c for c in token if c in SCALE_VALUES), "")
        if not scale_char:
            return _Number(value, value, value, 1)
        raw = float(token.split(scale_char)[0].replace(",", "").strip())
        if raw >= 1000:  # "5200k" means 5,200 yuan
            return _Number(raw, raw, raw, 1)
        return _Number(value, value, raw, SCALE_VALUES[scale_char])
    bounds = read_chinese_bounds(token)
    if bounds is None:
        return None
    scale = max((UNIT_VALUES[c] for c in token if c in UNIT_VALUES), default=1)
    return _Number(bounds[0], bounds[1], bounds[0] / scale, scale if scale >= 100 else 1)


def _joined(first: _Number, second: _Number) -> tuple[float | None, float | None]:
    """Bounds of "first-second", giving an unscaled side the scale it borrows; None when they do not pair."""
    low, high = first.low, second.high
    if second.scale > 1 and first.scale == 1 and first.low < 100:
        # 5-7k borrows; 6-1.2万 can only mean six thousand
        borrowed = second.scale if first.low <= second.raw else second.scale // 10
        low = first.low * borrowed
    elif first.scale > 1 and second.scale == 1 and second.high < 100:
        high = second.high * first.scale
    if high <= 0 or low > high * 10 or high > max(low, 1) * 100:
        return None, None
    return low, high
