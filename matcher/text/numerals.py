"""Arabic, Chinese and mixed numerals as people write them in postings (数词).

六千五 is 6,500 and 一万二 is 12,000: a last digit without its unit counts for the next lower unit. 七八千 is a
range. 几千 and 大几千 name no number and read as None.
"""

from __future__ import annotations

DIGIT_VALUES = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
UNIT_VALUES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10000}
SCALE_VALUES = {"k": 1000, "千": 1000, "仟": 1000, "w": 10000, "万": 10000, "百": 100}
MAX_NUMERAL_CHARS = 16
"""Longer runs are serial numbers or noise, never an amount."""


def read_chinese(text: str) -> float | None:
    """Value of a Chinese numeral such as 一万零五百, 六千五, 一点五万, 两万半; None when it is not one."""
    if not text or len(text) > MAX_NUMERAL_CHARS:
        return None
    if "点" in text:
        return _read_decimal(text)
    if text[-1] == "半":
        return _read_with_half(text[:-1])
    return _read_whole(text)


def _read_decimal(text: str) -> float | None:
    """一点五, 一点二万: digits after 点, then at most one unit."""
    whole_text, _, rest = text.partition("点")
    scale = 1
    if rest and rest[-1] in UNIT_VALUES:
        scale, rest = UNIT_VALUES[rest[-1]], rest[:-1]
    whole = _read_whole(whole_text)
    if whole is None or not rest or any(c not in DIGIT_VALUES for c in rest):
        return None
    fraction: float = sum(DIGIT_VALUES[c] / 10 ** (i + 1) for i, c in enumerate(rest))
    return round(float(whole + fraction) * scale, 6)


def _read_with_half(text: str) -> float | None:
    """两万半 = 25,000: half of the last unit on top."""
    value = _read_whole(text)
    if value is None:
        return None
    return value + (UNIT_VALUES[text[-1]] / 2 if text[-1] in UNIT_VALUES else 0.5)


def _read_whole(text: str) -> float | None:
    total = section = 0
    digit: int | None = None
    last_unit = 1
    after_zero = False
    for char in text:
        if char in DIGIT_VALUES:
            value = DIGIT_VALUES[char]
            if digit is not None and not (digit == 0 and after_zero):
                return None
            digit, after_zero = value, value == 0
            if value == 0:
                last_unit = 1
        elif char == "万":
            section += digit or 0
            if section == 0 or total:
                return None
            total, section, digit, last_unit, after_zero = section * 10000, 0, None, 10000, False
        elif char in UNIT_VALUES:
            unit = UNIT_VALUES[char]
            if digit is None and unit != 10:
                return None
            section += (1 if digit is None else digit) * unit
            digit, last_unit, after_zero = None, unit, False
        else:
            return None
    if digit:
        section += digit * (last_unit // 10 if last_unit >= 100 else 1)
    return float(total + section) if text else None


def read_chinese_bounds(text: str) -> tuple[float, float] | None:
    """Lower and upper value: equal for a plain numeral, apart for 七八千 or 一万二三; None when unreadable."""
    plain = read_chinese(text)
    if plain is not None:
        return plain, plain
    for i in range(min(len(text), MAX_NUMERAL_CHARS) - 1):
        low, high = DIGIT_VALUES.get(text[i]), DIGIT_VALUES.get(text[i + 1])
        if low and high and low < high:
            first = read_chinese(text[: i + 1] + text[i + 2 :])
            second = read_chinese(text[:i] + text[i + 1 :])
            return (first, second) if first is not None and second is not None else None
    return None


def read_number(text: str) -> float | None:
    """Value of 6500, 6,500, 6.5k, 1万2, 1万2千, 6千5 or a Chinese numeral; None when it is none of them."""
    text = text.strip().replace(",", "").replace(" ", "")
    if not text or len(text) > MAX_NUMERAL_CHARS:
        return None
    if not text[0].isascii() or not text[0].isdigit():
        return read_chinese(text)
    total, number, last_scale = 0.0, "", 1
    for char in text:
        if char in "0123456789.":
            number += char
        elif char in SCALE_VALUES and _is_decimal(number):
            last_scale = SCALE_VALUES[char]
            total += float(number) * last_scale
            number = ""
        else:
            return None
    if number:
        if not _is_decimal(number):
            return None
        colloquial = last_scale > 1 and len(number) == 1
        total += float(number) * (last_scale / 10 if colloquial else 1)
    return total


def _is_decimal(text: str) -> bool:
    return text.count(".") <= 1 and text.replace(".", "").isdigit() and text[0] != "." and text[-1] != "."
