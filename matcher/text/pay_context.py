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
from matcher.text.word_index import WordIndex

_DECOY = "-"
"""Role of words that only look like pay words (起步区)."""
LABEL_GAP = 10
_LABEL_REACH = 40
CHAIN_GAP = 3
_OTHER_GAP = 4
_UNIT_LABEL_GAP = 6
SENTENCE_END = re.compile(r"[。;!\n?]")
CLAUSE_END = re.compile(r"[,，。;!\n?]")
_ROOM_BEFORE = re.compile(r"(?:宿舍|住宿|公寓|租房|停车|餐费|伙食|床位)[^,。;\n]{0,3}$")
FILLER = re.compile(
    r"[\s能可以会大概挣赚拿到收入工资约的是给为::有在也就都多出净稳定轻松平均综合薪酬待遇最少低高至不于保底起]*$"
)
_MONTH_WORD = re.compile(r"(?<![\d个每本当上下\-.一二三四五六七八九十])月(?:薪|均)?$")
_PER_THING = re.compile(
    r"(?<![第十同统])[一每](?:把(?=[一-龥])|板|桶|公斤|根|扇|面|株|棵|捆|串|盒|篮|筐|框|笼|挂|卷|台|套|件|吨|方|亩|斤|箱|袋|只|床|条)[一-龥]{0,3}提?\s?$"
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
    rate: bool = False
    weak: bool = False
    base: bool = False
    floor: bool = False
    ceiling: bool = False
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
        if amount is not None and amount.start - _LABEL_REACH <= stop:
            stop = amount.start
            continue
        labels.extend((start + a, start + b, word) for a, b, word in index.find(text[start:stop]))
        if amount is not None:
            start, stop = amount.start - _LABEL_REACH, amount.start
    return labels


def read_context(text: str, start: int, before: list[Label], previous_end: int) -> Context:
    """Read the chain of words that ends right before the amount."""
    context = Context()
    edge = _before_bracket(text, start)
    chained = False
    if _ROOM_BEFORE.search(text, max(0, start - 8), start):
        context.other = True
        return context
    for label_start, label_end, word in reversed(before):
        if label_end > edge or word.role == _DECOY:
            continue
        if label_end < previous_end or (chained and label_end == previous_end):
            break
        if not _belongs(text[label_end:edge], word, first=not chained):
            context.after_other = word.role == "other" and SENTENCE_END.search(text, label_end, edge) is None
            break
        if word.role == "other":
            # 餐补每天20: the allowance owns the amount; 补贴后月薪5000: the wage does
            context.other = not (context.pay or context.base)
            break
        if chained and context.pay and word.role == "per" and word.unit == PayUnit.PIECE.value:
            break  # 洗碗一个 工资3000: one person, not 3,000 apiece
        _note(context, word)
        if word.role != "weak":
            context.start = label_start
        chained = True
        edge = label_start
    if not chained and _PER_THING.search(text, max(0, start - 8), start):
        context.per, context.unit = True, PayUnit.PIECE
    if _MONTH_WORD.search(text, max(0, start - 4), start):
        context.per, context.unit = True, context.unit or PayUnit.MONTH
    return context


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
    context.pay |= word.role in ("pay", "rate", "probation")
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
