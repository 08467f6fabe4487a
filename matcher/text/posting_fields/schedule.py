"""Hours a day and days a month (工时与月休)."""

from __future__ import annotations

import re

from matcher.text.found import Found
from matcher.text.numerals import read_number
from matcher.text.quick_search import holds_any

_NUM = r"(?:\d{1,2}(?:\.\d)?|[一二两俩仨三四五六七八九十]{1,3})"
_HOURS = re.compile(
    rf"(?P<low>{_NUM})\s?(?:个?小时|h)?\s?(?:(?:-|~|到|至)\s?(?P<high>{_NUM})\s?)?(?:个半?小时|小时|h(?![a-z0-9])|个钟头?|钟头|工时)(?:/天|/日)?"
)
_HOURS_LABEL = re.compile(r"每[天日]|一天|上班|工作时间|工时|日工作|[天日]$|五天|5天|工作|上|干|班|制")
_NOT_WORKING_HOURS = re.compile(
    r"(?:24|7[*x×]24|二十四)\s?(?:个?小时|h)|热水|加班|休息|歇|培训|试工|试岗|午休|面试|响应|路程|车程|内到|以内|提前|实习|课|每周|一周|每月|累计|值守|每次|一次"
)
_PAY_BEFORE = re.compile(r"(?:/|元|每|一个?|块|1)$")
_H_AFTER_DIGIT = re.compile(r"h(?<=\dh)(?![a-z0-9])")
_CLOCK_TRIGGERS = (
    re.compile(r"[\d一二两三四五六七八九十](?:\s?[:点时]|\.[0-5]0)"),
    re.compile(r"[早朝晚午晨班]\s?[\d一二三四五六七八九十]"),
    re.compile(r"间[:：]?\s?\d{1,2}\s?[-~到至]"),
)
_SPAN = re.compile(
    r"(?<!\d[:./\-])(?<![\d元])(?P<pa>上午|早上|早晨|早班|早|下午|晚上|晚班|晚|中午|凌晨|朝)?\s?(?P<ha>[01]?\d|2[0-4]|[一二两三四五六七八九十]{1,2})\s?(?P<ma>[:.点时](?:[0-5]\d|半)?分?)?\s?(?:上班)?"
    r"\s?(?P<dash>[-~—]{1,3}|(?:干|上|忙|做)?(?:到|至)|晚(?=[\d一二三四五六七八九十])|(?<=[点时半\d])下午|(?<=[点时半\d])晚上|,下午|,晚上)\s?"
    r"(?P<pb>上午|早上|早晨|早|下午|晚上|晚|中午|凌晨|次日早上|次日|第二天早上|第二天|翌日)?\s?(?P<hb>[01]?\d|2[0-4]|[一二两三四五六七八九十]{1,2})\s?(?P<mb>[:.点时](?:[0-5]\d|半)?分?|半(?!小时|个|天))?"
    r"(?![\d.]|\s?(?:岁|元|人|个|天|年|k|万|千|名|月|%|块|公|小时|周|米|级|单|项|次|h|日|点[^下左结收,，。;\s半,)、一-龥]))"
)
_WORK_TIME_LABEL = re.compile(r"上班|工作时间|时间|班次|白班|夜班|作息|班|每[天日]|朝")
_BREAK = re.compile(
    rf"[^。;\n]{{0,8}}?(?:午休|中间|中午|其间|期间|含|吃饭|歇|休)[^,。;\n\d]{{0,5}}?(?P<n>{_NUM}|半)\s?(?P<half>个半)?\s?(?:个半?小时|小时|个?钟头|h(?![a-z])|个点)"
)
"""A break that the text takes off the day: 早7晚5中午歇俩小时, 10:00-19:00(含1小时午休)."""
_SHIFT_CYCLE = re.compile(r"(?:上|干|做)\s?(?P<on>十二|12|二十四|24)\s?(?:个?小时)?\s?(?:休|歇)\s?(?:二十四|24|三十六|36|四十八|48|七十二|72)")
"""上十二休二十四: hours on and hours off, no days."""
_REST_DAYS = re.compile(
    rf"月休\s?(?P<n>{_NUM})(?:\s?(?:-|~|到|至)\s?{_NUM})?|(?:每月|一个月|每个月|月)(?:能|可|给)?(?:休息?|公休|轮休|调休|有|可休|歇|轮|放)\s?(?P<m>{_NUM})\s?(?:天|日)|每个?月\s?(?P<q>{_NUM})\s?天(?:假|休)|月休息\s?(?P<o>{_NUM})|月公休\s?(?P<p>{_NUM})"
)
_CYCLE = re.compile(
    r"(?:做|上|干|工作)?(?<![十\d])(?P<on>[一二三四五六1-6])(?:天)?(?:休|歇)(?P<off>[一二三四1-4])(?![十\d]|个|小时|晚)|(?P<alternate>一天一歇|上一天歇一天|隔天上班|一替一天)"
)
_PATTERN_DAYS = (
    (24.0, "单双休 大小周 大小休"),
    (22.0, "双休 周一周二休 周一和周二休 五天八小时 5天8小时 五天工作制 周末休息 周六日休息"),
    (26.0, "单休 每周歇一天 周休一天 每周休一天 一周休一天 每周上六天"),
    (30.0, "无休 全月无休"),
)
_DAYS_OF_WORDS = [(word, days) for days, words in _PATTERN_DAYS for word in words.split()]
_DAYS_IN_MONTH = 30
_MAX_DAY_HOURS = 16.0
_LONGEST_BREAK = 4.0
_EVENING, _MIDNIGHT, _SMALL_HOURS = 17.0, 24.0, 2.0
_NIGHT_WORDS = ("晚", "夜", "凌晨", "次日", "第二天", "早", "17:", "18:", "19:", "20:", "21:", "22:", "23:")


