"""What each canonical field must look like on its own (字段检查).

A check takes the cell's text and gives the canonical value, None for "not said", or a Fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from matcher.domain.service_terms import ConsentPurpose
from matcher.imports.cells import (
    Fault,
    became_a_date,
    read_count,
    read_moment,
    read_number,
    read_phone,
)
from matcher.imports.checksums import IdNumber, credit_code_fault, parse_id_number
from matcher.imports.vocabulary import (
    CLOSED,
    UNSAID,
    allowed_codes,
    code_of,
    mentioned_code,
    mentions_code,
)
from matcher.text.normalise import fold

Check = Callable[[str], object]

KEPT_AS_TEXT = frozenset(
    {"id_number", "phone", "contact_phone", "external_id", "credit_code", "household_no"}
)
"""Long numbers that Excel spoils when they are not text."""

READ_HERE_ALONE = frozenset({"employer_kind", "job_status", "phone_owner", "contact_pref", "literacy"})
"""Closed fields that no parser reads after us."""

FATAL_WHEN_WRONG = frozenset({"id_number", "external_id", "source", "title"})
"""Without these a row cannot be told from another, or is no row at all: it is set aside."""

NO_DATES_HERE = frozenset(
    {"pay_text", "pay_floor", "age", "experience", "hours_per_day", "headcount", "shift"}
)
LONGEST_TITLE_CHARS = 200
LONGEST_KEY_CHARS = 80
LONGEST_SOURCE_CHARS = 39  # source and number together make the posting id
LONGEST_TEXT_CHARS = 20_000
LARGEST_HEADCOUNT = 100_000
LARGEST_PAY_YUAN = 10_000_000
NO_DEGREE = 0.5  # exports write 0, or 0 moved by a change of datum, for an unknown place
CHINA_LAT, CHINA_LNG = (3.0, 54.0), (73.0, 136.0)
_YES = re.compile(r"是|愿意|愿|同意|已同意|已授权|授权|可以|能|√|✓|有|1|true|yes|y", re.I)
_NO = re.compile(r"否|不愿意|不愿|不同意|未同意|未授权|不可以|不能|不|×|x|无|没有|0|false|no|n", re.I)
_FOREIGN_ID = re.compile(r"[A-Z]{1,3}\d{6,10}", re.ASCII)


def check_title(text: str) -> object:
    """A title of 200 characters is not a title."""
    if len(text) > LONGEST_TITLE_CHARS:
        return Fault("long_title", f"岗位名称有 {len(text)} 个字，可能是列错位", "核对这一行各列是否对齐")
    return text


def check_external_id(text: str) -> object:
    """A number of the source, at most 80 characters."""
    if len(text) > LONGEST_KEY_CHARS:
        return Fault("long_key", f"编号有 {len(text)} 个字，可能是列错位", "核对这一行各列是否对齐")
    return text


def check_source(text: str) -> object:
    """The name of a source, at most 39 characters."""
    if len(text) > LONGEST_SOURCE_CHARS:
        return Fault("long_source", f"来源名称有 {len(text)} 个字", f"最多 {LONGEST_SOURCE_CHARS} 个字")
    return text


def id_number_check(today: date) -> Check:
    """Check for 身份证号 as of `today`; passports and the like are left unknown."""

    def check(text: str) -> object:
        number = re.sub(r"[\s\-]", "", fold(text)).upper()
        if _FOREIGN_ID.fullmatch(number):
            return None
        parsed = parse_id_number(number, today=today)
        if isinstance(parsed, IdNumber):
            return parsed.number
        return Fault("bad_id_number", parsed, "对照身份证原件更正；没有号码可留空")

    return check


def check_credit_code(text: str) -> object:
    """A sound 统一社会信用代码."""
    code = re.sub(r"[\s\-]", "", fold(text)).upper()
    fault = credit_code_fault(code)
    return Fault("bad_credit_code", fault, "对照营业执照更正；没有可留空") if fault else code


def check_headcount(text: str) -> object:
    """People wanted, 1 to 100,000."""
    count = read_count(text)
    if isinstance(count, int) and not 1 <= count <= LARGEST_HEADCOUNT:
        return Fault("bad_count", "招聘人数不合理", "写成整数，如 5")
    return count


def check_age(text: str) -> object:
    """A worker's age in whole years, 14 to 100."""
    number = read_number(text.removesuffix("岁").removesuffix("周岁"))
    if isinstance(number, float) and number.is_integer() and 14 <= number <= 100:
        return int(number)
    return Fault("bad_age", "年龄不合理", "填 14 到 100 的整数，或改填出生日期")


def bounded_number_check(low: float, high: float, what: str) -> Check:
    """Check for a plain number above `low` and up to `high`; other text is left to the parsers."""

    def check(text: str) -> object:
        number = read_number(text)
        if isinstance(number, Fault):
            return text
        if not low < number <= high:
            return Fault("out_of_range", f"{what}不合理", f"应在 {low:g} 到 {high:g} 之间")
        return int(number) if number.is_integer() else number

    return check


