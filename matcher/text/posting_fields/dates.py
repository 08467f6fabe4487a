"""Start, need-by and validity dates, relative ones against a given moment (日期)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from matcher.clock import SHANGHAI, local_date
from matcher.text.found import Found
from matcher.text.numerals import read_number
from matcher.text.quick_search import holds_any

_TRIGGER = re.compile(
    r"\d(?:\s?月\s?\d|(?<=2)0\d\d\s?[-./年]|[./]\d{1,2}(?:[日号到至开上前截报起-]))"
)
_TRIGGER_WORDS = re.compile("[今明后本这下即立随马当月][天日早晚夜周即刻时上底]")
_TRIGGER_MONTH = re.compile("[一二三四五六七八九十]月[一二三四五六七八九十]")
_TRIGGER_REST = ("月底", "月末", "五一", "国庆", "元旦", "号")
"""No pattern below matches where neither trigger does."""
_ABSOLUTE = (
    r"(?P<year>20\d{2})\s?[-./年]\s?(?P<month>1[0-2]|0?[1-9])\s?[-./月]\s?(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s?[日号]?"
    r"|(?<![\d.\-/])(?P<month2>1[0-2]|0?[1-9])\s?(?:月\s?|[./](?=\d{1,2}(?:[日号]|到|至|开|上|前|截|报|起|-)))(?P<day2>3[01]|[12]\d|0?[1-9])(?!\d)\s?[日号]?(?!薪|[.元岁人k万千])"
    r"|(?<![一二三四五六七八九十])(?P<month3>十[一二]?|[一二三四五六七八九])月(?P<day3>三十一?|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
    r"|(?P<relative>今天(?!急?招)|今日(?!头条|水印|急|招|直招|推荐|更新)|今晚|今夜|明天|明日|明早|明晚|大后天|后天|(?:本|这|下)周[一二三四五六日末天])"
    r"|(?P<holiday>五一|国庆|元旦)(?=节?之?前|节?后|节?开)"
    r"|(?<![\d月.\-/每次])(?P<day4>3[01]|[12]\d|[1-9])号(?=[一两二三]天|当天|[上中下]午|[早晚]上?|开工|进场|到岗|上工|集合)"
    r"|(?<!\d)(?P<month5>1[0-2]|[1-9])月[底末]"
    r"|(?P<monthend>(?<![\d一二三四五六七八九十])(?:本|这个?|下个?)?月底)"
)
_DATE = re.compile(_ABSOLUTE)
_START_AFTER = re.compile(
    r"\s?(?:\([^)]{0,6}\))?\s?(?:早上|上午|下午|早|晚上|晚)?\s?(?:\d{1,2}[:点]\d{0,2})?\s?(?:正式)?(?:上工|上班|开工|到岗|入职|开始|报到|进场|上岗|干活|进厂|开干|动工|集合|出发|起(?!薪))"
)
_START_BEFORE = re.compile(
    r"(?:上工|上班|开工|到岗|入职|开始|报到|进场|上岗|动工|进厂|用工|工作|集合|工期|干活)(?:时间|日期)?\s?(?:为|是|从)?\s?[::]?\s?$"
)
_NEED_AFTER = re.compile(r"\s?(?:之?前|以前)(?:需|要|必须|能|到|招|报|确定|定|上|进|入|急|完|来|就|,|。|$)?")
_UNTIL_BEFORE = re.compile(
    r"(?:有效期|截止|截至|截止时间|截止日期|报名至|招聘至|有效至|有效期至|期限|截止到|招满|至|到)(?:时间|日期)?\s?(?:为|是|至|到)?\s?[::]?\s?$"
)
_UNTIL_AFTER = re.compile(r"\s?(?:截止|止|前有效|为止|前报名有效|到期|前截止)")
_FROM_BEFORE = re.compile(r"(?:发布|发布时间|发布日期|刷新|更新)(?:时间|日期)?\s?[::]?\s?$")
_IMMEDIATE = re.compile(
    r"即日(?:起)?(?:上岗|上班|到岗|入职|开工)|(?:随时|立即|马上|当天|即刻)(?:可?以?)?(?:上岗|上班|到岗|入职|开工|上工)"
)
_CLOCK_AFTER = re.compile(r"\s?(?:上班|(?:-{1,2}|~|到|至)\s?(?:[早晚]|下午)?\s?\d{1,2}(?:[:.点]|小时))")
"""8.30-18:00 is a clock, not the thirtieth of August."""
_PERIOD_AFTER = re.compile(r"\s?(?:-{1,2}|~|—|至|到)\s?(?:20\d\d|\d{1,2}\s?[月.日号])")
_PERIOD_BEFORE = re.compile(r"(?:有效期|有效期限|有效时间|报名时间|报名日期|报名期|报名)(?:为|是|从|自|[::])?\s?$")
_WORK_AFTER = re.compile(
    r"\s?(?:-{1,2}|~|—|至|到|、|和|[日号]?(?:[早晚夜]|凌晨|上午|中午|下午)|[一两二三四五六七\d]{1,2}天|当天|会|活动|婚|考|开|上|进|起|用|有|去|来|在|[,。;]?(?:工地|大棚|村口|地点))"
)
_NO_WORK_BEFORE = re.compile(r"(?:预产期|出生|生日|成立|截至|截止|发布|更新|报名|面试|考试|笔试|放假|发薪|工资|招聘时间|日期)[^,。;\n]{0,4}$")
_APPLY_BEFORE = re.compile(r"报名[^,。;\n]{0,8}$")
_DASH_BEFORE = re.compile(r"\s?(?:-{1,2}|~|至|到)\s?$")
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"末": 5, "天": 6}
_DAY_WORDS = {"今天": 0, "今日": 0, "今晚": 0, "今夜": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3}
_HOLIDAYS = {"五一": (5, 1), "国庆": (10, 1), "元旦": (1, 1)}
_MOST_DATES = 60
_SHORT_TEXT = 240
"""Only in a text as short as a day's job may a day be the start without a word that says so."""
_WINDOW_CHARS = 12
_END_OF_DAY = time(23, 59, 59)


