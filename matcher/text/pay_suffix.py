"""What follows an amount: 元, /天, 以上, 封顶, ·13薪 (数额之后的字)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.domain.posting_terms import PayUnit

_UNIT_WORDS: dict[PayUnit, str] = {
    PayUnit.HOUR: r"小时|个?钟头?|时(?!薪)|h(?:our|r)?(?![a-z])|(?<=[一每]个)点(?![位心评差])",
    PayUnit.DAY: r"天|日(?!结|薪)|晚(?!上|班)|(?<=[一每])晚上|夜(?!班)|宿(?!舍)|班(?!车|长|组)|工(?![作资人序厂时程种龄地具友装段艺会])|day",
    PayUnit.WEEK: r"周(?!岁|末|结|薪)|星期|礼拜",
    PayUnit.MONTH: r"月(?!薪|休|结|入)|m(?![a-z0-9²])",
    PayUnit.YEAR: r"年(?!薪|龄|底|终|轻|假)|y(?![a-z])",
    PayUnit.SQUARE_METRE: r"平方米|平米|平方|平(?![均时台])|㎡|m2|m²",
    PayUnit.TRIP: r"趟|车(?!间|位)|来回",
    PayUnit.ORDER: r"单(?![位元双休])|票|次|节(?!假)|课时|场",
    PayUnit.PIECE: r"件(?!套)|个(?![月人小班工])|台|套|吨|条|箱|公?斤|立?方|米|亩|袋|包(?![吃住食])|只|块|双(?!休|薪)|片|根|筐|框|株|棵|垛|道|垄|枝|颗|盆"
    r"|份(?!额)|粒|对(?![一多外应])|扇|把(?![关手控])|间(?![隔接歇断])",
}
_UNIT_BY_CODE = {unit.value: unit for unit in PayUnit}
_UNITS = "|".join(f"(?P<{unit.value}>{words})" for unit, words in _UNIT_WORDS.items())
_PER = r"(?:元|块钱?)?\s?(?:/\s?(?:人|名)\s?)?(?:/|每|一|1(?=[天小个月日])|per\s?)\s?(?:个(?=月|小时|钟|工|班|平方|点))?"
_UNIT = re.compile(rf"{_PER}(?:{_UNITS})(?:/(?:人|名))?")
_ITEM = re.compile(
    r"\s{0,2}(?:"
    r"(?P<yuan>元(?![旦件素宵器气])|块(?![砖石板瓦表煤])钱?|rmb|人民币|圆)"
    r"|(?P<open>上不封顶|不封顶|无上限|(?:及|或|和)?(?:以上|之上)|往上|打底|封底|起步|起(?![薪早步])|\+(?=$|[\s,，。;、!)/\]·~]|元|起|左右|以上|[不的等月]))"
    r"|(?P<about>左右|上下|多(?![劳元个家人种年名位样岗])|余(?!元?额)|来(?=块)|不等|之间|的?样子)"
    r"|(?P<cap>封顶|以内|以下|以里|为上限)"
    r"|(?P<months>[x*×]\s?(?P<times>1[2-6])(?![\d天小])|[·x*×,，.]?\s?(?P<n>1[2-9]|2\d|十[三四五六])(?:-(?:1[2-9]|2\d))?\s?(?:薪|个月(?:工资|薪)))"
    r"|(?P<days>[x*×]\s?(?:[1-3]\d|[2-9])天)"
    r"|(?P<hours>[x*×]\s?(?:\d|1[0-2])(?:\.5)?\s?(?:个?小时|h(?![a-z])))"
    r"|(?P<bracket>[()])"
    r"|(?P<tax>税前|税后|现金|人民币)"
    r")"
)
_YEAR_AFTER = re.compile(r"\s?(?:的)?年薪")
_MONTH_AFTER = re.compile(r"\s?(?:的)?(?:月薪|月工资)")
_STILL_TALKING = re.compile(
    r"\s?(?:工作|上班|上|只|仅|就|干|[\d一二两三四五六七八九十]{1,2}\s?个?(?:小时|h|天|班|休))"
)
_CHINESE_MONTHS = {"十三": 13, "十四": 14, "十五": 15, "十六": 16}
_BIG_FOR_A_DAY = 1500
_BIG_FOR_AN_HOUR = 400
_LEAST_FOR_AN_HOUR = 10
_MAX_ITEMS = 7


@dataclass(slots=True)
class Suffix:
    """end: where the words about the amount stop."""

    end: int
    yuan: bool = False
    unit: PayUnit | None = None
    open_top: bool = False
    about: bool = False
    capped: bool = False
    months: float | None = None


def read_suffix(text: str, position: int, high: float) -> Suffix:
    """Read the words right after an amount that ends at `position` of the folded text."""
    suffix = Suffix(position)
    depth = 0
    for _ in range(_MAX_ITEMS):
        unit = None if suffix.unit else _UNIT.match(text, suffix.end)
        if unit is not None and unit.end() > suffix.end:
            value = _UNIT_BY_CODE[str(unit.lastgroup)]
            if _implausible(value, high) and _STILL_TALKING.match(text, unit.end()):
                break  # 工资5000一天八小时: the day belongs to the hours
            suffix.unit, suffix.end = value, unit.end()
            suffix.yuan = suffix.yuan or unit.group().startswith(("元", "块"))
            continue
        item = _ITEM.match(text, suffix.end)
        if item is None or item.lastgroup is None:
            break
        if item["bracket"]:
            depth += 1 if item["bracket"] == "(" else -1
            inside = _UNIT.match(text, item.end()) or _ITEM.match(text, item.end())
            if depth < 0 or (depth == 1 and inside is None):
                break
            suffix.end = item.end()
            continue
        suffix.yuan |= item["yuan"] is not None
        suffix.open_top |= item["open"] is not None
        suffix.about |= item["about"] is not None
        suffix.capped |= item["cap"] is not None
        if item["days"]:
            suffix.unit = suffix.unit or PayUnit.DAY  # 260x26天
        if item["hours"]:
            if high < _LEAST_FOR_AN_HOUR:
                break  # 5x8小时
            suffix.unit = suffix.unit or PayUnit.HOUR  # 18x6小时
        if item["months"]:
            number = item["n"] or item["times"]
            suffix.months = float(_CHINESE_MONTHS.get(number) or number)
        suffix.end = item.end()
    if suffix.unit is None:
        if _YEAR_AFTER.match(text, suffix.end):
            suffix.unit = PayUnit.YEAR
        elif _MONTH_AFTER.match(text, suffix.end):
            suffix.unit = PayUnit.MONTH
    return suffix


def _implausible(unit: PayUnit, high: float) -> bool:
    return (unit is PayUnit.DAY and high >= _BIG_FOR_A_DAY) or (
        unit is PayUnit.HOUR and high >= _BIG_FOR_AN_HOUR
    )
