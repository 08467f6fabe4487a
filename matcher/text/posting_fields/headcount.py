"""How many people are wanted (招聘人数).

A stated total (招聘人数: 12, 共7名) comes first; several trades with a number each (木工2名、瓦工3名) add up, unless one
of them is wanted in no stated number (若干); else the first number of people counts.
"""

from __future__ import annotations

import re

from matcher.text.found import Found
from matcher.text.numerals import read_number
from matcher.text.quick_search import holds_any

_NUM = r"(?:\d{1,4}|[一二两三四五六七八九十]{1,3}|[一二两三四五六七八九]?百)"
_RANGE = rf"(?:\s?[名人]?\s?(?:-|~|到|至)\s?{_NUM})?"
_TRIGGER = re.compile(r"[\d一二两三四五六七八九十百]\s?[余多]?(?:[人名位对口]|个(?!月|小时|工作日))")
_TRIGGER_WORDS = ("人数", "名额", "岗位数", "计划数", "需求数", "需求量", "数量", "俩", "仨")
_TOTAL_WORDS = ("人数", "名额", "岗位数", "用工数", "计划数", "需求数", "需求量", "招聘数", "共", "合计", "总计")
_TOTAL = re.compile(
    rf"(?:招聘?人数|需求人数|招工人数|用工人数|计划人数|(?<![一-龥])人数|名额|岗位数量?|用工数|用人数|数量|计划数|需求数|招聘数量?|招聘名额|需求量)\s?[:：]?\s?(?:为|约)?\s?(?P<n>{_NUM}){_RANGE}\s?(?P<who>[人名位个](?!月|小时)|(?=[,，。;；\s)]|$))"
    rf"|(?<![一-龥\d])(?:共|合计|总共|总计|一共|共计|共需|共招)(?:招|需|要|计|聘|录)?\s?(?P<m>{_NUM})\s?(?:个|来|余)?[人名位]"
)
_LABELLED = re.compile(
    rf"(?:招收|招聘|急招|急聘|诚聘|诚招|招工|招用|招募|现招|直招|招|聘|缺|需求|需要?|要|再来|差|来|找)[^\d,。;\n::的是问为前]{{0,8}}?\s?[:：]?\s?(?P<n>{_NUM}){_RANGE}\s?(?:余|多|来)?(?P<who>[人名位](?![均次气力民才])|口人|个人|(?<!一)个(?!月|小时|班|工作日|点|项|平|方|以上|人?团队|字|区|亿|钟|半|礼拜|星期)|对)"
    r"|(?:(?:招|聘|缺|需|要|来|找|差)[^\d,。;\n::]{0,6}?|[工员师])(?P<both>[俩仨])"
    r"|(?:招|聘|找)[^\d,。;\n::]{0,4}?(?:夫妻|两口子)(?:俩|二人|两人)?(?:一对)?(?P<pair>(?=[,。;\n一]))"
)
_EACH = re.compile(
    rf"(?<![\d\-~/.个前每第任])(?P<n>{_NUM})(?:\s?(?:-|~)\s?{_NUM})?\s?(?:名(?![校师称牌额字次企气人])|位(?!于|置|数|员工|同|客|用户|成员|老师|领导|老|孩|宝|客|奶|病|爷|住|失|产|业))|[一-龥)）]各\s?(?P<each>{_NUM})\s?[名人位]"
)
_AFTER_TRADE = re.compile(
    rf"[工员师嫂姨手洁安机卫台床烫傅长助卸检装][::]?\s?(?P<n>{_NUM})(?:\s?(?:-|~)\s?{_NUM})?\s?(?P<who>[人个](?!月|小时|班|点|以上|一|/|工|均|次|用))"
)
_ALONE = re.compile(
    rf"(?:^|[,，。;；\n])\s?(?:[一-龥]{{2,4}})?(?P<n>{_NUM})\s?(?P<who>[人名位])(?=\s|\s?[,，。;；\n(]|$)"
    r"|[一-龥](?P<two>[俩两])人(?=[,，。;；\n]|$)"
)
_SEVERAL = re.compile(r"若干|数名|多名|数人|不限(?:人|名)|大量|长期招")
_TRADE_SEVERAL = re.compile(r"[工员师手嫂姨长洁安卫机]\s?(?:若干|数名|多名)")
_LISTED_EACH = re.compile(rf"(?P<list>男女|[一-龥]{{2,6}}(?:[、,和/][一-龥]{{2,8}}){{1,5}})各\s?(?P<each>{_NUM})\s?[名人位]")
_NOT_WANTED = re.compile(
    r"[^,。;\n]{0,4}(?:间|宿舍|团队|一间|以上团队|以上的团队|规模|以上规模|一组|公寓|房|以内团队|左右团队|桌|大桌|份饭|餐|座|精锐|小组|排班|分|一班|一桌|一户)"
)
_MANAGING = re.compile(
    r"(?:管理|带领|带过?|带教|带一?支|团队|规模|现有|拥有|成为|作为|转型为?|寻找|导师|员工|服务(?!员)|用餐|就餐|住|客户|招商|拥有|超|超过|近|约|达|要求|至少|覆盖|每村|每[人班组队]|供)[^,。;\n]{0,4}$|(?:工地|食堂|公司|厂里?|车间)(?:有|共有|现有|约|近)?$"
)
_PAIR = 2
_TRIO = 3
_MOST = 5000
_MOST_TRADES = 12