@dataclass(slots=True)
class Dates:
    """Moments in UTC; a start is the day's first second in Shanghai, an end its last."""

    start_at: Found[datetime] | None = None
    need_by: Found[datetime] | None = None
    valid_from: Found[datetime] | None = None
    valid_to: Found[datetime] | None = None
    others: list[Found[date]] = field(default_factory=list)


def read_dates(text: str, now: datetime | None) -> Dates:
    """Dates of the folded text by their part in the posting. Days without a year need `now`, else they stay unknown.

    A day and month lies in the year nearest to `now`, at most six months back.
    """
    dates = Dates()
    if (
        _TRIGGER_WORDS.search(text) is None
        and _TRIGGER.search(text) is None
        and _TRIGGER_MONTH.search(text) is None
        and not holds_any(text, _TRIGGER_REST)
    ):
        return dates
    today = None if now is None else local_date(now)
    last_role = ""
    last_end = -10
    for match in islice(_DATE.finditer(text), _MOST_DATES):
        day = _day(match, today)
        if day is None:
            continue
        role = _role(text, match)
        if last_role in ("start", "valid_from") and match.start() - last_end <= 4 and role in ("", "start"):
            role = "end" if last_role == "start" else "valid_to"  # 6月1日至6月5日上工: the second day is the end of the work
        _note(dates, role, day, match)
        last_role, last_end = role, match.end()
    if dates.start_at is None and today is not None:
        soon = _IMMEDIATE.search(text)
        if soon is not None:
            dates.start_at = Found(_first_second(today), soon.start(), soon.end(), 0.7)
    return dates


