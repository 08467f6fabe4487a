"""From which day and at what hours a person can work (什么时候能干)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.text.found import Found
from matcher.text.numerals import read_number
from matcher.text.utterance_fields.scope import Scope

_HOUR_NUM = r"(?:[01]?\d|2[0-4]|[一二三四五六七八九十两]{1,2})"
_PART = r"(?P<{0}>早上|早晨|上午|早|中午|下午|晚上|晚|夜里|傍晚)?"


def _time(name: str) -> str:
    """Pattern of a clock time whose groups are h and m with `name`."""
    return rf"(?P<h{name}>{_HOUR_NUM})\s?(?:[点时:](?P<m{name}>半|[0-5]\d)?分?钟?)?"


_SPAN = re.compile(
    _PART.format("pa")
    + _time("a")
    + r"\s?(?:到|至|-|~|晚|来)\s?"
    + _PART.format("pb")
    + _time("b")
    + r"(?![\d岁元块个天年公里分人百千万k])"
)
_FROM = re.compile(_PART.format("p") + rf"(?P<h>{_HOUR_NUM})\s?[点时:](?P<m>半|[0-5]\d)?分?钟?\s?(?:以后|之后|往后|后)")
_UNTIL = re.compile(
    _PART.format("p") + rf"(?P<h>{_HOUR_NUM})\s?[点时:](?P<m>半|[0-5]\d)?分?钟?\s?(?:以前|之前|前|得|要|必须)"
    r"(?:就)?(?:得|要|必须)?(?:去)?(?:接|走|回|到家|下班|放学|赶回)"
)
_WEEKEND = re.compile(r"(?:周末|周六周?日|礼拜六礼拜天|星期六星期天|双休日)(?!休息|双休|不)(?:兼职|能|有空|可以|有时间|才|都|上|干|做|的活|两天)")
_AFTERNOON = frozenset({"下午", "晚上", "晚", "傍晚", "夜里"})

_DAYS = (("大后天", 3), ("后天", 2), ("明天", 1), ("明日", 1), ("明早", 1), ("明儿", 1))
_DAY_WORD = re.compile(r"大后天|后天|明天|明日|明早|明儿个?")
_TODAY = re.compile(
    r"(?:今天(?:上午|中午|下午|晚上)?|今儿个?|今晚|现在|眼下|这会儿?)(?:就|立马|马上)?(?:能|可以|就)(?!□)(?:干|上|去|走|过去|过来|到|开工|来|做|开始|上班|上岗|入职"
    r"|找|出)|今天有[活啥没]|今天(?:就|能|有没有|干|缺|招)"
    r"|(?:马上|立马|立即|随时|即刻|立刻)(?:就)?(?:都)?(?:能|可以|可)?(?:上岗|上班|到岗|干|去|入职|走|上工|开工|上手)|随叫随到|随时(?:能|都|可以|可)"
)
_WEEKDAY = re.compile(r"(?P<next>下下?|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?![日天]|一结|结)")
_MONTH_END = re.compile(r"(?P<next>下个?)?月底")
_NEXT_MONTH = re.compile(r"下个?月(?!底)(?:(?P<day>\d{1,2}|[一二三]?十?[一二三四五六七八九十]?)[号日])?")
_DATE = re.compile(
    r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?P<day>3[01]|[12]\d|0?[1-9]|[二三]?十[一二三四五六七八九]?"
    r"|[一二三四五六七八九])[号日]?(?!薪)"
)
_STARTS_AFTER = re.compile(r"[^,。;!]{0,4}?(?:开始|以后|之后|起|能|才|可以|上班|到岗|上岗|有空|就|去|后|上工|上)")
_ENDS_AFTER = re.compile(r"(?:结|发|以前|之前|前|就走|得走|要走|要回|结束)")
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6}


@dataclass(frozen=True, slots=True)
class FreeTime:
    """Hours they can work. start/end: minutes after midnight, None = open; weekend: Saturday and Sunday only."""

    start: int | None = None
    end: int | None = None
    weekend: bool = False


def read_start(scope: Scope, today: date | None) -> Found[date] | None:
    """First day they can work; None without `today`, except that nothing is guessed."""
    if today is None:
        return None
    for read in (_today, _day_word, _weekday, _month, _date):
        found = read(scope, today)
        if found is not None:
            return found
    return None


def _today(scope: Scope, today: date) -> Found[date] | None:
    match = _TODAY.search(scope.text)
    return None if match is None else Found(today, match.start(), match.end(), 0.9)


def _day_word(scope: Scope, today: date) -> Found[date] | None:
    match = _DAY_WORD.search(scope.text)
    if match is None:
        return None
    days = next(n for word, n in _DAYS if match[0].startswith(word))
    return Found(today + timedelta(days=days), match.start(), match.end(), 0.9)


def _weekday(scope: Scope, today: date) -> Found[date] | None:
    for match in _WEEKDAY.finditer(scope.text):
        if _ENDS_AFTER.match(scope.after(match.end())) or not (match["next"] or _STARTS_AFTER.match(scope.after(match.end()))):
            continue
        monday = today - timedelta(days=today.weekday())
        weeks = len(match["next"]) if match["next"] and match["next"][0] == "下" else 0
        day = monday + timedelta(days=7 * weeks + _WEEKDAYS[match["day"]])
        if day < today:
            day += timedelta(days=7)
        return Found(day, match.start(), match.end(), 0.85)
    return None


def _month(scope: Scope, today: date) -> Found[date] | None:
    end = _MONTH_END.search(scope.text)
    if end is not None and not _ENDS_AFTER.match(scope.after(end.end())):
        first = _first_of_next(today)
        if end["next"]:
            first = _first_of_next(first)
        return Found(first - timedelta(days=1), end.start(), end.end(), 0.8)
    following = _NEXT_MONTH.search(scope.text)
    if following is None or _ENDS_AFTER.match(scope.after(following.end())):
        return None
    first = _first_of_next(today)
    number = read_number(following["day"]) if following["day"] else 1
    day = _safe_date(first.year, first.month, int(number or 1)) or first
    return Found(day, following.start(), following.end(), 0.8)


def _date(scope: Scope, today: date) -> Found[date] | None:
    for match in _DATE.finditer(scope.text):
        month, number = read_number(match["month"]), read_number(match["day"])
        if month is None or number is None or _ENDS_AFTER.match(scope.after(match.end())):
            continue
        day = _safe_date(today.year, int(month), int(number))
        if day is not None and day < today:
            day = _safe_date(today.year + 1, int(month), int(number))
        if day is not None:
            return Found(day, match.start(), match.end(), 0.85)
    return None


def _first_of_next(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_free_times(scope: Scope) -> list[Found[FreeTime]]:
    """Hours and days they are free: 九点到下午四点, 四点半得去接, 晚上八点以后, 周末."""
    found: list[Found[FreeTime]] = []
    span = _work_span(scope)
    until = _UNTIL.search(scope.text)
    after = _FROM.search(scope.text)
    if span is not None:
        found.append(span)
    elif until is not None:
        end = _minute(until["p"], until["h"], until["m"], afternoon=True)
        if end is not None:
            found.append(Found(FreeTime(None, end), until.start(), until.end(), 0.85))
    elif after is not None:
        start = _minute(after["p"], after["h"], after["m"], afternoon=False)
        if start is not None:
            found.append(Found(FreeTime(start, None), after.start(), after.end(), 0.85))
    weekend = _WEEKEND.search(scope.text)
    if weekend is not None:
        found.append(Found(FreeTime(weekend=True), weekend.start(), weekend.end(), 0.9))
    return found


def _work_span(scope: Scope) -> Found[FreeTime] | None:
    for match in _SPAN.finditer(scope.text):
        worded = match["pa"] or match["pb"] or match["ma"] or match["mb"] or "点" in match[0] or ":" in match[0]
        if not worded:
            continue
        start = _minute(match["pa"], match["ha"], match["ma"], afternoon=False)
        dash = "晚" in match[0][len(match["pa"] or "") :]
        end = _minute(match["pb"], match["hb"], match["mb"], afternoon=dash)
        if start is None or end is None:
            continue
        if end <= start and end < 720:
            end += 720
        if end > start:
            return Found(FreeTime(start, end), match.start(), match.end(), 0.85)
    return None


def _minute(part: str | None, hour: str, minute: str | None, *, afternoon: bool) -> int | None:
    number = read_number(hour)
    if number is None or number > 24:
        return None
    whole = int(number)
    late = part in _AFTERNOON or (afternoon and part is None)
    if late and whole < 12 and (part in _AFTERNOON or whole <= 7):
        whole += 12
    if minute is None:
        rest = 0
    elif minute == "半":
        rest = 30
    else:
        rest = {"一刻": 15, "三刻": 45}.get(minute, int(minute) if minute.isdigit() else 0)
    total = whole * 60 + rest
    return total if total <= 1440 else None
