"""The unit of an amount and how sure it is pay at all (计薪单位与把握)."""

from __future__ import annotations

import re

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.text.found import Found
from matcher.text.pay_amounts import Amount
from matcher.text.pay_context import FILLER, LABEL_GAP, Context
from matcher.text.pay_suffix import Suffix

_PERIOD_AND_FILLER = re.compile(
    r"(?:[天日月时年周晚班工钟夜趟单平回车宿场次节堂课]|小时|钟头|[一每1](?:[吨亩件条台箱袋斤方道双]|(?<=[一每])米|亩地|公斤|立方米?)|星期|平米|平方)"
    r"(?:下来|到头|上|(?<=[车趟次场])[一-龥]{1,4}(?=[给算挣付])|(?<=天)(?:一[清结]|清|结)|(?<=[天日])(?:现[清结]))?"
    + FILLER.pattern
)
OVER = re.compile(r"[过破超]\s?$|(?<![晚早以])上\s?$")
UNDER = re.compile(r"不到$|不足$")
PLAIN_RANGE: dict[PayUnit, tuple[float, float]] = {
    # what a bare number must lie in to be pay of that unit; wide on purpose
    PayUnit.HOUR: (5, 1000),
    PayUnit.DAY: (30, 5000),
    PayUnit.WEEK: (100, 30000),
    PayUnit.MONTH: (200, 500_000),
    PayUnit.YEAR: (2000, 10_000_000),
}
_SMALL_UNITS = frozenset({PayUnit.HOUR, PayUnit.ORDER, PayUnit.PIECE, PayUnit.SQUARE_METRE, PayUnit.TRIP})
_SMALL_MONTH = 800
_LEAST_YEAR = 100_000
LEAST_MONTH = 1000
_SMALLEST_DAY = 30
_LEAST_BARE = 10
_DEAR_THING = 10_000
PROBATION = 0.6
HEAD_CHARS = 40
_DAY_OF_HOURS = re.compile(r"(?<!\d)(?:8|9|1[0-6]|24|八|九|十[一二三四五六]?|二十四)个?(?:小时|钟头)\s?[给算,]?$")
"""8小时200 is the pay of a day."""
_AFTER_A_TIME = re.compile(r"[满干做过][^,。;\n]{0,5}(?:个月|半年|[一两]年|天|周)(?:后|起|就|给|涨到|涨至|是){0,2}\s?$")
COMES_TO_REACH = 18
COMES_TO = re.compile(r"(?P<whose>[^。;!\n\d]{0,12}?)(?:[能可]以?(?:拿|挣|赚|做|干|跑)?(?:到|达到?))\s?$")
_PIECE_PRICE = re.compile(r"单价[:为是约]?\s?$")
_ORDERS = re.compile(r"骑手|外卖|配送|代驾|跑腿|陪诊|跑单|接单|派单|单量|[日每]单|十单")
AD_CHARS = 240
"""Only a text as short as an ad for one job lets an amount be pay without a word or unit."""
_MEALS_A_DAY = 50
_LEAST_DAY, _GREATEST_DAY = 80, 800
_GREATEST_AD_YUAN = 30_000
_CLAUSE_EDGE = re.compile(
    r"\s?(?:[,。;、\n()/|]|$|左右|上下|起|以上|\+|(?:[包管][吃住午饭早晚中一食]|[白早中晚夜]班|学徒|徒弟|小工|大工|另|有|五险|交|月休|双休))"
)
_CLAUSE_OPENS = frozenset(",。;、\n(:/| ")
_DAILY = r"(?:日[结清]|现[结清钱款]|天天[结清]|当[天日][结清]|一天一[结清]|算一天|做完就?结|干完就?结|下班就?结)"
_DAILY_BEFORE = re.compile(_DAILY + r"[,、:\s]{0,2}$")
_DAILY_AFTER = re.compile(r"[,、\s]{0,2}" + _DAILY)
_SPAN = re.compile(
    r"(?:(?P<lesson>[一每](?:节课?|次课?|场|堂课?|课时)[^,。;\n\d]{0,3})|(?P<year>一年)[^,。;\n\d]{0,3}?)"
    r"[\d一二两三四五六七八九十半]{1,4}(?:(?P<short>分钟|个?小时|个?钟头?)|(?P<months>个?月)),\s?$"
)
"""一节课45分钟,70元: how long the thing lasts stands between it and its price."""
_COUNTED = re.compile(r"(?:第|粉丝|客户|用户|员工|面积|占地|距离|里程|编号|电话|邮编|资金|流水|粉|单量|全长|编码|工号|约有|库存|学员|会员)[^,。;\n]{0,3}$")
TRADE_BEFORE = re.compile(
    r"(?:(?<![员职社])[工师手嫂姨](?<!员工)(?<!职工)|(?<![会人党成学职团店])员|师傅|司机|阿姨|学徒|[一-龥]岗|保姆|保洁|保安|电焊|叉车|机修|收银|前台|搬运|分拣|装卸|污水|主管|班长|组长|领班|店长|厨师|导购|文员)"
    r"\s?(?:\d{1,2}\s?[名人个]|[一二两三四五六七八九十]{1,2}[名人个])?\s?[:：]?\s?$"
)
"""A trade, and perhaps how many of it, right before the amount."""
_SHORT_CLAUSE = re.compile(r"[,、;](?![^,、;]*(?:[加补奖涨超满扣交押租]|全勤|加班|饭|餐|房|社保|保险))[一-龥]{2,5}$")
"""氩弧焊四百五 after 二保焊日工资四百: a clause of few words and an amount of the same size goes on with the list."""
_GUESSED_UNIT_BOUNDS = (60, 800, 60_000)  # below: hour; below: day; below: month; else a year


