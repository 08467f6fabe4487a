"""The part of a sentence that names work, for the encoder (意向文本).

Clauses that name a wanted trade or a claimed skill stay, with everything else that was read (pay, place, constraints) and
the fillers (我想找…的活) cut out. When no known trade is named, a clause that names a kind of workplace stays (滑雪场).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from matcher.text.utterance_fields.scope import Clause, Scope

MAX_WISH_CHARS = 200
_FILLER = re.compile(
    r"(?:我们?|俺们?|咱们?|本人|大家|老板|师傅|请问|你好|您好|麻烦|帮我?|给我|主播)"
    r"|(?:有没有|有冇得|还有没有|还有|有啥|有什么|有么事|哪有|哪里有|哪家|哪儿)"
    r"|(?:现在|目前|今天|最近|还是|其实|就是|主要|只要|只想|就想|最好|希望|打算|准备|特别)"
    r"|(?:想找|想干|想做|想当|想去|想学|想要|想跑|想开|想进|要找|找个|找份|找点|找|想|寻个|寻|搞个|搞点|换个|来个|应聘|试试|需要|推荐|介绍)"
    r"|(?:也可以|都可以|可以|也行|都行|也成|都成|就行|就中|就成|也中|能干|能行|都干过|干过|做过|没干过|没做过|都会|也会|没问题|没得说)"
    r"|(?:之类的?|什么的|啥的|那种|这种|一类|方面的?|相关的?|的活儿?|的工作|的岗位|的岗|的事|工作|岗位|上班|一份|一个|吗|么|呢|吧|啊|呀|嘛|了|[?？!！])"
)
_EDGE = re.compile(r"^[的地得在去到和跟与或、,的也都就还有个点一是\s]+|[的地得去到和跟与或、,的也都就还有个点一是\s]+$")
_PLACE_OF_WORK = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:场|店|厂|馆|院|园|站|铺|坊|超市|工地|食堂|公司|饭店|酒店|物流|仓库|快餐|餐饮|车间|市场|医院|学校|工|员|师)"
    r"|手工活"
)
_NO_WORK = re.compile(
    r"工地|厂子|哪个厂|[那这]个?厂|好厂|大厂|小厂|这个|那个|工资|社保|押金|学校|孩子|老人|包吃|中介|夜班|白班|小时工|打工|招工|临时工"
    r"|零工|短工|长期工|正式工|合同工|季节工|员工|人员|加工|手工(?!活)|罢工|的厂$|接的|工钱|工作|老公|过年|社区医院"
)
_NOT_WANTED = re.compile(r"不|没|别|甭|以前|原来|之前|从前|过去")
_MIN_CHARS = 2


def wish_text(
    scope: Scope, source: str, work: Iterable[tuple[int, int]], other: Iterable[tuple[int, int]]
) -> str:
    """The wish as written in `source`, clauses joined with a blank; "" when nothing names work.

    work:  spans of wanted trades and skills, always kept.
    other: spans of everything else that was read; cut out where they do not touch `work`.
    """
    keep = bytearray(len(source) + 1)
    cut = bytearray(len(source) + 1)
    for start, end in work:
        keep[start:end] = b"\x01" * (end - start)
    for start, end in other:
        cut[start:end] = b"\x01" * (end - start)
    named = any(keep)
    parts = []
    for clause in scope.clauses:
        if named and not any(keep[clause.start : clause.end]):
            continue
        part = _rest(scope, source, clause, keep, cut)
        if named or (_names_a_workplace(part) and _NOT_WANTED.search(scope.plain, clause.start, clause.end) is None):
            parts.append(part)
    return " ".join(part for part in parts if len(part) >= _MIN_CHARS)[:MAX_WISH_CHARS].strip()


def _rest(scope: Scope, source: str, clause: Clause, keep: bytearray, cut: bytearray) -> str:
    """The clause without cut spans and fillers; characters of `keep` always stay."""
    drop = bytearray(cut[clause.start : clause.end])
    for match in _FILLER.finditer(scope.text, clause.start, clause.end):
        low, high = match.start() - clause.start, match.end() - clause.start
        drop[low:high] = b"\x01" * (high - low)
    kept = [
        (char, keep[clause.start + i])
        for i, char in enumerate(source[clause.start : clause.end])
        if keep[clause.start + i] or not drop[i]
    ]
    flags = [flag for _, flag in kept]
    text = "".join(char for char, _ in kept)
    first = flags.index(1) if 1 in flags else len(text)
    last = len(flags) - flags[::-1].index(1) if 1 in flags else len(text)
    return _EDGE.sub("", text[:first]) + text[first:last] + _EDGE.sub("", text[last:])


def _names_a_workplace(text: str) -> bool:
    return _PLACE_OF_WORK.search(text) is not None and _NO_WORK.search(text) is None