def read_hours_per_day(text: str) -> Found[float] | None:
    """Hours worked a day: 每天8小时, 7:00-15:00, 早8晚6; a range gives its lower end."""
    spoken = "小时" in text or "钟头" in text or "工时" in text or _H_AFTER_DIGIT.search(text) is not None
    for match in _HOURS.finditer(text) if spoken else ():
        if text[match.end() : match.end() + 1] == "起":
            continue  # 两小时起 is the shortest order, not the day
        before = text[max(0, match.start() - 8) : match.start()]
        around = text[max(0, match.start() - 6) : match.end() + 4]
        if _NOT_WORKING_HOURS.search(around) or _PAY_BEFORE.search(before):
            continue
        hours = read_number(match["low"])
        if hours is not None and 2 <= hours <= _MAX_DAY_HOURS:
            sure = _HOURS_LABEL.search(before) is not None or text[match.end() : match.end() + 1] in "制/工班"
            return Found(hours, match.start(), match.end(), 0.95 if sure else 0.8)
    cycle = _SHIFT_CYCLE.search(text)
    if cycle is not None and cycle["on"] in ("十二", "12"):
        return Found(12.0, cycle.start(), cycle.end(), 0.85)
    return _hours_of_clock(text) if any(trigger.search(text) for trigger in _CLOCK_TRIGGERS) else None


def _hours_of_clock(text: str) -> Found[float] | None:
    """Length of the first working span; spans split by a noon break add up."""
    total, start, end, last_close = 0.0, -1, -1, 0.0
    for match in _SPAN.finditer(text):
        span = _clock_hours(text, match)
        if span is None:
            continue
        opens, closes = span
        if start < 0:
            total, start, end, last_close = closes - opens, match.start(), match.end(), closes
            continue
        if (
            match.start() - end > 10
            or not 0 < opens - last_close <= 6
            or total + closes - opens > _MAX_DAY_HOURS
        ):
            break
        total, end, last_close = total + closes - opens, match.end(), closes
    if start < 0:
        return None
    pause = _BREAK.match(text, end)
    if pause is not None:
        total -= _pause_hours(pause)
    return Found(round(total, 2), start, end, 0.85)


