"""Read occupations out of a title or a sentence by longest alias match (职业编码).

The head of a Chinese title stands at its end (电商客服主管 is a 客服), so of several aliases in one part of a
title the last one wins; of several parts the first one wins. What is not in the alias table stays unknown.
"""

from __future__ import annotations

import re

from matcher.domain.values import Occupation
from matcher.lexicon.files import DATA, loaded
from matcher.lexicon.occupations import OccupationTable, Sense, aliases, occupations
from matcher.lexicon.phrases import PhraseTable
from matcher.text.normalise import fold_case
from matcher.text.occupation_blend import Said, blended, ends_one_trade
from matcher.text.occupation_phrases import PhraseMatch, phrase_matches
from matcher.text.word_edges import spelt_by_others

TOP = 3
TITLE_CHARS = 120
TEXT_CHARS = 300
MIN_CONFIDENCE = 0.06
_LATER_PART = 0.72  # 每后一段职位的折扣: "保洁、洗碗" 首选保洁
_NOT_HEAD = 0.45  # 同一段里不在末尾的词: "叉车销售" 里的叉车
_IN_BRACKETS = 0.6
_IN_TEXT = 0.5
_MIN_FROM_TEXT = 0.3  # 正文里一闪而过的词不算
_BELOW_HEAD = 0.9
_GENERIC = 0.4  # 只认出"安装工""学徒"
_MOST_MENTIONS = 80
_SHORT = 2
"""Characters of an alias that other words spell by chance."""
_ODD_JOBS = "8-00-00-00"
"""普工 and 小工 say nothing against a phrase that says what is done."""
_TITLE_ENDS = frozenset("工员师手长匠嫂")
_PHRASE_TAIL = re.compile(r"(?:工人?|技工|车间|员|师傅?|的|手|人员?|班组?|队|学徒|零工|短工|临时工|普工|兼职|大姐|阿姨|男工|女工|操作工)*")
Mention = tuple[int, int, tuple[Sense, ...]]

_HIRING = re.compile(r"(?:直聘|诚聘|急聘|招聘|招募|招收|直招|急招|招)(?!专员|经理|主管|助理|顾问|hr|师|生|商|标|投|工|聘)")
_PARTS = re.compile(r"(?:[、,，;；|\n。!！?？/~]|(?<![c+])\+(?!\+))+|\s{1,}|(?<=[\u4e00-\u9fff])-|-(?=[\u4e00-\u9fff])")
_BRACKETS = re.compile(r"\(([^()]*)\)?|\[([^\[\]]*)\]?")


def _word_list(name: str) -> frozenset[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@loaded
def _noise() -> re.Pattern[str]:
    """Pay, benefits and urgency, which say nothing about the work; and every number."""
    words = sorted(_word_list("title_noise.tsv"), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, words), r"\d[\d.\-~]*[kw]?"]))


@loaded
def _generic_heads() -> frozenset[str]:
    """Ranks and kinds of work that do not name the job when something more exact stands before them."""
    return _word_list("generic_heads.tsv")


@loaded
def _text_senses() -> PhraseTable[tuple[Sense, ...]]:
    """The aliases that mean work in running text too: 初中 is an occupation only in a title."""
    title_only = _word_list("title_only.tsv")
    return PhraseTable({alias: found for alias, found in aliases().items() if alias not in title_only})


@loaded
def _table() -> tuple[PhraseTable[tuple[Sense, ...]], OccupationTable]:
    return aliases(), occupations()


def code_occupation(title: str, text: str = "") -> tuple[Occupation, ...]:
    """Up to three occupations of a title, best first; the text counts only when the title names none.

    confidence in (0, 1]: what the aliases say, by their certainty and the place where they stand, and what all
    pieces of the title vote for; at most 0.7 from votes alone, at most 0.5 from the text. () when nothing is sure
    enough.
    """
    senses, table = _table()
    folded = fold_case(title[:TITLE_CHARS])
    said = Said()
    stretch = _noise().sub(" ", _score_title(folded, senses, said))
    if not said.scores and text:
        _score_text(fold_case(text[:TEXT_CHARS]), _text_senses(), said.scores)
        said.scores = {code: score for code, score in said.scores.items() if score >= _MIN_FROM_TEXT}
    scores = blended(said, stretch)
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    return tuple(
        Occupation(code, table.name(code), round(min(1.0, score), 3)) for code, score in best if score >= MIN_CONFIDENCE
    )


def find_aliases(text: str) -> list[tuple[int, int, tuple[Occupation, ...]]]:
    """(start, end, meanings best first) of every alias in running text, leftmost-longest, with character offsets.

    Words that mean work only in a title (title_only.tsv) are not reported.
    """
    senses, table = _text_senses(), occupations()
    folded = fold_case(text)
    return [
        (start, end, tuple(Occupation(s.code, table.name(s.code), s.weight) for s in found))
        for start, end, found in _standing(folded, senses.find(folded))
    ]


def position_of(title: str) -> str:
    """Third-level position of the best alias in a title; "" when none is found."""
    senses, _ = _table()
    best = code_occupation(title)
    if not best:
        return ""
    for _, _, found in reversed(senses.maximal(fold_case(title[:TITLE_CHARS]))):
        for sense in found:
            if sense.code == best[0].code and sense.position:
                return sense.position
    return ""