def unit_of(
    amount: Amount, suffix: Suffix, context: Context, text: str, found: list[Found[Pay]]
) -> tuple[PayUnit, bool]:
    if suffix.unit is not None:
        return suffix.unit, True
    if _DAY_OF_HOURS.search(text, max(0, amount.start - 8), amount.start) and _LEAST_DAY <= amount.low <= _GREATEST_DAY:
        return PayUnit.DAY, False
    if context.unit is not None and _fits(context.unit, amount):
        return context.unit, True
    span = _SPAN.search(text, max(0, amount.start - 16), amount.start)
    if span is not None and span["lesson"] and span["short"]:
        return PayUnit.ORDER, False
    if span is not None and span["year"] and span["months"] and amount.low >= PLAIN_RANGE[PayUnit.YEAR][0]:
        return PayUnit.YEAR, False
    if _PIECE_PRICE.search(text, max(0, amount.start - 4), amount.start):
        return (PayUnit.ORDER if _ORDERS.search(text) else PayUnit.PIECE), False
    if suffix.months is not None:
        return (PayUnit.MONTH if amount.low < _LEAST_YEAR else PayUnit.YEAR), True
    if found and amount.start - found[-1].end <= LABEL_GAP and _fits(found[-1].value.unit, amount):
        last = found[-1].value.max_fen or found[-1].value.min_fen
        if last and 0.3 <= amount.high * 100 / last <= 4:
            return found[-1].value.unit, False
    return guessed_unit(amount.low), False


def guessed_unit(low_yuan: float) -> PayUnit:
    """Unit of an amount that states none: nobody earns 25 yuan a month or 5,000 an hour."""
    hour, day, month = _GUESSED_UNIT_BOUNDS
    if low_yuan < hour:
        return PayUnit.HOUR
    if low_yuan < day:
        return PayUnit.DAY
    return PayUnit.MONTH if low_yuan < month else PayUnit.YEAR


def _fits(unit: PayUnit, amount: Amount) -> bool:
    low, high = PLAIN_RANGE.get(unit, (0.01, 100_000))
    return low <= amount.high <= high


