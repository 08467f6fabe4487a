"""Read one cell: text, whole numbers, amounts, dates, phones (单元格).

Each reader gives the value, or a `Fault` that says what is wrong; nothing is guessed.
"""

from __future__ import annotations

import calendar
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from matcher.imports.rows import CellValue
from matcher.text.normalise import fold

LOSSY_FROM = 1e15  # a double holds 15 decimal digits for certain
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119
_NOTHING = frozenset(
    {"", "/", "\\", "-", "--", "---", "—", "——", ".", "null", "none", "nan", "n/a", "不详", "未知", "暂无"}
)
_CELL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{2,3}", re.ASCII)
_PROTECTED = re.compile(r'="?(.*?)"?', re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DATE = re.compile(
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})(?:\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?)?\s*月?"
    r"(?:[ T]*(?P<H>\d{1,2})[:时点](?P<M>\d{1,2})?(?:[:分](?P<S>\d{1,2}))?(?:\.\d+)?[秒分]?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_COMPACT_DATE = re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)")
_OPEN_ENDED = re.compile(r"长期|不限|随时|即日|面议|尽快|待定|招满为止|无|另行通知|立即|马上")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}|1\d{4}|9\d{4}", re.ASCII)
_COUNT = re.compile(
    r"约?(\d{1,7})(?:\.0+)?(?:[-~至到]\d{1,7})?(?:人|名|个|位|岗)?(?:左右|以上|以内)?", re.ASCII
)
_UNCOUNTED = re.compile(r"若干|不限|多名|数名|大量|长期")
_AMOUNT = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
DANGEROUS_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be used. code: stable; reason and fix: Chinese."""

    code: str
    reason: str
    fix: str


def text_of(cell: CellValue) -> str:
    """A cell as text: blanks trimmed, control characters dropped, "nothing" words empty, whole numbers bare.

    `="0123"` and a quote that guards a formula-like text ('=1+1) are the ways other programs keep text as
    text; the guard is taken off.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < LOSSY_FROM else repr(cell)
    if isinstance(cell, (list, dict)):
        return _nested_text(cell)
    text = _CONTROLS.sub("", str(cell)).strip(" \t\r\n\u3000\u00a0\ufeff\u200b")
    if text.startswith('="') and (protected := _PROTECTED.fullmatch(text)):
        text = protected.group(1)
    elif text.startswith("'") and text[1:2] and text[1:].startswith(DANGEROUS_STARTS):
        text = text[1:]
    return "" if text.lower() in _NOTHING else text


def _nested_text(cell: list[object] | dict[str, object]) -> str:
    if isinstance(cell, list) and all(isinstance(item, (str, int, float)) for item in cell):
        return "、".join(str(item).strip() for item in cell if str(item).strip())
    return json.dumps(cell, ensure_ascii=False)


def is_cell_error(text: str) -> bool:
    """Whether a formula left an error value there."""
    return text.upper() in _CELL_ERRORS


def digits_lost(cell: CellValue) -> bool:
    """Whether a program has turned a long number into one with 15 sound digits or scientific notation."""
    if isinstance(cell, float):
        return abs(cell) >= LOSSY_FROM
    return isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell.strip()) is not None


LOST = Fault("digits_lost", "数字被 Excel 改成了科学计数，末几位已经丢失", "这一列设为“文本”格式后重填原号码")


def became_a_date(text: str) -> bool:
    """Whether Excel made a date of something like 3-5 in a column that holds no dates."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d( 00:00:00)?", text) is not None


def read_moment(text: str, *, end_of_month: bool = False) -> datetime | date | Fault | None:
    """A date, or a datetime where a time of day is given; None for 长期, 随时 and the like.

    A month without a day counts as its first day, or its last with `end_of_month`. Days since 1899-12-30, as
    Excel counts, are taken in the range 1954 to 2119.
    """
    folded = fold(text).strip()
    if folded.isdigit() and len(folded) == 5 and int(folded) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(folded))
    match = _DATE.fullmatch(folded) or _COMPACT_DATE.fullmatch(folded)
    if match is None:
        if _OPEN_ENDED.search(folded):
            return None
        return Fault("bad_date", "看不出是哪一天", "写成 2026-03-05 这样的日期")
    parts = match.groupdict()
    try:
        return _moment(parts, end_of_month)
    except ValueError:
        return Fault("bad_date", "日期不存在", "核对年、月、日")


def _moment(parts: dict[str, str | None], end_of_month: bool) -> datetime | date:
    year, month = int(parts["y"] or 0), int(parts["m"] or 0)
    if not 1900 <= year <= 2100:
        raise ValueError("year out of range")
    last_day = calendar.monthrange(year, month)[1]
    day = int(parts["d"] or (last_day if end_of_month else 1))
    if not parts.get("H"):
        return date(year, month, day)
    moment = datetime(year, month, day, int(parts["H"] or 0), int(parts["M"] or 0), int(parts.get("S") or 0))
    zone = parts.get("zone")
    return datetime.fromisoformat(moment.isoformat() + (zone.replace("Z", "+00:00") if zone else "+08:00"))


def read_count(text: str) -> int | Fault | None:
    """A number of people: 5, 5人, 5-10人 (the lower); None for 若干, 不限."""
    folded = fold(text).replace(" ", "").replace(",", "")
    match = _COUNT.fullmatch(folded)
    if match is None:
        if _UNCOUNTED.search(folded):
            return None
        return Fault("bad_count", "不是人数", "写成整数，如 5")
    return int(match.group(1))


def read_number(text: str) -> float | Fault:
    """A plain number; thousands marks and a trailing 元 are allowed."""
    folded = fold(text).replace(",", "").replace(" ", "").removesuffix("元")
    if not _AMOUNT.fullmatch(folded):
        return Fault("bad_number", "不是数字", "只填数字")
    return float(folded)


def read_phone(text: str) -> str | Fault:
    """The phone numbers in a cell, joined with 、; every one must be whole."""
    folded = re.sub(r"[\s()]", "", fold(re.sub(r"[—–]", "-", text)))
    folded = re.sub(r"(^|[/,、;；])\+?86-?(?=1[\d-]{10,12}($|[/,、;；]))", r"\1", folded)
    if "*" in folded or "[" in folded:
        return Fault("masked_phone", "电话号码被打了星号，无法拨打", "填写完整号码")
    numbers = [part for part in re.split(r"[/,、;；|或]", folded) if part]
    for number in numbers:
        mobile = re.sub(r"-", "", number)
        if not _MOBILE.fullmatch(mobile) and not _LANDLINE.fullmatch(number):
            length = len(re.sub(r"\D", "", number))
            return Fault(
                "bad_phone", f"不是电话号码（{length} 位数字）", "手机号 11 位；座机如 0311-12345678"
            )
    return "、".join(re.sub("-", "", n) if _MOBILE.fullmatch(n.replace("-", "")) else n for n in numbers)