def _score_title(title: str, senses: PhraseTable[tuple[Sense, ...]], said: Said) -> str:
    """Read a title, without the employer before 招聘; the stretch of it that was read."""
    hiring = list(_HIRING.finditer(title))
    if hiring and hiring[-1].end() < len(title) - 1 and not title[: hiring[-1].start()].endswith(("校园", "社会")):
        own, rest = title[: hiring[-1].start()], title[hiring[-1].end() :]
        _score_parts(rest, senses, said)
        if said.scores:
            return rest
        _score_parts(own, senses, said)  # 招聘前面多半是单位名: "某某物业招聘保安"
    else:
        _score_parts(title, senses, said)
    return title


def _score_parts(title: str, senses: PhraseTable[tuple[Sense, ...]], said: Said) -> None:
    inner = [group for match in _BRACKETS.finditer(title) for group in match.groups() if group]
    factor = 1.0
    parts = _PARTS.split(_BRACKETS.sub(" ", title))
    if "-" in title:  # 到餐用户体验-高级前端开发工程师: the department stands before the job
        parts.sort(key=lambda part: part[-1:] not in _TITLE_ENDS)
    for part in parts:
        if len(part) > 1 and _score_part(part, senses, said, factor):
            factor *= _LATER_PART
    for group in inner:
        for part in _PARTS.split(group):
            if len(part) > 1 and _score_part(part, senses, said, factor * _IN_BRACKETS):
                factor *= _LATER_PART


def _score_part(part: str, senses: PhraseTable[tuple[Sense, ...]], said: Said, factor: float) -> bool:
    """Add what one part of a title says; False when it holds neither an alias nor a phrase."""
    found = _standing(part, senses.maximal(part))
    phrases = phrase_matches(part)
    if not found and not phrases:
        return False
    here: dict[str, float] = {}
    if found:
        _score_aliases(part, found, here)
    head = found[_head_of(part, found)] if found else None
    if head is not None:
        said.sure = said.sure or (not said.scores and _is_sure(part, head))
        bare = _bare(part)
        said.covered += sum(
            end - start for start, end, _ in found if part[start:end] == bare or part[start:end] not in _generic_heads()
        )
    strong = [head is None or _outweighs(part, phrase, head) for phrase in phrases]
    ceiling = max((p.weight for p, is_strong in zip(phrases, strong, strict=True) if is_strong), default=0.0)
    if ceiling:
        here = {code: min(score, _BELOW_HEAD * ceiling) for code, score in here.items()}
    for phrase, is_strong in zip(phrases, strong, strict=True):
        _raise(here, phrase.code, phrase.weight * (1.0 if is_strong else _IN_TEXT))
    for code, score in here.items():
        _raise(said.scores, code, factor * min(1.0, score))
    return True


def _is_sure(part: str, head: Mention) -> bool:
    """Whether what stands before the head word cannot change the trade: 养殖场会计 is a 会计, 焊接护理 may be anything."""
    start, end, meanings = head
    word = part[start:end]
    if word in _generic_heads() or _PHRASE_TAIL.fullmatch(part, end) is None:
        return False
    return ends_one_trade(word, meanings[0].code)


def _standing(part: str, found: list[Mention]) -> list[Mention]:
    """Without short aliases that two other words spell between them: 架工 in JAVA框架工程师."""
    return [
        m
        for i, m in enumerate(found)
        if m[1] - m[0] > _SHORT or part[m[0]].isascii() or (i < _MOST_MENTIONS and not spelt_by_others(part, m[0], m[1]))
    ]


def _outweighs(part: str, phrase: PhraseMatch, head: Mention) -> bool:
    """Whether a phrase that ends the part says more than the head alias within it (饭馆收钱的: 收钱 beats 饭馆)."""
    start, end, meanings = head
    generic = part[start:end] in _generic_heads() or meanings[0].code == _ODD_JOBS
    longer = phrase.end - phrase.start > end - start or meanings[0].code == _ODD_JOBS
    overlaps = start < phrase.end and phrase.start < end
    closes = _PHRASE_TAIL.fullmatch(part, phrase.end) is not None
    return closes and longer and (overlaps or generic)


def _score_aliases(part: str, found: list[Mention], here: dict[str, float]) -> None:
    """What the aliases of a part mean, the head first."""
    head = _head_of(part, found)
    for i, (start, end, meanings) in enumerate(found):
        weight = 1.0 if i == head else _NOT_HEAD
        weight *= 0.75 + 0.25 * min(1.0, (end - start) / 4)
        if i == head and part[start:end] in _generic_heads() and end - start < len(_bare(part)):
            weight *= _GENERIC
        for sense in meanings:
            _raise(here, sense.code, weight * sense.weight)


def _bare(part: str) -> str:
    """A title part without pay, benefits and numbers; never empty."""
    return _noise().sub("", part) or part


def _head_of(part: str, found: list[Mention]) -> int:
    """Index of the alias that names the job: the last one, unless it is only a rank or kind (主管, 学徒)."""
    generic = _generic_heads()
    last = len(found) - 1
    while last > 0 and part[found[last][0] : found[last][1]] in generic:
        last -= 1
    return last


def _score_text(text: str, senses: PhraseTable[tuple[Sense, ...]], scores: dict[str, float]) -> None:
    found = senses.find(text)
    for order, (start, end, meanings) in enumerate(found[:12]):
        weight = _IN_TEXT * (0.9**order) * (0.6 + 0.1 * min(4, end - start))
        for sense in meanings:
            scores[sense.code] = min(_IN_TEXT, scores.get(sense.code, 0.0) + 0.6 * weight * sense.weight)


def _raise(scores: dict[str, float], code: str, value: float) -> None:
    """Two signs for one occupation strengthen each other without passing 1."""
    old = scores.get(code, 0.0)
    scores[code] = 1 - (1 - old) * (1 - 0.3 * value) if value <= old else 1 - (1 - value) * (1 - 0.3 * old)