def certainty(
    text: str,
    amount: Amount,
    suffix: Suffix,
    context: Context,
    named_after: bool,
    unit_sure: bool,
    found: list[Found[Pay]],
) -> float:
    """How sure it is pay at all; 0 = not pay."""
    if found and (_rises_to(text, amount, found[-1]) or _comes_to(text, amount, found[-1])):
        return 0.7
    bare = not suffix.yuan and suffix.unit is None and not amount.scaled
    small = context.rate or context.unit in _SMALL_UNITS or (context.per and amount.low >= _SMALLEST_DAY)
    if bare and amount.high < 100 and not (small and _label_is_next(text, amount)):
        return 0  # 薪资 ... 5、包吃住: a list number, a clock, a shift
    if bare and amount.high < _LEAST_BARE and not _CLAUSE_EDGE.match(text, suffix.end):
        return 0  # 每年一次三甲医院体检
    if context.unit is PayUnit.MONTH and amount.high > PLAIN_RANGE[PayUnit.MONTH][1]:
        return 0
    if (
        (context.after_other or context.ceiling)
        and not context.pay
        and context.unit is PayUnit.MONTH
        and amount.high < _SMALL_MONTH
    ):
        return 0  # 寒暑补贴,每月200元
    if context.after_other and (context.ceiling or suffix.capped) and not context.pay:
        return 0  # 工龄工资逐年递增,每月不超过1000
    by_the_day = context.unit is PayUnit.DAY
    if context.after_other and context.per and by_the_day and not context.pay and amount.high <= _MEALS_A_DAY:
        return 0  # 伙食自费,一天20元
    if not context.pay and amount.high >= _DEAR_THING and PayUnit.PIECE in (context.unit, suffix.unit):
        return 0  # 机器一台8万
    if context.probation:
        return PROBATION
    if context.pay or context.base or named_after:
        if OVER.search(text, max(0, amount.start - 2), amount.start):
            return 0.3
        return 0.98 if unit_sure else (0.9 if suffix.yuan or amount.scaled else 0.85)
    if suffix.unit is not None:
        if suffix.yuan or "¥" in text[max(0, amount.start - 1) : amount.start]:
            return 0.95
        time_unit = suffix.unit in PLAIN_RANGE
        return 0.9 if time_unit and _fits(suffix.unit, amount) else (0.6 if len(text) <= HEAD_CHARS else 0)
    if context.per and context.unit is not None:
        next_to_it = _fits(context.unit, amount) and (context.per_thing or _per_is_next(text, amount))
        if suffix.yuan or next_to_it:
            return 0.95 if suffix.yuan else 0.9
        if amount.scaled and context.unit in _SMALL_UNITS and _CLAUSE_EDGE.match(text, suffix.end):
            return PROBATION  # 一场席面六百
    if (context.floor or context.ceiling) and amount.high < _SMALL_MONTH and not context.per:
        return 0  # a cap on an allowance: 月封顶360元
    if context.floor or context.ceiling:
        return 0.8 if suffix.yuan or amount.scaled or amount.high >= 1000 else 0.5
    if context.commission:
        return 0
    if suffix.months is not None:
        return 0.9
    return _unnamed_confidence(text, amount, suffix, context, found)


def _rises_to(text: str, amount: Amount, last: Found[Pay]) -> bool:
    """18元/小时,干满三个月19元: what the same hour or day is paid later on."""
    before = last.value.max_fen or last.value.min_fen
    if not before or last.value.unit not in (PayUnit.HOUR, PayUnit.DAY) or amount.start - last.end > LABEL_GAP:
        return False
    return 1 <= amount.high * 100 / before <= 1.5 and (
        _AFTER_A_TIME.search(text, max(0, amount.start - LABEL_GAP), amount.start) is not None
    )


def _comes_to(text: str, amount: Amount, last: Found[Pay]) -> bool:
    """最少250,活多的时候能到400: the upper bound of the pay before, whose end is open."""
    least = last.value.min_fen
    if last.value.max_fen is not None or least is None or amount.ranged or amount.start - last.end > COMES_TO_REACH:
        return False
    return least < amount.high * 100 <= 4 * least and COMES_TO.match(text[last.end : amount.start]) is not None


def _label_is_next(text: str, amount: Amount) -> bool:
    if text.startswith("一晚", amount.start - 2):
        return True
    return text[amount.start - 1 : amount.start] not in ("早", "晚", "朝", "第", "周", "期", "休", "满")


def _per_is_next(text: str, amount: Amount) -> bool:
    """一天大概200 but not 每天拨打电话100: only filler stands between the period and the amount."""
    return _PERIOD_AND_FILLER.search(text, max(0, amount.start - LABEL_GAP - 2), amount.start) is not None


