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
_WORK_FEES = (
    *("劳务", "课时", "讲课", "代课", "工", "工时", "人工", "小时", "钟点", "出场", "演出", "手工", "加工"),
    *("装车", "卸车", "搬运", "装卸", "陪护", "护理", "看护", "安装", "免"),
    *("监考", "巡考", "阅卷", "评卷", "授课", "课酬", "助教", "辅导", "主持", "化妆", "跟拍", "拍摄", "翻译", "讲解", "导游"),
    *("裁判", "陪练", "陪诊", "跟车", "押车", "代驾", "保洁", "清洁", "执勤", "安保", "调查", "录入", "表演", "礼仪"),
)
_FEE_BEFORE = re.compile(
    "".join(f"(?<!{work})" for work in _WORK_FEES)
    + r"费[:是为约共]?\s?(?:(?:每个?|一个?|/)[天日月次年])?\s?[:约]?\s?$"
    r"|(?:端午|中秋|春节|元旦|国庆|元宵|妇女节|三八|生日|劳动节)节?(?:各|发|送|给|有|每人)?[:]?\s?$"
    r"|(?:意外|雇主|责任|商业|医疗|重疾|人身|工伤)险[,]?(?:(?:每|一个?|/)[人年月])?[:约是为]?\s?$"
    r"|(?:伙食|[用就]?餐|饭|险|体检|水电)[^,。;\n\d]{0,4}[每一]人(?:[每一]?[年月天日餐顿])?[约为:]?\s?$|返(?:现|还|你)?\s?$"
    r"|办理?[一-龥]{1,4}证(?:大?约|要|需|交|得)?\s?$|自[理费][,(]?(?:大?约|大概)?\s?$|半个?月\s?$"
    r"|年终奖金?(?:一般|大?约|大概)?[在有发:]?\s?$|租(?:金|用|车)?,?(?:[一每](?:天|个?月|年))\s?$"
)
_ALLOWANCES_BEFORE = re.compile(r"(?:补贴|补助|津贴):[^,。;\n]{0,24}、[一-龥]{1,4}$")
"""技能补贴:初级1000元、中级1500元: a list of allowances."""
_MORE_BEFORE = re.compile(
    r"[师工员][再另]?加\s?$|比[^,。;\s\d]{1,6}(?:高|多|低|少|涨)[出了发给拿挣]?\s?$|[多另][给发拿补奖加付](?:了|你|一个月)?\s?$"
    r"|(?:后|每年|满年|逐年)[再另]?[加涨]\s?$|(?:超出|超时|超过)(?:的|部分)?[每一]个?(?:小时|钟头?)\s?$"
)
_REST_DAY_BEFORE = re.compile(
    r"(?:平日|平时|工作日|延时|周末|周(?:六日?|日)|双休日?|休息日|节假日|法定|法定(?:节?假日|节日)|国定假日|节日|假日)(?:加班)?(?:费|工资)?[:是为按]?\s?$"
)
_ORDINARY_DAYS = frozenset({"平时", "平日", "周末", "节假日"})
"""平时一天160: pay of some days; by the hour, or beside 加班, it is overtime."""
_BARE_BASE = re.compile(r"(?:(?<![年月到封打保见彻罐楼谷海])底|(?<![一-龥])基本|(?<==)基本)[:]?\s?$")
"""底3000, 工资=基本4200: the base pay in short."""
_LEAST_BASE = 1000
_OVERTIME = re.compile("加班|延时|加点")
FILLER = re.compile(
    r"[\s能可以会大概挣赚拿到收入工资约的是给为::有在也就都多出净稳定轻松平均综合薪酬待遇最少低高至不于保底起]*$"
)
_MONTH_WORD = re.compile(r"(?<![\d个每本当上下\-.一二三四五六七八九十])月(?:薪|均)?$")
_PER_THING = re.compile(
    r"(?<![第十同统\d])[一每1](?:把(?=[一-龥])|板|桶|公?斤|根|扇|面|株|棵|捆|串|盒|篮|筐|框|笼|挂|卷|台|套|件|吨|立?方米?|亩地?|箱|袋|只|床|间|条|道|双|包"
    r"|(?<=[一每])米|垄|枝|颗|盆|副|组|樘|块(?=[一-龥])|(?<=[砖石板][一每])块|片|页|顶|支|头|辆|口井|车皮|孔|处)[一-龥]{0,3}?(?:[完好]?给|工钱|工费|算|挣|付|是|为)?提?\s?$"
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
    if text.startswith("=", start - 1):
        context.pay = True  # 底薪4k+提成=8k: what comes out is the pay
        return context
    if _not_for_work(text, start):
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
            by_the_day = context.unit is PayUnit.DAY and text[label_start:label_end] in _ORDINARY_DAYS
            vouched = context.pay or context.base or "保底" in text[label_end:start]  # 干满勤保底5000
            context.other = not (vouched or (by_the_day and not _OVERTIME.search(text)))
            break
        if chained and context.pay and word.role == "per" and word.unit == PayUnit.PIECE.value:
            break  # 洗碗一个 工资3000: one person, not 3,000 apiece
        _note(context, word)
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


def _not_for_work(text: str, start: int) -> bool:
    """Rent, a fee, a gift of the season, what is more than before, or overtime, right before the amount."""
    if _ROOM_BEFORE.search(text, max(0, start - 8), start):
        return True
    near = max(0, start - 14)
    if _FEE_BEFORE.search(text, near, start) or _MORE_BEFORE.search(text, near, start):
        return True
    if _ALLOWANCES_BEFORE.search(text, max(0, start - 34), start):
        return True
    return (
        _REST_DAY_BEFORE.search(text, near, start) is not None
        and _OVERTIME.search(text, max(0, start - _LABEL_REACH), start) is not None
    )


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
