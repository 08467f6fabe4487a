"""Check characters of Chinese identity numbers (校验码).

Sources: GB 11643-1999 公民身份号码; GB 32100-2015 法人和其他组织统一社会信用代码.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_ID_18 = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_ID_15 = re.compile(r"[1-9]\d{14}", re.ASCII)
_EARLIEST_BIRTH_YEAR = 1900


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A sound 公民身份号码, always in its 18-digit form. birth_date: as the number states it."""

    number: str
    birth_date: date


def id_check_character(first_17: str) -> str:
    """The 18th character that belongs to the first 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def parse_id_number(text: str, *, today: date) -> IdNumber | str:
    """The number, or in Chinese what is wrong with it.

    A 15-digit number of the first generation is brought to 18 digits as the standard says (year 19xx), so
    that the same person is found under either.
    """
    number = text.upper()
    if _ID_15.fullmatch(number):
        body = number[:6] + "19" + number[6:]
        number = body + id_check_character(body)
    elif len(number) != 18:
        return f"身份证号应为 18 位，现为 {len(number)} 位"
    elif not _ID_18.fullmatch(number):
        return "身份证号只能是 17 位数字加一位数字或 X"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "身份证号里的出生日期不存在"
    if born.year < _EARLIEST_BIRTH_YEAR or born > today:
        return "身份证号里的出生日期不合理"
    if number[17] != id_check_character(number[:17]):
        return "身份证号校验位不对，可能有一位抄错"
    return IdNumber(number, born)


def credit_check_character(first_17: str) -> str:
    """The 18th character that belongs to the first 17 of a 统一社会信用代码 (MOD 31)."""
    total = sum(
        _CREDIT_ALPHABET.index(char) * weight for char, weight in zip(first_17, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def credit_code_fault(code: str) -> str:
    """What is wrong with an upper-case 统一社会信用代码; empty when it is sound."""
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位"
    if any(char not in _CREDIT_ALPHABET for char in code):
        return "统一社会信用代码含有不允许的字符（不用 I、O、S、V、Z）"
    if code[17] != credit_check_character(code[:17]):
        return "统一社会信用代码校验位不对，可能有一位抄错"
    return ""
