"""Find age limits on the applicant and judge them against the legal bounds (年龄限制)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from matcher.compliance.clauses import clause_bounds
from matcher.compliance.rules import AgeRule

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_N = r"(?:\d{2}|[一二三四五六七八九]?十[一二三四五六七八九]?)"
_TO = r"\s{0,2}(?:-|_|~|到|至|、|一(?=\d)){1,2}\s{0,2}"
_GAP = r"[^,。;\n\d一二三四五六七八九十]"
_YEARS = r"\s?(?:周?岁(?:周岁)?|周年)"
_AT_MOST = r"(?:不(?:能|可|得|要)?(?:超过?|过|大于|高于)|上限为?|最大|最高|至多|小于|低于|卡[到在])"
_RANGE = re.compile(
    rf"(?<!\d)({_N}){_YEARS}?{_TO}({_N}){_YEARS}|年龄{_GAP}{{0,6}}({_N}){_YEARS}?{_TO}({_N})(?!\d|[元天人名年月kK])"
)
_BARE_RANGE = re.compile(rf"(?:要求|限|招|只[要收])[^,。;\n\d]{{0,2}}({_N}){_TO}({_N})(?=的(?:小|姑娘|男|女|人|师傅|青年)|的?(?:[,。;!\n]|$))")
_BARE_UPPER = re.compile(
    rf"(?:^|[,。;\n])({_N})(?:以内|以下|往下)(?=[,。;!\n]|$|优先)"
    rf"|(?:男|女)(?:性|士)?[,、:/ ]{{0,2}}({_N})(?:周?岁)?(?:以下|以内)"
)
_UPPER = re.compile(
    rf"(?<!\d)({_N}){_YEARS}(?:及|或|\(含\))?(?:以下|以内|之内|之下|往下|以里|内(?!的|设)|封顶|为限)"
    rf"|(?:年龄|岁数|年纪){_GAP}{{0,6}}({_N})(?:及|或)?(?:以下|以内)"
    rf"|{_AT_MOST}{_GAP}{{0,3}}({_N}){_YEARS}"
    rf"|(?:年龄|岁数|年纪){_GAP}{{0,4}}{_AT_MOST}{_GAP}{{0,3}}({_N})"
    rf"|(?<![数量时长高重价率次间距耗]){_AT_MOST}({_N})(?=[,。;!\n]|$)"
    rf"|限({_N}){_YEARS}(?:以内|以下|内)|(?:[男女]性?|年龄){_GAP}{{0,1}}≤\s?({_N})"
)
_OVER = re.compile(
    rf"(?:超过?|大于|过了?)({_N})(?=的|者)|(?:超过?|大于|满|过了?)?(?<!\d)({_N})(?:{_YEARS}|[多来几]岁|(?=往上|开外|\+|以上的))(?:以上|及以上|以后|往上|开外|\+)?(?:的|者|人员)?"
)
_BARE_OVER = re.compile(
    rf"(?:^|[,。;\n、 ])({_N})(?:以上|往上|开外)(?:的|者)?(?=[^,。;\n]{{0,6}}(?:别|勿|免|慎|不[要收招]))"
    rf"|(?:超过?|过了?)({_N})(?:岁)?(?:的)?(?=(?:就|请)?(?:别|勿|免[谈投]|不[要收招合]|融不|算了))"
    rf"|不[招要收]({_N})(?:岁)?(?:以上|往上)(?=的|[,。;!\n]|$)"
)
_LOWER = re.compile(rf"(?<!\d)({_N}){_YEARS}(?:及)?(?:以上|起)|年龄(?:在|为|:)?({_N})(?:及)?以上")
_ABOUT = re.compile(rf"(?<!\d)({_N}){_YEARS}(?:左右|上下|前后)")
_BORN = re.compile(
    r"(?:出生|生日|生于|身份证)[^,。;\n\d]{0,8}(?:19|20)\d\d年?[^,。;\n]{0,12}(?:后|前|间|内|起|-|至|~)"
    r"|(?<!\d)(?:19|20)\d\d年?[^,。;\n]{0,8}(?:以后|之后|以前|之前|后|前|间)(?:出生|生人|生的)"
)
_COUNTED = re.compile(r"[\d十][\d一二三四五六七八九]?(?:\s{0,2}[-_~到至、一]|周?岁|以[上下内]|往[上下]|开外|的|就|请|别|勿|免|不)")
"""What every bare age is followed by; a text without it holds none."""
_AROUND = 10
_MAX_MATCHES = 50
_OLDER = 45
"""A range that begins here and is welcomed opens a post to older people."""

@dataclass(frozen=True, slots=True)
class AgeFound:
    """An age limit in the folded text; low/high in years, None = open; refuses: says people are unwanted."""

    start: int
    end: int
    low: int | None
    high: int | None
    refuses: bool


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _first(match: re.Match[str]) -> list[int]:
    return [_number(group) for group in match.groups() if group]


def find_age_limits(folded: str, rule: AgeRule) -> Iterator[AgeFound]:
    """Age limits beyond the legal bounds that are about the applicant, in order of kind."""
    candidates = _bare(folded, rule)
    if any(cue in folded for cue in rule.cues):
        candidates = chain(_candidates(folded, rule), candidates)
    taken: list[tuple[int, int]] = []
    for found in candidates:
        if _about_others(folded, found, rule):
            continue
        if any(found.start < stop and begin < found.end for begin, stop in taken):
            continue
        taken.append((found.start, found.end))
        yield found


def _about_others(folded: str, found: AgeFound, rule: AgeRule) -> bool:
    """Whether the age belongs to those cared for, taught or sold to, by the words around it."""
    left, right = clause_bounds(folded, found.start)
    near = folded[max(left, found.start - _AROUND) : found.start] + "|"
    near += folded[found.end : min(right, found.end + _AROUND)]
    return rule.about_others.search(near) is not None and "应聘" not in near


def _candidates(folded: str, rule: AgeRule) -> Iterator[AgeFound]:
    for match in islice(_RANGE.finditer(folded), _MAX_MATCHES):
        low, high = _first(match)[:2]
        older = low >= _OLDER and _welcomed(folded, match.end(), rule)
        if low < high and _beyond(low, high, rule) and not older:
            yield AgeFound(match.start(), match.end(), low, high, _refused(folded, match.end(), rule))
    for match in islice(_UPPER.finditer(folded), _MAX_MATCHES):
        high = _first(match)[0]
        refused = _refused(folded, match.end(), rule)
        legal = refused and high <= rule.legal_low  # 16周岁以下请勿报名
        if 16 <= high < rule.legal_high and not legal:
            yield AgeFound(match.start(), match.end(), None, high, refused)
    for match in islice(_OVER.finditer(folded), _MAX_MATCHES):
        low = _first(match)[0]
        if rule.legal_low < low < rule.legal_high and _refused(folded, match.end(), rule):
            yield AgeFound(match.start(), match.end(), None, low, True)
    for match in islice(_LOWER.finditer(folded), _MAX_MATCHES):
        low = _first(match)[0]
        if rule.legal_low < low < 50 and not _preferred(folded, match.end(), rule):
            yield AgeFound(match.start(), match.end(), low, None, False)
    for match in islice(_ABOUT.finditer(folded), _MAX_MATCHES):
        middle = _first(match)[0]
        if rule.legal_low < middle < rule.legal_high and not _welcomed(folded, match.end(), rule):
            yield AgeFound(match.start(), match.end(), middle, middle, False)
    yield from _worded(folded, rule)


def _bare(folded: str, rule: AgeRule) -> Iterator[AgeFound]:
    """Numbers that can only be ages though no word says so: "要求18到40", "男，50以下"."""
    if _COUNTED.search(folded) is None:
        return
    for match in islice(_BARE_RANGE.finditer(folded), _MAX_MATCHES):
        low, high = _first(match)[:2]
        if low < high and _beyond(low, high, rule):
            yield AgeFound(match.start(), match.end(), low, high, _refused(folded, match.end(), rule))
    for match in islice(_BARE_UPPER.finditer(folded), _MAX_MATCHES):
        high = _first(match)[0]
        if 16 <= high < rule.legal_high:
            yield AgeFound(match.start(), match.end(), None, high, False)
    for match in islice(_BARE_OVER.finditer(folded), _MAX_MATCHES):
        low = _first(match)[0]
        if rule.legal_low < low < rule.legal_high:
            yield AgeFound(match.start(), match.end(), None, low, True)


def _worded(folded: str, rule: AgeRule) -> Iterator[AgeFound]:
    """Limits without an age in years: years of birth, generations, 年轻人, 上了年纪的."""
    for match in islice(_BORN.finditer(folded), _MAX_MATCHES):
        yield AgeFound(match.start(), match.end(), None, None, True)
    for match in islice(rule.pattern.finditer(folded), _MAX_MATCHES):
        yield AgeFound(match.start(), match.end(), None, None, rule.prefer.search(match.group()) is None)


def _beyond(low: int, high: int, rule: AgeRule) -> bool:
    return rule.legal_low < high < rule.legal_high or low > rule.legal_low


def _rest(folded: str, at: int) -> str:
    _, end = clause_bounds(folded, max(0, at - 1))
    return folded[at : min(end, at + 12)]


def _welcomed(folded: str, at: int, rule: AgeRule) -> bool:
    return rule.welcome.search(_rest(folded, at)) is not None


def _preferred(folded: str, at: int, rule: AgeRule) -> bool:
    """An older person is wanted or welcome: "50岁以上优先" bars nobody by age alone."""
    return _welcomed(folded, at, rule) or rule.prefer.search(_rest(folded, at)) is not None


def _refused(folded: str, at: int, rule: AgeRule) -> bool:
    return rule.refuse.search(_rest(folded, at)[:8]) is not None
