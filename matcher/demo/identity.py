"""Numbers and names that belong to nobody (样例身份).

ID numbers carry the unassigned region code 999001 and a right check digit; phones start with 154, a prefix
no operator holds; every name begins with 样例.
"""

from __future__ import annotations

from datetime import date

REGION = "999001"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "一二三四五六七八九十百千甲乙丙丁戊己庚辛东西南北春夏秋冬"


def id_number(birth: date, number: int, *, male: bool) -> str:
    """An 18-character ID number of the fictional region; GB 11643 check digit. number: 0 to 499."""
    serial = (number % 500) * 2 + (1 if male else 0)
    body = f"{REGION}{birth:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + _ID_CHECKS[total % 11]


def credit_code(number: int) -> str:
    """An 18-character 统一社会信用代码 of the fictional region; GB 32100 and GB 11714 check digits."""
    organisation = f"DM{number:06d}"
    pairs = zip(organisation, _ORGANISATION_WEIGHTS, strict=True)
    total = sum(_ORGANISATION_ALPHABET.index(char) * weight for char, weight in pairs)
    check = 11 - total % 11
    organisation += "X" if check == 10 else "0" if check == 11 else str(check)
    body = f"92{REGION}{organisation}"
    total = sum(_CREDIT_ALPHABET.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]


def phone(number: int) -> str:
    """An 11-digit number with the unassigned prefix 154."""
    return f"154{number % 100_000_000:08d}"


def sample_name(number: int, *, surname: int) -> str:
    """样例 + surname + given name, for instance 样例王一."""
    given = _GIVEN[number % len(_GIVEN)]
    tail = _GIVEN[(number // len(_GIVEN)) % len(_GIVEN)] if number >= len(_GIVEN) else ""
    return f"样例{_SURNAMES[surname % len(_SURNAMES)]}{given}{tail}"
