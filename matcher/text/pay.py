"""Read pay from free text and from structured pay columns (劳动报酬).

A number is pay only when something says so: a unit (/天), a pay word before or after it (工资, 底薪), 元 with the
right company, or a scale word at the head of a short text (五千招保安). The nearest word rules, so 餐补300元 is no
pay. Every decision reads a bounded window, so the cost is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.lexicon.files import on_reload
from matcher.text.found import Found
from matcher.text.normalise import fold_case
from matcher.text.pay_amounts import Amount, scan_amounts
from matcher.text.pay_certainty import (
    AD_CHARS,
    LEAST_MONTH,
    OVER,
    PLAIN_RANGE,
    UNDER,
    certainty,
    guessed_unit,
    unit_of,
)
from matcher.text.pay_context import CLAUSE_END, SENTENCE_END, Context, Label, labels_before, read_context
from matcher.text.pay_joining import BASE_REACH, add_typed_missing, merge_base, merge_bounds, settle_fixed
from matcher.text.pay_other_money import (
    counts_things,
    is_capped_cost,
    is_eleven,
    is_price_of_goods,
    lump,
    other_after,
    tells_of_others,
)
from matcher.text.pay_spelling import as_meant, spaced_out
from matcher.text.pay_stipends import is_paid_by_stipend, with_stipends_as_wages
from matcher.text.pay_suffix import Suffix, read_suffix

MAX_CHARS = 4000
"""Text beyond this length is not parsed."""
_TRIGGER = re.compile(
    r"[元块毛角薪资酬钱kw千万百]|待遇|收入|综合|工价|到手|日结|[面另]议|面谈|计件|提成|/天|/小时|/月|/h|一天|每天|一小时|每小时|每月|月[入均]|¥|[一每][斤吨亩方场趟单车晚宿班棵条箱平台把套顶件只节次票盒袋桶根个块双礼扇粒对颗株枝道]|[协面]商|商[量议]|[可以好]谈|按件|算一件"
)
_PAY_AFTER = re.compile(
    r"\s?的?(?P<base>无责底薪|责任底薪|底薪|基本工资|固定底薪)|\s?的?(?:月薪|年薪|日薪|时薪|工资|薪资|薪水|月收入|收入|到手(?!\s?[\d一二两三四五六七八九]))|\s?(?P<floor>保底)"
)
_COMMISSION_NEXT = re.compile(
    r"[,、(]\s?(?:(?:之后|以后|另外?)?按[单件]|(?:已|均|都)?(?:包?含|包括)|另?外?[有加]|还有|[再外]加|底薪[+加]?)?(?:高额?|(?![一-龥]?[无没不])[一-龥]{2})?"
    r"(?:提成|佣金|提点)"
)
_COMMISSION_NEAR = re.compile(
    r"(?:提成|佣金|(?<!年[底终])(?<!年[底终][有发给])分红|抽成|提点)(?![后完])|[加含算连][上入]?(?:提成|佣金)"
)
_COMMISSION_NEXT_BEFORE = re.compile(r"底薪[+加]?提成[^,。;\n\d]{0,2}$")
_LEAST_HOUR = 12
_GREATEST_LUMP = 10_000


def find_pays(text: str) -> list[Found[Pay]]:
    """Every pay in `text`, left to right, with spans in it; empty when there is none.

    面议 gives a Pay with negotiable=True and no amounts, 计件 alone one with unit PIECE and no amounts. A single
    amount sets both bounds, 以上/起/保底 only the lower, 封顶/最高 only the upper, 底薪 the lower and base_fen.
    Never raises; reads the first MAX_CHARS characters.
    """
    return find_pays_folded(fold_case(text[:MAX_CHARS]))


def find_pays_folded(folded: str) -> list[Found[Pay]]:
    """`find_pays` of a text that is folded and cut already."""
    folded = as_meant(folded)
    if _TRIGGER.search(folded) is None and not _short_amount(folded):
        return []
    places = spaced_out(folded)
    if places is not None:
        return [_moved(item, places) for item in _found("".join(folded[at] for at in places))]
    return _found(folded)


def _found(folded: str) -> list[Found[Pay]]:
    read = _read(folded)
    if not read and is_paid_by_stipend(folded):
        read = find_stipends(folded)
    return add_typed_missing(folded, read)


def _moved(item: Found[Pay], places: list[int]) -> Found[Pay]:
    """The finding in the text that the characters at `places` were taken from."""
    return replace(item, start=places[item.start], end=places[item.end - 1] + 1)


def find_stipends(folded: str) -> list[Found[Pay]]:
    """The 补贴 or 补助 that is the pay of a traineeship or a public-welfare post, which name no wage."""
    wages = with_stipends_as_wages(folded)
    return [] if wages is None else _read(wages)[:1]


def _read(folded: str) -> list[Found[Pay]]:
    """The pays that are stated as amounts."""
    found: list[Found[Pay]] = []
    amounts = scan_amounts(folded)
    labels = labels_before(folded, amounts)
    reach = 0  # labels before this index lie left of the current amount
    previous_end = 0
    for amount in amounts:
        while reach < len(labels) and labels[reach][1] <= amount.start:
            reach += 1
        pay, consumed = _read_amount(folded, amount, labels[max(0, reach - 8) : reach], found, previous_end)
        if pay is not None:
            found.append(pay)
        previous_end = max(consumed, amount.end)
    return settle_fixed(folded, merge_base(folded, merge_bounds(folded, found)))


def _short_amount(folded: str) -> bool:
    return len(folded) <= AD_CHARS and any(c.isdigit() for c in folded)


def _read_amount(
    text: str, amount: Amount, before: list[Label], found: list[Found[Pay]], previous_end: int
) -> tuple[Found[Pay] | None, int]:
    if amount.high <= 0 or _touches_other_token(text, amount) or is_eleven(text, amount.start):
        return None, amount.end
    suffix = read_suffix(text, amount.end, amount.high)
    suffix.yuan |= amount.yuan
    by_the_hour = suffix.unit is PayUnit.HOUR and (not found or found[-1].value.unit is PayUnit.HOUR)
    context = read_context(text, amount.start, before, previous_end, ordinary_hours=by_the_hour, unit=suffix.unit)
    after = _PAY_AFTER.match(text, suffix.end)
    if suffix.unit is None and amount.high < _GREATEST_LUMP:
        whole = lump(text, amount.start)
        if whole is not None and (amount.high < LEAST_MONTH or whole.group().startswith("包工")):
            return None, suffix.end
    if (
        context.other
        or (context.post and bool(found))
        or (bool(found) and tells_of_others(text, amount.start))
        or (not (context.pay or context.per or suffix.unit) and is_price_of_goods(text, amount.start))
        or (suffix.capped and not context.pay and is_capped_cost(text, amount.start))
        or other_after(text, amount.start, amount.end, suffix.end, pay_named=context.pay)
    ):
        return None, suffix.end
    plain = not suffix.yuan and suffix.unit is None and suffix.months is None
    if plain and after is None and counts_things(text, amount.end):
        return None, amount.end
    unit, unit_sure = unit_of(amount, suffix, context, text, found)
    confidence = certainty(text, amount, suffix, context, after is not None, unit_sure, found)
    low, high = PLAIN_RANGE.get(unit, (0.01, 100_000))
    if confidence == 0 or amount.high > high or (amount.high < low and not (suffix.yuan and suffix.unit)):
        return None, suffix.end
    end = suffix.end if after is None else after.end()
    start = context.start if context.start >= 0 else amount.start
    pay = _pay(text, amount, suffix, context, after, unit, bool(found))
    return Found(pay, start, end, confidence), end


def _touches_other_token(text: str, amount: Amount) -> bool:
    """Part of a clock time, a date, a code such as c1, a decimal, a phone number."""
    before = text[amount.start - 1] if amount.start else " "
    if (
        before.isascii()
        and (before.isalpha() or before in "_@#*")
        and text[amount.start - 3 : amount.start] != "rmb"
    ):
        return True
    if before in ":./-" and amount.start > 1 and text[amount.start - 2].isdigit():
        return before in ":/-" or amount.high < 100
    after = text[amount.end] if amount.end < len(text) else " "
    if after in ":" and amount.high < 25:
        return True
    if after == "-" and text[amount.end + 1 : amount.end + 2].isdigit() and amount.ranged:
        return True
    return amount.ranged and 1900 <= amount.low <= 2100 and amount.high <= 12


def _fen(yuan: float) -> int:
    return round(yuan * 100)


def _pay(
    text: str,
    amount: Amount,
    suffix: Suffix,
    context: Context,
    after: re.Match[str] | None,
    unit: PayUnit,
    credited: bool,
) -> Pay:
    """credited: a 提成 before this amount belongs to the pay before it."""
    base = context.base or (after is not None and after["base"] is not None)
    floor = context.floor or (after is not None and after["floor"] is not None)
    low: int | None = _fen(amount.low)
    high: int | None = _fen(amount.high)
    if not amount.ranged:
        if suffix.capped or (context.ceiling and not floor) or UNDER.search(text, max(0, amount.start - 2), amount.start):
            low = None
        elif suffix.open_top or floor or base or OVER.search(text, max(0, amount.start - 2), amount.start):
            high = None
    elif base:
        high = None
    tail = text[suffix.end : suffix.end + BASE_REACH] if base else _clause(text, suffix.end)
    if base and (stop := SENTENCE_END.search(tail)):
        tail = tail[: stop.start()]
    commission = (
        context.commission
        or text.startswith("提", amount.start - 1)
        or _COMMISSION_NEAR.search(tail) is not None
    )
    if not commission:
        commission = _COMMISSION_NEXT_BEFORE.search(text, max(0, amount.start - 6), amount.start) is not None
    if not commission and not credited:
        lead = text[max(0, amount.start - 14) : amount.start]
        if _COMMISSION_NEAR.search(lead) is not None:
            commission = _COMMISSION_NEAR.search(SENTENCE_END.split(lead)[-1]) is not None
    apart = unit is PayUnit.YEAR and "," in text[amount.end : suffix.end]
    months = None if apart else suffix.months
    return Pay(low, high, unit, months, False, commission, _fen(amount.low) if base else None)


def _clause(text: str, start: int) -> str:
    """Up to 12 characters after `start`, to the end of the clause; a next clause counts if it opens with 提成."""
    window = text[start : start + 12]
    if _COMMISSION_NEXT.match(window):
        return window
    stop = CLAUSE_END.search(window)
    return window if stop is None else window[: stop.start()]


def read_pay_field(
    text: str | None, min_yuan: float | None = None, max_yuan: float | None = None
) -> Pay | None:
    """Pay of structured columns: the pay text (8-12K·13薪, 200-300元/天, 面议) and the numbers beside it.

    The numbers win for the bounds, the text gives unit, months and 面议. min_yuan/max_yuan: yuan a unit of the text,
    guessed by size when the text says none; a lower bound above the upper is swapped. None when nothing is
    stated or no unit makes sense of the numbers.
    """
    stated = _stated(text) if text else None
    if min_yuan is None and max_yuan is None:
        return stated
    values = sorted(v for v in (min_yuan, max_yuan) if v is not None and v > 0)
    if not values:
        return stated
    low = None if min_yuan is None or min_yuan <= 0 else _fen(values[0])
    high = None if max_yuan is None or max_yuan <= 0 else _fen(values[-1])
    if stated is None:
        # 8-15元·14薪 or 6元: thousands were meant, or nothing; either way it is not known
        implausible = values[-1] < _LEAST_HOUR or ("薪" in (text or "") and values[-1] < LEAST_MONTH)
        return None if implausible else Pay(low, high, guessed_unit(values[0]))
    return replace(stated, min_fen=low, max_fen=high)


@lru_cache(maxsize=8192)
def _stated(text: str) -> Pay | None:
    """The columns of a file say the same few things over and over: 面议, 5000-8000元/月."""
    item = primary_pay(find_pays(text))
    return None if item is None else item.value


on_reload(_stated.cache_clear)


def without_bare_piece_work(found: list[Found[Pay]]) -> list[Found[Pay]]:
    """熟手计件 in one text of a posting adds nothing to the amounts that another states."""
    if not any(item.value.min_fen is not None or item.value.max_fen is not None for item in found):
        return found
    return [item for item in found if item.value != Pay(unit=PayUnit.PIECE)]


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
    timed = pay.unit in PLAIN_RANGE
    return stated, timed and item.confidence >= 0.8, pay.base_fen is None, round(item.confidence, 1)