def _unnamed_confidence(
    text: str, amount: Amount, suffix: Suffix, context: Context, found: list[Found[Pay]]
) -> float:
    """An amount that no pay word and no unit vouches for."""
    if (
        amount.low >= _LEAST_DAY
        and amount.high <= _GREATEST_DAY
        and _DAY_OF_HOURS.search(text, max(0, amount.start - 8), amount.start)
        and _CLAUSE_EDGE.match(text, suffix.end)
    ):
        return 0.7
    continues = bool(found) and amount.start - found[-1].end <= LABEL_GAP
    if continues and "\n" in text[found[-1].end : amount.start]:
        continues = False
    if context.weak and (suffix.yuan or amount.scaled or continues):
        return 0.7
    ends_clause = _CLAUSE_EDGE.match(text, suffix.end) is not None
    beside_trade = TRADE_BEFORE.search(text, max(0, amount.start - 10), amount.start) is not None
    if continues and ends_clause and beside_trade and amount.low >= _LEAST_DAY:
        return 0.7  # 大工380,漆工320,小工220
    if continues and ends_clause and _goes_on(text, amount, found[-1].value):
        return 0.6
    if len(text) <= AD_CHARS and _stands_as_pay(text, amount, suffix, weak=context.weak):
        return 0.7
    head = len(text) <= HEAD_CHARS
    years = 1900 <= amount.low <= 2100 and amount.high <= 2100
    round_sum = amount.low % 50 == 0 and amount.high % 50 == 0
    if (
        amount.ranged
        and amount.low >= 1000
        and amount.high <= 200_000
        and (amount.scaled or suffix.yuan or (not years and round_sum))
    ):
        return 0.7
    if suffix.yuan and head and (amount.high >= _SMALLEST_DAY or (continues and amount.high >= 5)):
        return 0.55
    if amount.scaled and not amount.ranged and 1000 <= amount.high <= 50_000 and (head or amount.start == 0):
        return 0.6
    if head and not years and round_sum and amount.low >= 1000 and amount.high <= 50_000:
        return 0.5
    if len(text) <= AD_CHARS and context.weak and amount.low % 5 == 0 and amount.low >= 80 and amount.high <= 1000:
        return 0.5
    if len(text) <= AD_CHARS and _paid_by_the_day(text, amount, suffix):
        return 0.7
    whole = text.strip()
    return 0.5 if head and whole == text[amount.start : suffix.end].strip() and amount.high >= 1000 else 0


def _goes_on(text: str, amount: Amount, last: Pay) -> bool:
    """The next of a list of pays by the day, of about the size of the last."""
    before = last.max_fen or last.min_fen or 0
    alike = last.unit is PayUnit.DAY and 0.5 <= amount.high * 100 / max(1, before) <= 2
    return alike and _SHORT_CLAUSE.search(text, max(0, amount.start - 6), amount.start) is not None


def _paid_by_the_day(text: str, amount: Amount, suffix: Suffix) -> bool:
    """现结,二百二 and 280日结: an amount of the size of a day beside the word that says it is paid each day."""
    if not _LEAST_DAY <= amount.low <= amount.high <= _GREATEST_DAY:
        return False
    if _DAILY_AFTER.match(text, suffix.end):
        return True
    before = _DAILY_BEFORE.search(text, max(0, amount.start - 10), amount.start)
    return before is not None and _CLAUSE_EDGE.match(text, suffix.end) is not None


def _stands_as_pay(text: str, amount: Amount, suffix: Suffix, *, weak: bool) -> bool:
    """In a short ad: a round amount that ends its clause (收银3200, 2300元), by the day only behind a trade (小工200)."""
    if amount.low < _LEAST_DAY or amount.high > _GREATEST_AD_YUAN or suffix.capped:
        return False
    if not _CLAUSE_EDGE.match(text, suffix.end):
        return False
    money = suffix.yuan or amount.scaled or (amount.low % 50 == 0 and amount.high % 50 == 0)
    if not money or _COUNTED.search(text, max(0, amount.start - 8), amount.start):
        return False
    if 1900 <= amount.low <= 2100 and not suffix.yuan:
        return False  # 2024 is a year
    before = text[amount.start - 1 : amount.start]
    if amount.low >= LEAST_MONTH:
        return before == "" or before in _CLAUSE_OPENS or "一" <= before <= "龥" or TRADE_BEFORE.search(
            text, max(0, amount.start - 10), amount.start
        ) is not None
    return weak and TRADE_BEFORE.search(text, max(0, amount.start - 10), amount.start) is not None
