"""What the words before an amount say about it: pay, an allowance, a period, a bound (数额之前的字).

The nearest word rules. INVARIANT: every look back is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.domain.posting_terms import PayUnit
from matcher.lexicon.cue_words import PayWord, pay_words
from matcher.lexicon.files import loaded
from matcher.text.pay_amounts import Amount
from matcher.text.pay_other_money import LABEL_REACH, OVERTIME, other_before
from matcher.text.word_index import WordIndex

_DECOY = "-"
"""Role of words that only look like pay words (起步区)."""
LABEL_GAP = 10
CHAIN_GAP = 3
_OTHER_GAP = 4
_UNIT_LABEL_GAP = 6
SENTENCE_END = re.compile(r"[。;!\n?]")
CLAUSE_END = re.compile(r"[,，。;!\n?|]")
_ORDINARY_DAYS = frozenset({"平时", "平日", "周末", "节假日"})
"""平时一天160: pay of some days; by the hour, or beside 加班, it is overtime."""
_PAIR_REACH = 24
_OVERTIME_REACH = 200
_TRADE_TOO = "水电"
"""What one pays for, and by the day a trade: 水电460元/天."""
_BY_RULE = re.compile(r"按[^,。;\n]{1,4}?(?:[算计结付给发]|计算|结算)?(?:的话|工[钱资])?[,:的是为]{0,2}\s?")
"""按天算,四百二; 也可以按月,5200."""
_BARE_BASE = re.compile(r"(?:(?<![年月到封打保见彻罐楼谷海鞋层锅水河井池湖])底|(?<![一-龥])基本|(?<==)基本)[:]?\s?$")
"""底3000, 工资=基本4200: the base pay in short."""
_LEAST_BASE = 1000
FILLER = re.compile(
    r"[\s能可以会大概挣赚跑下来落剩提拿到收入工资约的是给为::有在也就都多出净稳定轻松平均综合薪酬待遇最少低高至不于保底起]*$"
)
_MONTH_WORD = re.compile(r"(?<![\d个每本当上下\-.一二三四五六七八九十])月(?:薪|均)?$")
_PER_THING = re.compile(
    r"(?<![第十同统\d])[一每1](?:(?<=每)把|把(?=[一-龥])|板|桶|公?斤|根|扇|面|株|棵|捆|串|盒|篮|筐|框|笼|挂|卷|台|套|件|吨|立?方米?|亩地?|箱|袋|只|床|间|条|道|双|包"
    r"|(?<=[一每])米|垄|枝|颗|粒|(?<=每)对|对(?![一多])[一-龥]{1,2}|盆|副|组|樘|块(?=[一-龥])|(?<=[砖石板][一每])块|片|页|顶|支|头|辆|口井|车皮|孔|处)[一-龥]{0,3}?(?:[完好]?给|工钱|工费|算|挣|付|是|为)?提?\s?$"
)
"""The price of one thing that stands before it: 一把椅子25元, 每桶提2块5."""
_UNIT_BY_CODE = {unit.value: unit for unit in PayUnit}


@dataclass(slots=True)
class Context:
    """What the words before an amount say."""

    other: bool = False
    after_other: bool = False  # an allowance stands in the clause before
    pay: bool = False
    per: bool = False
    per_thing: bool = False  # the price of one thing that the words name
    rate: bool = False
    weak: bool = False
    base: bool = False
    floor: bool = False
    ceiling: bool = False
    post: bool = False  # 岗位工资: a part of the pay, or all of it
    probation: bool = False
    commission: bool = False
    unit: PayUnit | None = None
    start: int = -1


Label = tuple[int, int, PayWord]


@loaded
def _labels() -> WordIndex[PayWord]:
    return WordIndex(pay_words())


def labels_before(text: str, amounts: list[Amount]) -> list[Label]:
    """The words in the stretches before the amounts; the rest of a long text is not searched."""
    index = _labels()
    labels: list[Label] = []
    start = stop = 0
    for amount in [*amounts, None]:
        if amount is not None and amount.start - LABEL_REACH <= stop:
            stop = amount.start
            continue
        labels.extend((start + a, start + b, word) for a, b, word in index.find(text[start:stop]))
        if amount is not None:
            start, stop = amount.start - LABEL_REACH, amount.start
    return labels


def read_context(
    text: str, start: int, before: list[Label], previous_end: int, *, ordinary_hours: bool = False, unit: PayUnit | None = None
) -> Context:
    """Read the chain of words that ends right before the amount.

    ordinary_hours: the amount is for an hour, and no pay but for hours stands before it.
    unit: what the words after the amount say it is for.
    """
    context = Context()
    edge = _before_bracket(text, start)
    chained = False
    if text.startswith("=", start - 1):
        context.pay = True  # 底薪4k+提成=8k: what comes out is the pay
        return context
    if other_before(text, start):
        context.other = True
        return context
    for label_start, label_end, word in reversed(before):
        if label_end > edge or word.role == _DECOY:
            continue
        if label_end < previous_end or (chained and label_end == previous_end):
            break
        by_rule = not chained and word.role == "per" and _BY_RULE.fullmatch(text, label_start, edge) is not None
        if not by_rule and not _belongs(text[label_end:edge], word, first=not chained):
            context.after_other = word.role == "other" and SENTENCE_END.search(text, label_end, edge) is None
            break
        if word.role == "other":
            # 餐补每天20: the allowance owns the amount; 补贴后月薪5000: the wage does
            vouched = context.pay or context.base or "保底" in text[label_end:start]  # 干满勤保底5000
            vouched |= unit is PayUnit.DAY and text.startswith(_TRADE_TOO, label_start)
            context.other = not (vouched or _of_ordinary_days(text, label_start, label_end, context, ordinary_hours))
            break
        if chained and context.pay and word.role == "per" and word.unit == PayUnit.PIECE.value:
            break  # 洗碗一个 工资3000: one person, not 3,000 apiece
        _note(context, word)
        context.per_thing |= by_rule
        if word.role != "weak":
            context.start = label_start
        chained = True
        edge = label_start
    if not context.base and _BARE_BASE.search(text, max(0, start - 6), start):
        context.base = True
    piece = context.unit is PayUnit.PIECE and not context.pay
    if (not chained or piece) and _PER_THING.search(text, max(0, start - 8), start):
        context.per = context.per_thing = True
        context.unit = PayUnit.PIECE
    if _MONTH_WORD.search(text, max(0, start - 4), start):
        context.per, context.unit = True, context.unit or PayUnit.MONTH
    return context


def _of_ordinary_days(text: str, start: int, end: int, context: Context, ordinary_hours: bool) -> bool:
    """平时一天160, and 平时17元/时,周末21元/时: pay of some days, where no word speaks of overtime."""
    near = max(0, start - _OVERTIME_REACH), end + _OVERTIME_REACH
    if text[start:end] not in _ORDINARY_DAYS or OVERTIME.search(text, *near):
        return False
    if context.unit is PayUnit.DAY:
        return True
    return ordinary_hours and (text.startswith("平", start) or "平" in text[max(0, start - _PAIR_REACH) : start])


def _before_bracket(text: str, start: int) -> int:
    """月薪(含加班)6500: what the bracket says does not label the amount."""
    if text[start - 1 : start] != ")":
        return start
    opening = text.rfind("(", max(0, start - 12), start)
    return opening if opening >= 0 else start


def _belongs(gap: str, word: PayWord, *, first: bool) -> bool:
    """Whether a word that far before the amount, or before the next word, speaks of it."""
    if SENTENCE_END.search(gap):
        return False
    if word.role in ("other", "weak", "commission") or not first:
        limit = _OTHER_GAP if first else CHAIN_GAP
        return len(gap) <= limit and ("+" not in gap) and CLAUSE_END.search(gap) is None
    if word.role == "per":
        return FILLER.match(gap) is not None or (
            len(gap) <= _UNIT_LABEL_GAP and CLAUSE_END.search(gap) is None
        )
    return len(gap) <= LABEL_GAP


def _note(context: Context, word: PayWord) -> None:
    context.pay |= word.role in ("pay", "rate", "probation", "post")
    context.post |= word.role == "post"
    context.rate |= word.role == "rate"
    context.per |= word.role == "per"
    context.weak |= word.role == "weak"
    context.base |= word.role == "base"
    context.floor |= word.role == "floor"
    context.ceiling |= word.role == "ceiling"
    context.probation |= word.role == "probation"
    context.commission |= word.role == "commission"
    if word.unit and context.unit is None:
        context.unit = _UNIT_BY_CODE[word.unit]