def degree_check(bounds: tuple[float, float], what: str) -> Check:
    """Check for a coordinate within China."""

    def check(text: str) -> object:
        number = read_number(text)
        if isinstance(number, Fault):
            return Fault("bad_degree", f"{what}不是数字", "填十进制度数，如 39.04")
        if abs(number) < NO_DEGREE:
            return None
        if not bounds[0] <= number <= bounds[1]:
            return Fault("outside_china", f"{what}不在中国范围内", "核对经纬度是否写反")
        return number

    return check


def date_check(*, end_of_month: bool = False, past_only: date | None = None) -> Check:
    """Check for a date or time, given on as ISO text; `past_only` refuses days after it."""

    def check(text: str) -> object:
        moment = read_moment(text, end_of_month=end_of_month)
        if moment is None or isinstance(moment, Fault):
            return moment
        if past_only is not None and moment.isoformat()[:10] > past_only.isoformat():
            return Fault("future_date", "日期在今天之后", "核对年份")
        return moment.isoformat()

    return check


def closed_check(key: str) -> Check:
    """Check for a field of fixed codes. Text that mentions a known word goes on to the parsers as it is."""

    def check(text: str) -> object:
        code = code_of(key, text)
        if code is not None:
            return None if code == UNSAID else code
        if key in READ_HERE_ALONE:
            code = mentioned_code(key, text)
            if code is not None:
                return None if code == UNSAID else code
        elif mentions_code(key, text):
            return text
        return Fault("unknown_code", "不在允许的取值里", f"可用：{allowed_codes(key)}")

    return check


def check_categories(text: str) -> object:
    """Codes of the assistance categories named; one unknown word makes the whole cell a fault."""
    codes = []
    for word in re.split(r"[、,，;；/|\s]+", fold(text)):
        code = code_of("categories", word) if word else UNSAID
        if code is None:
            code = mentioned_code("categories", word)
        if code is None:
            return Fault("unknown_code", f"没有“{word[:20]}”这个类别", f"可用：{allowed_codes('categories')}")
        if code != UNSAID:
            codes.append(code)
    return list(dict.fromkeys(codes)) or None


def check_yes_no(text: str) -> object:
    """True, False, or the text itself where it says more than yes or no."""
    if _YES.fullmatch(text):
        return True
    return False if _NO.fullmatch(text) else text


def check_consent(text: str) -> object:
    """Purposes agreed to; a plain yes covers matching only, as consent is per purpose."""
    if _NO.fullmatch(text):
        return []
    named = [purpose.value for purpose in ConsentPurpose if purpose.label in text or purpose.value in text]
    if named:
        return named
    if _YES.fullmatch(text):
        return [ConsentPurpose.MATCHING.value]
    return Fault("bad_consent", "看不出是否同意", "填“是”或“否”，或写明同意的事项")


def check_pay_amount(text: str) -> object:
    """A bound of pay in yuan, up to ten million."""
    number = read_number(text)
    if number == 0:
        return None  # 0 stands for 面议 in exports
    if isinstance(number, float) and not 0 <= number <= LARGEST_PAY_YUAN:
        return Fault("bad_pay", "工资金额不合理", "核对金额和单位")
    return number


def checks(today: date) -> dict[str, Check]:
    """Canonical key → check; keys without one are free text."""
    table: dict[str, Check] = {key: closed_check(key) for key in CLOSED if key != "categories"}
    table |= {
        "title": check_title,
        "external_id": check_external_id,
        "source": check_source,
        "id_number": id_number_check(today),
        "credit_code": check_credit_code,
        "phone": read_phone,
        "contact_phone": read_phone,
        "headcount": check_headcount,
        "pay_min_yuan": check_pay_amount,
        "pay_max_yuan": check_pay_amount,
        "lat": degree_check(CHINA_LAT, "纬度"),
        "lng": degree_check(CHINA_LNG, "经度"),
        "hours_per_day": bounded_number_check(0, 24, "每天工时"),
        "days_per_month": bounded_number_check(0, 31, "每月天数"),
        "max_minutes": bounded_number_check(0, 600, "通勤分钟数"),
        "birth_date": date_check(end_of_month=True, past_only=today),
        "unemployed_since": date_check(past_only=today),
        "start_at": date_check(),
        "need_by": date_check(end_of_month=True),
        "valid_from": date_check(),
        "valid_to": date_check(end_of_month=True),
        "published_at": date_check(),
        "verified_at": date_check(),
        "categories": check_categories,
        "no_phone": check_yes_no,
        "out_of_town": check_yes_no,
        "consent": check_consent,
    }
    return table


EXCEL_DATE = Fault("excel_date", "Excel 把这一格自动变成了日期", "这一列设为“文本”格式后重填，如 3000-5000")


def is_spoilt_by_excel(key: str, text: str) -> bool:
    """Whether a date stands where no date can be."""
    return key in NO_DATES_HERE and became_a_date(text)
