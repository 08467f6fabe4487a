"""Numbers and ranges of numbers that could be amounts of money, before anyone asks whether they are (数额).

INVARIANTS: the scan moves forward only, every pattern is bounded, so the cost is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from matcher.text.numerals import DIGIT_VALUES, SCALE_VALUES, UNIT_VALUES, read_chinese_bounds, read_number

_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,3}(?![\d,])|\d+)(?:\.\d{1,2}(?!\d))?"
_TRAILING = r"(?:\d[千百]?|\d{3,4})(?![\d.:kw千万百人名个天日月年岁点时小薪险倍位班号元块]|元)"
_SCALED = rf"{_DIGITS}(?:\s?(?:[千万仟百]|[kw](?![a-z]))(?:{_TRAILING}|\d[千百](?=[元块\s])|\d(?=[元块]))?)?"
# a 一 that opens a unit is no digit: 两百一天 is 200 a day
_ONE_OF = (
    "(?!(?<!十)(?<!一[条把件个只根套箱袋串捆斤包筐盘])一块(?![一二两三四五六七八九半1-9](?![十百千元块\\d]))"
    "|(?<=[砖石板])一块(?=[1-9一二两三四五六七八九]毛)|一块(?=[1-9一二两三四五六七八九]分)"
    "|一(?:天|个|小时|件|单|次|趟|平|周|年|晚|班|工|星期|台|场|吨|车|斤|条|月|份|日|整天|人|亩|棵|袋|箱|桶|米|方|套|只|节|票|瓶|户|结))"
)
_CHINESE = rf"[一二两三四五六七八九十壹贰叁肆伍陆柒捌玖](?:{_ONE_OF}(?!零[工花食])[一二两三四五六七八九十百千万零〇点半壹贰叁肆伍陆柒捌玖拾佰仟]){{0,15}}"
_TOKEN = re.compile(rf"{_ONE_OF}(?:{_SCALED}|{_CHINESE})")
_FIRST_CHAR = re.compile(r"[0-9一二两三四五六七八九十壹贰叁肆伍陆柒捌玖]")
_NEVER_BEFORE = frozenset("、)岁%年点:人名位级定险种金门致维届倍些")
_NO_COMMA = re.compile(r"\d+(?:\.\d{1,2}(?!\d))?")
_JOINED_BEFORE = re.compile(r"\d[:.~-]$")
_SMALL = re.compile(
    rf"[毛角](?:{_ONE_OF}(?P<fifth>[1-9一二三四五六七八九])(?![\d十百千万个小时天.]))?分?钱?|(?P<cent>分钱)"
    r"|分(?P<half_cent>[1-9一二三四五六七八九半])(?=$|[,。;、\s])"
    rf"|块钱?{_ONE_OF}(?P<tenth>[1-9一二两三四五六七八九半])(?![\d十百千万个小时天.])(?:[毛角]钱?)?|元(?P<jiao>[1-9一二两三四五六七八九])[毛角]"
)
_ONE_THING = re.compile(r"[一每1](?:[个件只条块根张片双颗粒]|[件只条块根片双颗粒][一-龥]{1,3})$")
_CENTS = re.compile(r"分(?![钟之\d一-龥])")
_DASH = re.compile(
    r"\s{0,2}(?:元|块钱?|rmb)?\s?(?:/?(?:月|天|日|小时|时|h|年))?\s{0,2}(?:[-~]{1,4}|…{1,2}|到|至|一\s?(?=\d))\s{0,2}[¥￥]?"
)
_NEIGHBOUR = re.compile(r"、(?P<digit>[二三四五六七八九])(?=元|块|/|每|一(?:天|日|晚|班|工|个|小时|月)|$)")
_CHINESE_TAIL = re.compile(r"[一二两三四五六七八九][一二两三四五六七八九十百千万零]{0,6}[百千万]$")
"""一百六、七一天 is 160 to 170 a day."""
_MAX_DIGITS = 9
MAX_AMOUNTS = 64
"""Amounts read from one text; real postings hold at most a few dozen."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One number or range in the folded text.

    low, high:  values, equal for a single number.
    scaled:     says 千, 万, k, w or 百.
    ranged:     written as a range.
    yuan:       a money word is part of it (5毛, 22块5).
    """

    start: int
    end: int
    low: float
    high: float
    scaled: bool
    ranged: bool
    yuan: bool = False


@dataclass(frozen=True, slots=True)
class _Number:
    low: float
    high: float
    raw: float  # the figure before its scale word
    scale: int  # 1 when unscaled


def scan_amounts(text: str) -> list[Amount]:
    """All numbers and ranges of the folded text, left to right, without overlap."""
    amounts: list[Amount] = []
    at = _FIRST_CHAR.search(text)
    while at is not None and len(amounts) < MAX_AMOUNTS:
        match = _TOKEN.match(text, at.start())
        if match is None:
            at = _FIRST_CHAR.search(text, at.end())
            continue
        end = match.end()
        width, after = end - match.start(), text[end : end + 1]
        scaled_list = after == "、" and text[end - 1] in UNIT_VALUES  # 技工四百、小工二百
        if (width <= 2 and after in _NEVER_BEFORE and not scaled_list) or (width == 1 and after == "."):
            at = _FIRST_CHAR.search(text, end)  # 1、 45岁 8点: most numbers of a posting, dropped cheaply
            continue
        if "," in match.group() and _JOINED_BEFORE.search(text, max(0, match.start() - 2), match.start()):
            # 17:30,190元 is a time and an amount, not 30,190
            match = _NO_COMMA.match(text, match.start()) or match
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
            amount = _with_small_money(text, amount)
            amounts.append(amount)
            end = amount.end
        at = _FIRST_CHAR.search(text, end)
    return amounts


def _second(text: str, position: int) -> tuple[_Number | None, int]:
    neighbour = _NEIGHBOUR.match(text, position)
    if neighbour is not None and DIGIT_VALUES.get(text[position - 1], 9) + 1 == DIGIT_VALUES[neighbour["digit"]]:
        start = max(0, position - 6)
        stem = _CHINESE_TAIL.search(text, start, position - 1)
        return (None if stem is None else _number(stem.group() + neighbour["digit"])), neighbour.end()
    dash = _DASH.match(text, position)
    if dash is None:
        return None, position
    token = _TOKEN.match(text, dash.end())
    if token is None:
        return None, position
    if "," in token.group() and text[position - 4 : position - 3] != ",":
        token = _NO_COMMA.match(text, dash.end()) or token
    return _number(token.group()), token.end()


def _with_small_money(text: str, amount: Amount) -> Amount:
    """5毛 is half a yuan, 二毛五 is 0.25, 22块5 and 22块5毛 are 22.5."""
    match = _SMALL.match(text, amount.end)
    if match is None:
        return _cents_apiece(text, amount)
    if match["cent"]:
        return replace(amount, end=match.end(), low=amount.low / 100, high=amount.high / 100, yuan=True)
    if match["half_cent"]:
        return _with_half_cent(amount, match)
    tenth_of = match["tenth"] or match["jiao"]
    if tenth_of is None:
        cents = (read_number(match["fifth"]) or 0) / 100 if match["fifth"] else 0
        low, high = round(amount.low / 10 + cents, 4), round(amount.high / 10 + cents, 4)
        return replace(amount, end=match.end(), low=low, high=high, yuan=True)
    tenth = 0.5 if tenth_of == "半" else (read_number(tenth_of) or 0) / 10
    return replace(amount, end=match.end(), low=amount.low + tenth, high=amount.high + tenth, yuan=True)


def _cents_apiece(text: str, amount: Amount) -> Amount:
    """一个2分 is two hundredths of a yuan; 2分 alone may be a mark."""
    if amount.high >= 10 or _ONE_THING.search(text, max(0, amount.start - 5), amount.start) is None:
        return amount
    if _CENTS.match(text, amount.end) is None:
        return amount
    return replace(amount, end=amount.end + 1, low=amount.low / 100, high=amount.high / 100, yuan=True)


def _with_half_cent(amount: Amount, match: re.Match[str]) -> Amount:
    """三分五 is 0.035; 八十分五 is no money."""
    if amount.high >= 10:
        return amount
    tail = 0.5 if match["half_cent"] == "半" else (read_number(match["half_cent"]) or 0) / 10
    low, high = (amount.low + tail) / 100, (amount.high + tail) / 100
    return replace(amount, end=match.end(), low=low, high=high, yuan=True)


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
        if raw >= 1000:  # "5200k" means 5,200 yuan; 3000万 is turnover or parcels
            return _Number(raw, raw, raw, 1) if scale_char == "k" else None
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
        # 5-7k borrows; 6-1.2万 can only mean six thousand; 八十到一百二 is what it says
        if first.low <= second.raw:
            low = first.low * second.scale
        elif first.low < 10:
            low = first.low * (second.scale // 10)
    elif first.scale > 1 and second.scale == 1 and second.high < 100:
        high = second.high * first.scale
    if high <= 0 or low > high * 10 or high > max(low, 1) * 100:
        return None, None
    return low, high