def read_headcount(text: str) -> Found[int] | None:
    """Number of people wanted, the lower end of a range; None for 若干 and when nothing is said."""
    if _TRIGGER.search(text) is None and not holds_any(text, _TRIGGER_WORDS):
        return None
    for match in _TOTAL.finditer(text) if holds_any(text, _TOTAL_WORDS) else ():
        number = _number(match["n"] or match["m"])
        if number is not None and not _MANAGING.search(text, max(0, match.start() - 8), match.start()):
            return Found(number, match.start(), match.end(), 0.95)
    several = _of_trades(text)
    if several is not None:
        return several if several.value else None
    for pattern, confidence in ((_LABELLED, 0.9), (_EACH, 0.75), (_AFTER_TRADE, 0.7), (_ALONE, 0.7)):
        for match in pattern.finditer(text):
            if _is_of_others(text, match):
                continue
            number = _people(match)
            if number is not None:
                return Found(number, match.start(), match.end(), confidence)
    return None


def _of_trades(text: str) -> Found[int] | None:
    """Sum over several trades with a number each, 0 when one of them is wanted in no stated number; None for one."""
    counted: dict[int, tuple[int, int]] = {}
    for pattern in (_EACH, _AFTER_TRADE):
        for match in pattern.finditer(text):
            number = _people(match)
            if number is not None and not _is_of_others(text, match):
                counted.setdefault(match.end() // 2, (match.start(), number))
    listed = _LISTED_EACH.search(text) if "各" in text else None
    if listed is not None:
        number = _number(listed["each"])
        trades = _PAIR if listed["list"] == "男女" else len(re.split(r"[、,和/]", listed["list"]))
        return None if number is None else Found(number * trades, listed.start(), listed.end(), 0.8)
    if len(counted) == 1 and _TRADE_SEVERAL.search(text):
        return Found(0, 0, 0, 0.5)
    if not 2 <= len(counted) <= _MOST_TRADES:
        return None
    start, end = min(at for at, _ in counted.values()), max(at for at, _ in counted.values())
    if _SEVERAL.search(text, max(0, start - 20), end + 20):
        return Found(0, start, end, 0.5)
    return Found(sum(n for _, n in counted.values()), start, end + 2, 0.75)


def _is_of_others(text: str, match: re.Match[str]) -> bool:
    """The people of a dormitory, a team or a firm."""
    start = next((match.start(g) for g, v in match.groupdict().items() if g in ("n", "each") and v), match.start())
    return (
        _NOT_WANTED.match(text, match.end()) is not None
        or _MANAGING.search(text, max(0, start - 8), start) is not None
    )


def _people(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("both"):
        return _PAIR if groups["both"] == "俩" else _TRIO
    if groups.get("two") or groups.get("pair") is not None:
        return _PAIR
    number = _number(groups.get("n") or groups.get("each"))
    return number * _PAIR if number is not None and groups.get("who") == "对" else number


def _number(text: str | None) -> int | None:
    value = None if text is None else read_number(text)
    return int(value) if value is not None and 1 <= value <= _MOST else None
