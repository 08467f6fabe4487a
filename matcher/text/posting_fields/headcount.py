"""How many people are wanted (招聘人数)."""

from __future__ import annotations

import re

from matcher.text.found import Found
from matcher.text.numerals import read_number

_NUM = r"(?:\d{1,4}|[一二两三四五六七八九十]{1,3}|[一二两三四五六七八九]?百)"
_TRIGGER = re.compile(r"[\d一二两三四五六七八九十百]\s?[余多]?(?:[人名位对]|个(?!月|小时|工作日))")
_LABELLED = re.compile(
    rf"(?:招聘?人数|需求人数|人数|名额|岗位数|用工数|用人数|招工人数|需求|招收|招聘|急招|急聘|诚聘|诚招|招工|招用|现招|直招|招|聘|缺|需要?|要|再来|差|来)[^\d,。;\n::的是问为前]{{0,8}}?\s?[:：]?\s?(?P<n>{_NUM})(?:\s?[名人]?\s?(?:-|~|到|至)\s?{_NUM})?\s?(?:余|多)?(?P<who>[人名位]|个人|(?<!一)个(?!月|小时|班|工作日|点|项|平|方|以上|人?团队|字|区|亿)|对)"
)
_BARE = re.compile(rf"(?<![\d\-~/.个前])(?P<n>{_NUM})(?:\s?(?:-|~)\s?{_NUM})?\s?名(?![校师称牌额字次企气人])")
_AFTER_TRADE = re.compile(
    rf"[工员师嫂姨手洁安机卫][::]?\s?(?P<n>{_NUM})(?:\s?(?:-|~)\s?{_NUM})?\s?(?P<who>[人个])(?!月|小时|班|点|以上|一|/|工)"
)
_NOT_WANTED = re.compile(
    r"[^,。;\n]{0,4}(?:间|宿舍|团队|一间|以上团队|以上的团队|规模|以上规模|一组|公寓|房|以内团队|左右团队|桌|大桌|份饭|餐|座|精锐|小组|排班)"
)
_MANAGING = re.compile(
    r"(?:管理|带领|带过?|带教|团队|规模|现有|拥有|成为|作为|转型为?|寻找|导师|员工|服务|用餐|就餐|住|客户|招商|拥有|超|超过|近|约|达|要求|至少|覆盖)[^,。;\n]{0,4}$"
)
_PAIR = 2


def read_headcount(text: str) -> Found[int] | None:
    """Number of people wanted, the lower end of a range; None for 若干 and when nothing is said."""
    if _TRIGGER.search(text) is None:
        return None
    for pattern, confidence in ((_LABELLED, 0.9), (_BARE, 0.75), (_AFTER_TRADE, 0.7)):
        for match in pattern.finditer(text):
            if _NOT_WANTED.match(text, match.end()) or _MANAGING.search(
                text, max(0, match.start("n") - 8), match.start("n")
            ):
                continue
            number = read_number(match["n"])
            if number is None or not 1 <= number <= 5000:
                continue
            pairs = match.groupdict().get("who") == "对"
            return Found(int(number) * (_PAIR if pairs else 1), match.start(), match.end(), confidence)
    return None