def _role(text: str, match: re.Match[str]) -> str:
    before = text[max(0, match.start() - _WINDOW_CHARS) : match.start()]
    if _FROM_BEFORE.search(before) or (
        _PERIOD_BEFORE.search(before) and _PERIOD_AFTER.match(text, match.end())
    ):
        return "valid_from"
    if _APPLY_BEFORE.search(before) and re.match(r"[\d时点:]{0,6}(?:之?前|截止|止)", text[match.end() : match.end() + 10]):
        return "valid_to"
    if _UNTIL_AFTER.match(text, match.end()) or (
        _UNTIL_BEFORE.search(before) and not _DASH_BEFORE.search(before)
    ):
        return "valid_to"
    if re.search(r"(?:有效期|截止|截至|有效|报名)[^,。;\n]{0,10}(?:至|到|-|~)\s?$", before):
        return "valid_to"
    dotted = match["month2"] and "." in match.group()
    if dotted and _CLOCK_AFTER.match(text, match.end()):
        return ""
    if _START_AFTER.match(text, match.end()) or _START_BEFORE.search(before):
        return "start"
    if _NEED_AFTER.match(text, match.end()):
        return "need_by"
    if _NO_WORK_BEFORE.search(before) or _DASH_BEFORE.search(before):
        return ""
    if len(text) > _SHORT_TEXT or match["year"] or dotted:
        return ""
    return "start" if match["relative"] or match["day4"] or _WORK_AFTER.match(text, match.end()) else ""


def _note(dates: Dates, role: str, day: date, match: re.Match[str]) -> None:
    span = (match.start(), match.end(), 0.9)
    if role == "start" and dates.start_at is None:
        dates.start_at = Found(_first_second(day), *span)
    elif role == "need_by" and dates.need_by is None:
        dates.need_by = Found(_last_second(day), *span)
    elif role == "valid_to" and dates.valid_to is None:
        dates.valid_to = Found(_last_second(day), *span)
    elif role == "valid_from" and dates.valid_from is None:
        dates.valid_from = Found(_first_second(day), *span)
    else:
        dates.others.append(Found(day, *span))


def _day(match: re.Match[str], today: date | None) -> date | None:
    try:
        if match["year"]:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        if today is None:
            return None
        if match["month2"]:
            return _nearest(int(match["month2"]), int(match["day2"]), today)
        if match["month3"]:
            month, day = read_number(match["month3"]), read_number(match["day3"])
            return None if month is None or day is None else _nearest(int(month), int(day), today)
        if match["month5"]:
            first = _nearest(int(match["month5"]), 1, today)
            return _month_end(first, following=False)
        if match["holiday"]:
            return _nearest(*_HOLIDAYS[match["holiday"]], today)
        if match["day4"]:
            return _coming(int(match["day4"]), today)
    except ValueError:
        return None
    if match["monthend"]:
        return _month_end(today, following=match["monthend"].startswith("下"))
    return _relative(match["relative"], today)


def _nearest(month: int, day: int, today: date) -> date:
    this_year = date(today.year, month, day)
    if (today - this_year).days > 183:
        return date(today.year + 1, month, day)
    if (this_year - today).days > 183:
        return date(today.year - 1, month, day)
    return this_year


def _coming(day: int, today: date) -> date:
    """The next such day of a month, today included."""
    this_month = today.replace(day=1)
    following = (this_month + timedelta(days=32)).replace(day=1)
    return this_month.replace(day=day) if day >= today.day else following.replace(day=day)


def _month_end(today: date, *, following: bool) -> date:
    first = date(today.year, today.month, 1)
    for _ in range(2 if following else 1):
        first = (first + timedelta(days=32)).replace(day=1)
    return first - timedelta(days=1)


def _relative(word: str, today: date) -> date:
    if word in _DAY_WORDS:
        return today + timedelta(days=_DAY_WORDS[word])
    monday = today - timedelta(days=today.weekday())
    weeks = 1 if word[0] == "下" else 0
    return monday + timedelta(days=7 * weeks + _WEEKDAYS[word[-1]])


def _first_second(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _last_second(day: date) -> datetime:
    return datetime.combine(day, _END_OF_DAY, SHANGHAI).astimezone(UTC)