def _pause_hours(match: re.Match[str]) -> float:
    """Hours of a break; none where the number makes no break (午休后上4小时)."""
    hours = 0.5 if match["n"] == "半" else (read_number(match["n"]) or 0.0)
    hours += 0.5 if match["half"] else 0.0
    return hours if hours <= _LONGEST_BREAK else 0.0


def read_night_hours(text: str) -> Found[float] | None:
    """The first working span that runs past midnight or begins in the small hours, as its length in hours."""
    if not holds_any(text, _NIGHT_WORDS) or not any(trigger.search(text) for trigger in _CLOCK_TRIGGERS):
        return None
    for match in _SPAN.finditer(text):
        span = _clock_hours(text, match)
        if span is not None and (span[0] <= _SMALL_HOURS or (span[0] >= _EVENING and span[1] > _MIDNIGHT)):
            return Found(span[1] - span[0], match.start(), match.end(), 0.8)
    return None


def _clock_hours(text: str, match: re.Match[str]) -> tuple[float, float] | None:
    minutes = bool(match["ma"]) or bool(match["mb"])
    worded = bool(match["pa"]) or bool(match["pb"])
    before = text[max(0, match.start() - 8) : match.start()]
    labelled = _WORK_TIME_LABEL.search(before) is not None
    dotted = "." in (match["ma"] or "") or "." in (match["mb"] or "")
    if not labelled and (dotted or not (minutes or worded)):
        return None
    opens, closes = _hour(match["ha"], match["ma"]), _hour(match["hb"], match["mb"])
    if opens is None or closes is None:
        return None
    if match["pa"] in ("下午", "晚上", "晚", "晚班") and opens < 12:
        opens += 12
    evening = match["pb"] in ("下午", "晚上", "晚") or match["dash"] in (
        "晚",
        ",下午",
        ",晚上",
        "下午",
        "晚上",
    )
    if evening and closes < 12:
        closes += 12
    next_day = (match["pb"] or "").startswith(("次日", "第二天", "翌日"))
    if next_day:
        closes += 24
    elif closes <= opens:
        # 9-6 is nine to six in the evening; 19:00-7:00 and 8-8 run half round the clock
        closes += 12 if closes + 12 > opens else 24
    length = closes - opens
    return (opens, closes) if 1 <= length <= _MAX_DAY_HOURS else None


def _hour(hour: str, minute: str | None) -> float | None:
    value = read_number(hour)
    if value is None:
        return None
    if not minute:
        return value
    rest = minute.strip(":.点时分")
    return value + (0.5 if rest == "半" else (int(rest) / 60 if rest.isdigit() else 0))


def read_days_per_month(text: str) -> Found[float] | None:
    """Days worked a month from 月休4天, 做六休一, 单休, 双休; a range of rest days gives its lower end."""
    if "休" not in text and "歇" not in text and "假" not in text and "周" not in text and "隔天" not in text and "5天" not in text and "五天" not in text:
        return None
    match = _REST_DAYS.search(text)
    if match is not None:
        rest = read_number(match["n"] or match["m"] or match["o"] or match["p"] or match["q"])
        if rest is not None and rest <= 15:
            return Found(_DAYS_IN_MONTH - rest, match.start(), match.end(), 0.95)
    match = _CYCLE.search(text)
    if match is not None and match["alternate"]:
        return Found(_DAYS_IN_MONTH / 2, match.start(), match.end(), 0.85)
    if match is not None:
        on, off = read_number(match["on"]), read_number(match["off"])
        if on and off:
            days = {(6, 1): 26.0, (5, 2): 22.0}.get(
                (int(on), int(off)), round(_DAYS_IN_MONTH * on / (on + off), 1)
            )
            return Found(days, match.start(), match.end(), 0.9)
    for words, days in _DAYS_OF_WORDS:
        at = text.find(words)
        if at >= 0 and text[max(0, at - 1) : at] not in ("非", "不"):
            return Found(days, at, at + len(words), 0.85)
    return None
