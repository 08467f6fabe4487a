"""Read pay from free text and from structured pay columns (劳动报酬).

A number is pay only when something says so: a unit (/天), a pay word before or after it (工资, 底薪), 元 with the
right company, or a scale word at the head of a short text (五千招保安). The nearest word rules, so 餐补300元 is no
pay. Every decision reads a bounded window, so the cost is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.lexicon.cue_words import PayWord, pay_words
from matcher.lexicon.files import loaded
from matcher.text.found import Found
from matcher.text.normalise import fold_case
from matcher.text.pay_amounts import Amount, scan_amounts
from matcher.text.pay_suffix import Suffix, read_suffix
from matcher.text.word_index import WordIndex

MAX_CHARS = 4000
"""Text beyond this length is not parsed."""

_TRIGGER = re.compile(r"[元块薪资酬钱kw千万百]|待遇|收入|综合|工价|到手|日结|面议|计件|提成|/天|/小时|/月|/h|一天|每天|一小时|每小时|每月|月[入均]|¥")
_LABEL_GAP = 10
_CHAIN_GAP = 3
_OTHER_GAP = 4
_UNIT_LABEL_GAP = 6
_LINE_LABEL_GAP = 24
_SENTENCE_END = re.compile(r"[。;!\n?]")
_CLAUSE_END = re.compile(r"[,，。;!\n?]")
_NOT_PAY_AFTER = re.compile(
    r"\s?(?:周?岁|多?[人名位]|小时|个小时|h(?![a-z])|点|:\d|时(?!薪)|分|%|‰|公里|里|km|kg|cm|mm|厘米|米|公斤|斤|吨|平|㎡|m|层|楼|号"
    r"|年|个?月(?!薪|入|工资|收入|休|结|综|均)|日(?!薪|结)|天|周|届|级|类|倍|次|家|台|套|件|单|车|险|金|薪|班|休|餐|顿|房|室|间|寸|度|后|强|个|本"
    r"|门|种|项|款|辆|线|路|栋|座|期|码|版|℃|亩|册|字|用户|粉|客户|学员|会员|店|户|亿|分钟|[a-z_@#]|以[上下]学历|届|多万|g|v|及)"
)
_OTHER_AFTER = re.compile(
    r"[^,。;、:\n+加另含和及有送包()/\d]{0,4}(?:津贴|补贴|补助|红包|罚款|额度)|从工资|\s?(?:的|/月|元)?\s?(?:餐补|饭补|房补|补贴|补助|全勤|满勤|津贴|红包|绩效|奖|工龄|体检|押金|学历|生活费|伙食|车补|话补|岗位|津补|油补|交通|封口|额度|高温|住宿|夜班补|夜补|费用|活动|报销|作为|代金|门票|以上的?节日|礼)"
)
_PAY_AFTER = re.compile(r"\s?的?(?P<base>无责底薪|责任底薪|底薪|基本工资|固定底薪)|\s?的?(?:月薪|年薪|日薪|时薪|工资|薪资|薪水|月收入|收入)|\s?(?P<floor>保底)")
_BAD_PER_YUAN = re.compile(r"\s?(?:元|块钱?)\s?(?:/|每|一)?\s?(?:餐|顿|家|位|张|本|份|人(?!/)|桌|瓶|杯|盒饭|左右一餐)|\s?元左右一餐")
_LUMP_BEFORE = re.compile(
    r"(?<!每天)(?<!一天)(?<!工作)(?<!每日)(?:(?<!\d)[2-9]|(?<!\d)1\d|[二两三四五六七八九十])\s?(?:天|个?小时)活?(?:,?(?:共|一共|给|总共))?\s?$"
    r"|(?<!\d)半天(?:活|班)?\s?$|每人\s?$|(?:每|一|千|百)(?:张|字|桶|户|瓶|位|家|份|本|篇|页|杯)\s?$"
)
"""Money for a job, half a day or a head, which no unit of ours expresses."""
_HALF_DAY = re.compile(r"\s?(?:/|一|每)?个?半[天日]|\s?(?:/|每|一)(?:张|户|桶|瓶|份|本|篇|页|杯|字|千字)")
_ROOM_BEFORE = re.compile(r"(?:宿舍|住宿|公寓|租房|停车|餐费|伙食|床位)[^,。;\n]{0,3}$")
_FILLER = re.compile(r"[\s能可以会大概挣赚拿到收入工资约的是给为::有在也就都多出净稳定轻松平均综合薪酬待遇最少低高至不于保底起]*$")
_PERIOD_AND_FILLER = re.compile(r"(?:[天日月时年周晚班工钟夜趟单平回]|小时|星期|平米|平方)" + _FILLER.pattern)
_OVER = re.compile(r"[过破超上]\s?$")
_COMMISSION_NEAR = re.compile(r"提成|佣金|分红|抽成|提点")
_NEGOTIABLE = re.compile(
    r"(?:工资|薪资|薪酬|薪水|待遇|报酬|价格|月薪|年薪|日薪|工价|具体|底薪|收入|薪)?[^\S\n]?[:：]?[^\S\n]?(?:可|可以|均可)?(?:面议|面谈|详谈|另议|电议|协商)|薪资?(?:可谈|好谈)|价格可谈"
)
_NEGOTIABLE_HEAD = re.compile(r"^(?:工资|薪资|薪酬|薪水|待遇|报酬|价格|月薪|年薪|日薪|工价|底薪|收入|薪)|面议")
_MONTHS = re.compile(r"(?<![\d\-.])(?P<n>1[2-9]|2\d|十[三四五六])(?:-(?:1[2-9]|2\d))?\s?(?:薪(?!资|水|酬)|个月(?:工资|薪))|(?P<double>年底双薪|年终双薪)")
_COMMISSION_ONLY = re.compile(r"(?:底薪|基本工资|基本薪资|保底)[^\n,。;]{0,10}提成")
_PIECE_ONLY = re.compile(r"计件")
_OVER_TEN_THOUSAND = re.compile(r"(?:月入|月薪|收入|工资|薪资|轻松|综合|到手|月赚|月挣)[^\d,。;\n]{0,6}?(?:过|破|上|超)(?P<amount>[两三四五]?万)")
_MONTH_WORD = re.compile(r"(?<![\d个每本当上下\-.一二三四五六七八九十])月(?:薪|均)?$")
_CHINESE_MONTHS = {"十三": 13, "十四": 14, "十五": 15, "十六": 16}
_PLAIN_RANGE: dict[PayUnit, tuple[float, float]] = {
    # what a bare number must lie in to be pay of that unit; wide on purpose
    PayUnit.HOUR: (5, 1000),
    PayUnit.DAY: (30, 5000),
    PayUnit.WEEK: (100, 30000),
    PayUnit.MONTH: (200, 500_000),
    PayUnit.YEAR: (5000, 10_000_000),
}
_SMALL_UNITS = frozenset({PayUnit.HOUR, PayUnit.ORDER, PayUnit.PIECE, PayUnit.SQUARE_METRE, PayUnit.TRIP})
_SMALL_MONTH = 800
_HEAD_CHARS = 40
_UNIT_BY_CODE = {unit.value: unit for unit in PayUnit}
_GUESSED_UNIT_BOUNDS = (60, 800, 60_000)  # below: hour; below: day; below: month; else a year


@dataclass(slots=True)
class _Context:
    """What the words before an amount say."""

    other: bool = False
    after_other: bool = False  # an allowance stands in the clause before
    pay: bool = False
    per: bool = False
    weak: bool = False
    base: bool = False
    floor: bool = False
    ceiling: bool = False
    probation: bool = False
    commission: bool = False
    unit: PayUnit | None = None
    start: int = -1


_Label = tuple[int, int, PayWord]


@loaded
def _labels() -> WordIndex[PayWord]:
    return WordIndex(pay_words())


def find_pays(text: str) -> list[Found[Pay]]:
    """Every pay in `text`, left to right, with spans in it; empty when there is none.

    面议 gives a Pay with negotiable=True and no amounts, 计件 alone one with unit PIECE and no amounts. A single
    amount sets both bounds, 以上/起/保底 only the lower, 封顶/最高 only the upper, 底薪 the lower and base_fen.
    Never raises; reads the first MAX_CHARS characters.
    """
    return find_pays_folded(fold_case(text[:MAX_CHARS]))


def find_pays_folded(folded: str) -> list[Found[Pay]]:
    """`find_pays` of a text that is folded and cut already."""
    if _TRIGGER.search(folded) is None and not _short_amount(folded):
        return []
    found: list[Found[Pay]] = []
    amounts = scan_amounts(folded)
    labels = _labels().find(folded) if amounts else []
    reach = 0  # labels before this index lie left of the current amount
    previous_end = 0
    for amount in amounts:
        while reach < len(labels) and labels[reach][1] <= amount.start:
            reach += 1
        pay, consumed = _read_amount(folded, amount, labels[max(0, reach - 8) : reach], found, previous_end)
        if pay is not None:
            found.append(pay)
        previous_end = max(consumed, amount.end)
    found = _merge_bounds(folded, found)
    found = _merge_base(folded, found)
    return _add_typed_missing(folded, found)


def _short_amount(folded: str) -> bool:
    return len(folded) <= _HEAD_CHARS and any(c.isdigit() for c in folded)


def _read_amount(
    text: str, amount: Amount, before: list[_Label], found: list[Found[Pay]], previous_end: int
) -> tuple[Found[Pay] | None, int]:
    if amount.high <= 0 or _touches_other_token(text, amount):
        return None, amount.end
    suffix = read_suffix(text, amount.end, amount.high)
    suffix.yuan |= amount.yuan
    context = _context(text, amount.start, before, previous_end)
    after = _PAY_AFTER.match(text, suffix.end)
    if suffix.unit is None and _LUMP_BEFORE.search(text, max(0, amount.start - 12), amount.start):
        return None, suffix.end
    if context.other or _HALF_DAY.match(text, suffix.end) or _OTHER_AFTER.match(text, suffix.end) or _BAD_PER_YUAN.match(text, amount.end):
        return None, suffix.end
    plain = not suffix.yuan and suffix.unit is None and suffix.months is None
    if plain and after is None and _NOT_PAY_AFTER.match(text, amount.end):
        return None, amount.end
    unit, unit_sure = _unit(amount, suffix, context, text, found)
    confidence = _confidence(text, amount, suffix, context, after is not None, unit_sure, found)
    low, high = _PLAIN_RANGE.get(unit, (0.01, 100_000))
    if confidence == 0 or amount.high > high or (amount.high < low and not (suffix.yuan and suffix.unit)):
        return None, suffix.end
    end = suffix.end if after is None else after.end()
    start = context.start if context.start >= 0 else amount.start
    pay = _pay(text, amount, suffix, context, after, unit, bool(found))
    return Found(pay, start, end, confidence), end


def _touches_other_token(text: str, amount: Amount) -> bool:
    """Part of a clock time, a date, a code such as c1, a decimal, a phone number."""
    before = text[amount.start - 1] if amount.start else " "
    if before.isascii() and (before.isalpha() or before in "_@#") and text[amount.start - 3 : amount.start] != "rmb":
        return True
    if before in ":./-" and amount.start > 1 and text[amount.start - 2].isdigit():
        return before in ":/-" or amount.high < 100
    after = text[amount.end] if amount.end < len(text) else " "
    if after in ":" and amount.high < 25:
        return True
    if after == "-" and text[amount.end + 1 : amount.end + 2].isdigit() and amount.ranged:
        return True
    return amount.ranged and 1900 <= amount.low <= 2100 and amount.high <= 12


def _context(text: str, start: int, before: list[_Label], previous_end: int) -> _Context:
    """Read the chain of words that ends right before the amount."""
    context = _Context()
    edge = _before_bracket(text, start)
    chained = False
    if _ROOM_BEFORE.search(text, max(0, start - 8), start):
        context.other = True
        return context
    for label_start, label_end, word in reversed(before):
        if label_end > edge:
            continue
        if label_end < previous_end or (chained and label_end == previous_end):
            break
        if not _belongs(text[label_end:edge], word, first=not chained):
            context.after_other = word.role == "other" and _SENTENCE_END.search(text, label_end, edge) is None
            break
        if word.role == "other":
            # 餐补每天20: the allowance owns the amount; 补贴后月薪5000: the wage does
            context.other = not (context.pay or context.base)
            break
        _note(context, word)
        if word.role != "weak":
            context.start = label_start
        chained = True
        edge = label_start
    if _MONTH_WORD.search(text, max(0, start - 4), start):
        context.pay, context.unit = True, context.unit or PayUnit.MONTH
    return context


def _before_bracket(text: str, start: int) -> int:
    """月薪(含加班)6500: what the bracket says does not label the amount."""
    if text[start - 1 : start] != ")":
        return start
    opening = text.rfind("(", max(0, start - 12), start)
    return opening if opening >= 0 else start


def _belongs(gap: str, word: PayWord, *, first: bool) -> bool:
    """Whether a word that far before the amount, or before the next word, speaks of it."""
    if _SENTENCE_END.search(gap):
        return False
    if word.role in ("other", "weak") or not first:
        limit = _OTHER_GAP if first else _CHAIN_GAP
        return len(gap) <= limit and ("+" not in gap) and _CLAUSE_END.search(gap) is None
    if word.role == "per":
        return _FILLER.match(gap) is not None or (len(gap) <= _UNIT_LABEL_GAP and _CLAUSE_END.search(gap) is None)
    return len(gap) <= _LABEL_GAP


def _note(context: _Context, word: PayWord) -> None:
    context.pay |= word.role in ("pay", "probation")
    context.per |= word.role == "per"
    context.weak |= word.role == "weak"
    context.base |= word.role == "base"
    context.floor |= word.role == "floor"
    context.ceiling |= word.role == "ceiling"
    context.probation |= word.role == "probation"
    context.commission |= word.role == "commission"
    if word.unit and context.unit is None:
        context.unit = _UNIT_BY_CODE[word.unit]


def _unit(
    amount: Amount, suffix: Suffix, context: _Context, text: str, found: list[Found[Pay]]
) -> tuple[PayUnit, bool]:
    if suffix.unit is not None:
        return suffix.unit, True
    if context.unit is not None and _fits(context.unit, amount):
        return context.unit, True
    if suffix.months is not None:
        return PayUnit.MONTH, True
    if found and amount.start - found[-1].end <= _LABEL_GAP and _fits(found[-1].value.unit, amount):
        last = found[-1].value.max_fen or found[-1].value.min_fen
        if last and 0.3 <= amount.high * 100 / last <= 4:
            return found[-1].value.unit, False
    hour, day, month = _GUESSED_UNIT_BOUNDS
    if amount.low < hour:
        return PayUnit.HOUR, False
    if amount.low < day:
        return PayUnit.DAY, False
    return (PayUnit.MONTH if amount.low < month else PayUnit.YEAR), False


def _fits(unit: PayUnit, amount: Amount) -> bool:
    low, high = _PLAIN_RANGE.get(unit, (0.01, 100_000))
    return low <= amount.high <= high


def _confidence(
    text: str,
    amount: Amount,
    suffix: Suffix,
    context: _Context,
    named_after: bool,
    unit_sure: bool,
    found: list[Found[Pay]],
) -> float:
    """How sure it is pay at all; 0 = not pay."""
    bare = not suffix.yuan and suffix.unit is None and not amount.scaled
    if bare and amount.high < 100 and (context.unit not in _SMALL_UNITS or not _label_is_next(text, amount)):
        return 0  # 薪资 ... 5、包吃住: a list number, a clock, a shift
    if context.unit is PayUnit.MONTH and amount.high > _PLAIN_RANGE[PayUnit.MONTH][1]:
        return 0
    if context.after_other and not context.pay and context.unit is PayUnit.MONTH and amount.high < _SMALL_MONTH:
        return 0  # 寒暑补贴,每月200元
    if context.probation:
        return 0.6
    if context.pay or context.base or named_after:
        if _OVER.search(text, max(0, amount.start - 2), amount.start):
            return 0.3
        return 0.98 if unit_sure else (0.9 if suffix.yuan or amount.scaled else 0.85)
    if suffix.unit is not None:
        if suffix.yuan or "¥" in text[max(0, amount.start - 1) : amount.start]:
            return 0.95
        time_unit = suffix.unit in _PLAIN_RANGE
        return 0.9 if time_unit and _fits(suffix.unit, amount) else (0.6 if len(text) <= _HEAD_CHARS else 0)
    if context.per and context.unit is not None:
        next_to_it = context.unit is not PayUnit.PIECE and _fits(context.unit, amount) and _per_is_next(text, amount)
        if suffix.yuan or next_to_it:
            return 0.95 if suffix.yuan else 0.9
    if context.floor or context.ceiling:
        return 0.8 if suffix.yuan or amount.scaled or amount.high >= 1000 else 0.5
    if context.commission:
        return 0
    if suffix.months is not None:
        return 0.9
    return _unnamed_confidence(text, amount, suffix, context, found)


def _label_is_next(text: str, amount: Amount) -> bool:
    return text[amount.start - 1 : amount.start] not in ("早", "晚", "朝", "第", "周", "期", "休", "满")


def _per_is_next(text: str, amount: Amount) -> bool:
    """一天大概200 but not 每天拨打电话100: only filler stands between the period and the amount."""
    return _PERIOD_AND_FILLER.search(text, max(0, amount.start - _LABEL_GAP - 2), amount.start) is not None


def _unnamed_confidence(
    text: str, amount: Amount, suffix: Suffix, context: _Context, found: list[Found[Pay]]
) -> float:
    """An amount that no pay word and no unit vouches for."""
    continues = bool(found) and amount.start - found[-1].end <= _LABEL_GAP
    if continues and "\n" in text[found[-1].end : amount.start]:
        continues = False
    if context.weak and (suffix.yuan or amount.scaled or continues):
        return 0.7
    head = len(text) <= _HEAD_CHARS
    years = 1900 <= amount.low <= 2100 and amount.high <= 2100
    round_sum = amount.low % 50 == 0 and amount.high % 50 == 0
    if amount.ranged and amount.low >= 1000 and amount.high <= 200_000:
        if amount.scaled or suffix.yuan or (not years and round_sum):
            return 0.7
    if suffix.yuan and head and amount.high >= 5:
        return 0.55
    if amount.scaled and not amount.ranged and 1000 <= amount.high <= 50_000 and (head or amount.start == 0):
        return 0.6
    if head and not years and round_sum and amount.low >= 1000 and amount.high <= 50_000:
        return 0.5
    if head and context.weak and amount.low % 5 == 0 and amount.low >= 80 and amount.high <= 1000:
        return 0.5
    whole = text.strip()
    return 0.5 if head and whole == text[amount.start : suffix.end].strip() and amount.high >= 1000 else 0


def _fen(yuan: float) -> int:
    return round(yuan * 100)


def _pay(
    text: str, amount: Amount, suffix: Suffix, context: _Context, after: re.Match[str] | None, unit: PayUnit, credited: bool
) -> Pay:
    """credited: a 提成 before this amount belongs to the pay before it."""
    base = context.base or (after is not None and after["base"] is not None)
    floor = context.floor or (after is not None and after["floor"] is not None)
    low: int | None = _fen(amount.low)
    high: int | None = _fen(amount.high)
    if not amount.ranged:
        if suffix.capped or (context.ceiling and not floor):
            low = None
        elif suffix.open_top or floor or base or _OVER.search(text, max(0, amount.start - 2), amount.start):
            high = None
    elif base:
        high = None
    tail = _clause(text, suffix.end)
    commission = context.commission or _COMMISSION_NEAR.search(tail) is not None
    if not commission and not credited:
        lead = text[max(0, amount.start - 14) : amount.start]
        commission = _COMMISSION_NEAR.search(lead) is not None and _SENTENCE_END.search(lead) is None
    return Pay(low, high, unit, suffix.months, False, commission, _fen(amount.low) if base else None)


def _clause(text: str, start: int) -> str:
    """Up to 12 characters after `start`, stopping at the end of the clause."""
    window = text[start : start + 12]
    stop = _CLAUSE_END.search(window)
    return window if stop is None else window[: stop.start()]


def _merge_bounds(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """最低4000,最高8000 is one range."""
    merged: list[Found[Pay]] = []
    for item in found:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.value.max_fen is None
            and item.value.min_fen is None
            and last.value.unit is item.value.unit
            and last.value.base_fen is None
            and item.start - last.end <= _CHAIN_GAP
            and (last.value.min_fen or 0) <= (item.value.max_fen or 0)
        ):
            value = replace(last.value, max_fen=item.value.max_fen)
            merged[-1] = Found(value, last.start, item.end, min(last.confidence, item.confidence))
        else:
            merged.append(item)
    return merged


_BASE_REACH = 40


def _merge_base(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """底薪3000+提成,综合6000-8000 is one pay whose base is 3,000."""
    merged: list[Found[Pay]] = []
    for item in found:
        last = merged[-1] if merged else None
        if last is None or last.value.unit is not item.value.unit or item.start - last.end > _BASE_REACH:
            merged.append(item)
            continue
        pair = (last, item) if last.value.base_fen is not None else (item, last)
        base, total = pair
        same_line = "\n" not in text[last.end : item.start]
        if (
            base.value.base_fen is None
            or total.value.base_fen is not None
            or not same_line
            or min(last.confidence, item.confidence) <= 0.6
            or (total.value.max_fen or total.value.min_fen or 0) < base.value.base_fen
        ):
            merged.append(item)
            continue
        value = replace(
            total.value,
            base_fen=base.value.base_fen,
            commission=base.value.commission or total.value.commission,
        )
        merged[-1] = Found(value, last.start, item.end, min(base.confidence, total.confidence))
    return merged


def _add_typed_missing(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    found = _add_negotiable(text, found)
    found = _add_months(text, found)
    over = None if found else _OVER_TEN_THOUSAND.search(text)
    if over is not None:
        tens = {"万": 1, "两万": 2, "三万": 3, "四万": 4, "五万": 5}[over["amount"]]
        found.append(Found(Pay(min_fen=tens * 1_000_000), over.start(), over.end(), 0.3))
    if not found:
        piece = _PIECE_ONLY.search(text)
        commission = _COMMISSION_ONLY.search(text)
        if piece is not None:
            found.append(Found(Pay(unit=PayUnit.PIECE), piece.start(), piece.end(), 0.5))
        elif commission is not None:
            found.append(Found(Pay(commission=True), commission.start(), commission.end(), 0.5))
    return found


def _add_negotiable(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    if "议" not in text and "谈" not in text and "协商" not in text:
        return found
    added = list(found)
    for match in _NEGOTIABLE.finditer(text):
        near = [i for i, item in enumerate(added) if 0 <= match.start() - item.end <= 8]
        if near and "\n" not in text[added[near[-1]].end : match.start()]:
            item = added[near[-1]]
            value = replace(item.value, negotiable=True)
            added[near[-1]] = Found(value, item.start, match.end(), item.confidence)
        elif _NEGOTIABLE_HEAD.search(match.group()):
            added.append(Found(Pay(negotiable=True), match.start(), match.end(), 0.9))
    return sorted(added, key=lambda item: item.start)


def _add_months(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """Give 13薪 named anywhere in the text to the monthly pays that do not say their own."""
    if "薪" not in text and "个月工资" not in text:
        return found
    match = _MONTHS.search(text)
    if match is None:
        return found
    number = match["n"]
    months = 13.0 if number is None else float(_CHINESE_MONTHS.get(number) or number)
    return [
        replace(item, value=replace(item.value, months=months))
        if item.value.unit is PayUnit.MONTH and item.value.months is None and item.value.min_fen is not None
        else item
        for item in found
    ]


def read_pay_field(text: str | None, min_yuan: float | None = None, max_yuan: float | None = None) -> Pay | None:
    """Pay of structured columns: the pay text (8-12K·13薪, 200-300元/天, 面议) and the numbers beside it.

    The numbers win for the bounds, the text gives unit, months and 面议. min_yuan/max_yuan: yuan a unit of the text,
    month when the text says none; a lower bound above the upper is swapped. None when nothing is stated.
    """
    found = find_pays(text) if text else []
    stated = _primary(found)
    if min_yuan is None and max_yuan is None:
        return stated
    values = sorted(v for v in (min_yuan, max_yuan) if v is not None and v > 0)
    if not values:
        return stated
    low = None if min_yuan is None or min_yuan <= 0 else _fen(values[0])
    high = None if max_yuan is None or max_yuan <= 0 else _fen(values[-1])
    if stated is None:
        return Pay(low, high)
    return replace(stated, min_fen=low, max_fen=high)


def _primary(found: list[Found[Pay]]) -> Pay | None:
    item = primary_pay(found)
    return None if item is None else item.value


def primary_pay(found: list[Found[Pay]]) -> Found[Pay] | None:
    """The pay a posting is known by: stated amounts before 面议, sure before guessed, then the first."""
    best: Found[Pay] | None = None
    for item in found:
        if best is None or _rank(item) > _rank(best):
            best = item
    return best


def _rank(item: Found[Pay]) -> tuple[bool, bool, bool, float]:
    pay = item.value
    stated = pay.min_fen is not None or pay.max_fen is not None
    timed = pay.unit in _PLAIN_RANGE
    return stated, timed and item.confidence >= 0.8, pay.base_fen is None, round(item.confidence, 1)
