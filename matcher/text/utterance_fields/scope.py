"""Clauses of a sentence and what the speaker says about a thing named in it: wants it, accepts it, refuses it (语气).

Chinese says no before the thing (不干夜班) or after it (夜班不干), and once for a whole list (保安、保洁都不干). Words that
contain a no but deny nothing (不怕, 不低于, 有没有) are blanked first, letter for letter, so that spans stay true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

BLANK = "□"

_NO_DENIAL = re.compile(
    r"有没有|有冇得|上不上|给不给|买不买|发不发|压不压|扣不扣|缺不缺|让不让|补不补|加不加|报不报|要不要|能不能|交不交|包不包|管不管|是不是|行不行|可不可以|可以不可以|招不招|收不收|去不去|会不会|中不中|用不用|给不给|"
    r"不怕|不嫌|不低于|不少于|不超过|不挑|不光|不但|不仅|不管|不论|差不多|不错|不限|不得不|没问题|没事|没关系|无所谓|不是中介|不一样|"
    r"不过(?!期)|不好意思|没毛病|没的说|不拖欠|不在乎|不知道|不晓得|没啥问题|没准|不要紧|少不了|对不起|不由|从不迟到"
)
_CLAUSE_END = re.compile(r"[,;!?\n。，…:]|\s{1,8}|但是|不过|只是|就是(?=不|没|怕)|(?<=[^不没])而是")
_LIST_JOINER = re.compile(r"[、/和跟与或及\s]|还有|或者|以及")
_ACCEPT_AFTER = re.compile(
    r"(?:的|班|活|工作|这些|那种|之类的?|啥的)?(?:都|也|全|就|倒|还|我)?"
    r"(?:不是不行|不是不可以|不是不能|不是不干|行(?!不)|可以(?!不)|成(?!不)|中(?!不)|没问题|□□□|能干(?!不)|能去|能接受|接受|愿意|干得了|上得了|都行|好说)"
)
_REFUSE_AFTER = re.compile(
    r"(?:的|班|活|工作|这些|那种|这种|之类的?|啥的|我|就|那些)?(?:都|也|全|就|可|真|实在|坚决|绝对|肯定|一律|从来|给再多也|再多也|多少钱也|给钱也)?"
    r"(?:不(?!是不|□)(?:太?想|太?愿意?|肯|能|会|考虑|接受|喜欢|打算|爱|敢)?(?:干|做|行|要|去|上|成|中|考虑|接受|来|推|当|值|学|搞|倒|接|碰|需要)"
    r"|不考虑|不接受|不喜欢|不用|免谈|算了|别推|别给|别介绍|别找|甭|莫|除外|以外|之外"
    r"|[干做上熬吃受扛顶搞值倒跑搬]不(?:了|下|消|住|得|动|成|起|惯|下来|来)|拒绝|没法)"
)
_FAR_REFUSE_AFTER = re.compile(
    r"[^,。;!?\s]{1,8}的?(?:不行|不去|不干|不要|不上|不接|别推|免谈|[干做上熬吃受扛顶][^,。;]?不[了住成消起]|不考虑|不做)"
    r"了?(?=$|[,。;!?\s])"
)
_REFUSE_BEFORE = re.compile(
    r"(?:不(?!是不|是没)(?:太|再|是很|是太)?(?:想|愿意?|肯|能|会|打算|考虑|接受|喜欢|爱|敢)?(?:再|去)?(?:要|干|做|上|去|当|值|学|搞|倒|找|进|包|管|是|用|需要|是非要|一定要)?"
    r"|没(?:有)?(?:干|做|上|当|学|考|办|拿|得)?(?:过)?|无|冇得?|莫得?|么有|别(?![的人家处])(?:再)?(?:给我|跟我)?(?:推荐?|介绍|安排|找)?(?:个|的)?"
    r"|甭|拒绝|除了|除|[干做上熬吃受]不了|□□非要|上不去|不是非要|不需要|不用|谢绝|受够了)(?:什么|任何|啥|那个|那种|这种|这个|个|了)?$"
)
_UNLESS = re.compile(r"(?:我)?(?:就|我就|都|也|的)?(?:不去了?|不干了?|不考虑|免谈|不行|不来了?|不做了?)(?=$|[,。;!?\s])")
_DOUBLE = re.compile(r"(?:不是(?:说)?(?:不|没)(?:想|愿意?|能|肯|会|行|干)?|没有?不|不能不|不会不)(?:上|干|做|去)?$")
_BEFORE_CHARS = 10


class Stance(Enum):
    """What the speaker says about a thing they name."""

    WANT = "want"
    ACCEPT = "accept"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Clause:
    """Characters start:end of the sentence between two breaks."""

    start: int
    end: int


@dataclass(slots=True)
class Scope:
    """A folded sentence with its harmless negatives blanked, cut into clauses.

    text:    folded, lower-case, same length as the source.
    plain:   the same with words such as 不怕 blanked.
    """

    text: str
    plain: str
    clauses: list[Clause] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)

    def clause_of(self, position: int) -> Clause:
        """The clause a character lies in, or the one before a break."""
        return self.clauses[self._numbers[min(position, len(self._numbers) - 1)]]

    def before(self, position: int, chars: int = _BEFORE_CHARS) -> str:
        """Up to `chars` characters before `position`, not past the clause."""
        return self.plain[max(self.clause_of(position).start, position - chars) : position]

    def after(self, position: int, chars: int = 12) -> str:
        """Up to `chars` characters from `position` on, not past the clause."""
        clause = self.clause_of(max(0, position - 1))
        return self.plain[position : min(max(clause.end, position), position + chars)]


def _blank(match: re.Match[str]) -> str:
    return BLANK * (match.end() - match.start())


def blank_harmless(folded: str) -> str:
    """The text with words such as 不怕 and 有没有 blanked, same length."""
    return _NO_DENIAL.sub(_blank, folded)


def read_scope(folded: str) -> Scope:
    """Blank and cut the folded, lower-case text."""
    plain = blank_harmless(folded)
    clauses = []
    start = 0
    for match in _CLAUSE_END.finditer(plain):
        if match.start() > start:
            clauses.append(Clause(start, match.start()))
        start = match.end()
    if start < len(plain) or not clauses:
        clauses.append(Clause(start, len(plain)))
    numbers: list[int] = []
    for number, following in enumerate([*clauses[1:], Clause(len(plain) + 1, 0)]):
        numbers += [number] * (following.start - len(numbers))
    return Scope(folded, plain, clauses, numbers)


def stances(scope: Scope, spans: Iterable[tuple[int, int]]) -> list[Stance]:
    """The stance on each span; spans of one list (保安、保洁) share what is said before or after the list."""
    ordered = sorted(spans)
    heads, tails = _list_edges(scope, ordered)
    return [_stance(scope, start, end, heads[start], tails[start]) for start, end in ordered]


def _list_edges(scope: Scope, ordered: list[tuple[int, int]]) -> tuple[dict[int, int], dict[int, int]]:
    """For each span the first and the last character of the list it stands in."""
    heads: dict[int, int] = {}
    tails: dict[int, int] = {}
    run: list[tuple[int, int]] = []
    for start, end in [*ordered, (len(scope.plain) + 99, len(scope.plain) + 99)]:
        gap = scope.plain[run[-1][1] : start] if run and start - run[-1][1] <= 3 else None
        if run and (gap is None or _LIST_JOINER.sub("", gap)):
            for member in run:
                heads[member[0]], tails[member[0]] = run[0][0], run[-1][1]
            run = []
        run.append((start, end))
    return heads, tails


def _stance(scope: Scope, start: int, end: int, head: int, tail: int) -> Stance:
    before, after = scope.before(start), scope.after(end)
    whole_before, whole_after = scope.before(head), scope.after(tail)
    if _DOUBLE.search(before):
        rest = scope.plain[end : end + 24]
        return Stance.REFUSE if re.search(r"[上干做熬]不了|不行", rest) else Stance.ACCEPT
    refused_before = _REFUSE_BEFORE.search(before) or (head != start and _REFUSE_BEFORE.search(whole_before))
    if refused_before and (_UNLESS.match(after) or _UNLESS.match(whole_after)):
        return Stance.WANT
    if refused_before:
        return Stance.REFUSE
    for tail_text in (after, whole_after):
        if _ACCEPT_AFTER.match(tail_text):
            return Stance.ACCEPT
        if _REFUSE_AFTER.match(tail_text) or _FAR_REFUSE_AFTER.match(tail_text):
            return Stance.REFUSE
    return Stance.WANT
