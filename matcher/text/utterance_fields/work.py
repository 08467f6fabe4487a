"""Trades a person wants, refuses, has done or can do (想干什么、会什么).

A trade named as a wish (想干保安) comes before one merely named (保安), that before a skill (会电焊), and that before what
they used to do (干过瓦工): the weaker kind counts as the wish only when nothing stronger is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum

from matcher.domain.values import Occupation
from matcher.lexicon.occupations import aliases, occupations
from matcher.text.found import Found
from matcher.text.occupation import code_occupation, find_aliases
from matcher.text.posting_fields.skills import first_of_each, read_skills
from matcher.text.utterance_fields.homophones import guess_occupations
from matcher.text.utterance_fields.scope import Scope, Stance, stances

_WISH_BEFORE = re.compile(
    r"(?:想|要|找|寻|当|应聘|换|搞|希望|学|求|需要|有没有|□□□)(?:找|干|做|当|去|学|开|进|跑|搞|个|一个|一份|份|一家|家|点|些|换|招|试"
    r"|试试)*(?:的|活|工作)?[^,。;不]{0,4}$"
)
_PAST_BEFORE = re.compile(
    r"(?:以前|原来|之前|从前|曾经|原先|过去|上家|当过|干过|做过|开过|搞过|学过|从事过|下岗|退休|在家|出身|[年]的?"
    r"|[干做当开]了[^,。;]{0,6}|[干做当开]过[^,。;]{0,8}|是[^,。;]{0,3}下来)(?:的|是|在)?$"
)
_PAST_AFTER = re.compile(r"(?:都|也|活|工作)?(?:干过|做过|当过|干了|做了|开了|待过|呆过|退休|下岗|下来的|不景气|倒闭)")
_NOT_YET_BEFORE = re.compile(r"(?:没|没有|从没|从来没|么|冇)(?:干|做|当|学|搞|上|进|开)过?$")
_CANNOT_BEFORE = re.compile(r"(?:不会|不懂|不太会|不咋会|冇得|不能|没学)(?:开|做|干|弄|搞|修)?$")
_SKILL_BEFORE = re.compile(
    r"(?<![机社开协展培体集宴工商学年不约])(?:会|懂|能(?=开|操作|焊|砌|做|修)|熟悉|擅长|精通|学过)(?:一点|点|一些|些|做|开|干|弄|搞|操作"
    r"|用|修|点儿)?[^,。;]{0,10}$"
)
_SKILL_AFTER = re.compile(r"[^,。;不]{0,4}(?:都|也|全)会(?!不)")
_SKILL_VERB = re.compile(
    r"(?<![机社开协展培体集宴工商学年不约样才])(?:会(?!不会|计|所|议|员|展|场|让|耽误|被|影响|太|很|有|好好)|懂(?!事)|熟悉|擅长|精通"
    r"|能炒|能焊)(?P<list>[^,。;!?]{1,24})"
)
_ALL_KNOWN = re.compile(r"(?P<list>[^,。;!?\s□]{2,20}?)(?:(?:都|也|全)会(?!不|儿)|(?<![不机社开协展培体集宴工商学年])会(?=$|[,。;!?]))")
_SKILL_SPLIT = re.compile(r"[、/和跟与还也及\s]+|以及|还有|又")
_SKILL_TAIL = re.compile(r"(?:都行|都会|都可以|也行|会|都|也|啥的|什么的|之类的?|一点|一些|点|的|活儿?|有经验|了|吧|呢|吗|自己有工具)+$")
_SKILL_HEAD = re.compile(r"^(?:一点儿?|点儿?|一些|些|的|得|干|做(?=.{3})|使|弄|个)+")
_NOT_A_SKILL = re.compile(r"^(?:的|啥|什么|干|做|活|来|去|说|看|好|多|过|吗|不|有)|^.$|能干|上班|工作|到岗|联系|努力")
_VEHICLES = frozenset({"大型货车驾驶", "小型货车驾驶"})
_NEAR_TRADE = 6
_GAP = frozenset("的了个点些")
_LEVELS = 4
_TITLE_SLACK = 3  # characters beside the word in a clause that is nothing but a trade
_DOING_BEFORE = re.compile(r"(?:做|干|当|跑|搞|送|学|从事|别给我推|除了|没)过?$")
_MAX_TRADES = 32  # a sentence names a handful; what follows is noise
_MOST_MENTIONS = 3 * _MAX_TRADES
"""No sentence names so many; the rest of a longer one is not weighed."""
_WORKPLACE_ENDS = frozenset("厂店场院馆司站")
_STUDIED_AFTER = re.compile(r"(?:专业)?的|专业|毕业")


class Level(IntEnum):
    """How strongly a trade is put forward, strongest first."""

    WISH = 0
    NAMED = 1
    SKILL = 2
    WEAK = 3
    PAST = 4


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade named at start:end; meanings best first."""

    start: int
    end: int
    meanings: tuple[Occupation, ...]
    level: Level
    stance: Stance


@dataclass(slots=True)
class Work:
    """wanted: best first, each code once; spans: characters that name wanted work; guess: only by sound."""

    wanted: list[Found[Occupation]] = field(default_factory=list)
    refused: list[Found[Occupation]] = field(default_factory=list)
    skills: list[Found[str]] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    guess: bool = False


def read_work(
    scope: Scope,
    taken: list[tuple[int, int]],
    weak: set[tuple[int, int]],
    cues: list[tuple[int, int]],
) -> Work:
    """Trades and skills outside the `taken` spans (certificates, constraints, places ...).

    weak: spans of words that say little (大工, 学徒); they count when no better trade is named.
    cues: spans of words already understood; no guess is made over them.
    """
    busy = bytearray(len(scope.text) + 1)
    for start, end in taken:
        busy[start:end] = b"\x01" * (end - start)
    work = Work(skills=_skills(scope))
    work.trades = _trades(scope, busy, work.skills, weak)
    chosen = _chosen(work.trades) or _from_skills(work.skills)
    named = bool(chosen) and not all(t.level is Level.WEAK for t in chosen)
    understood = cues + ([(t.start, t.end) for t in work.trades] if named else [])
    for start, end in understood:
        busy[start:end] = b"\x01" * (end - start)
    guesses = _guesses(scope, busy, refusing=any(t.stance is Stance.REFUSE for t in work.trades))
    if named:
        guesses = [guess for guess in guesses if _is_all_of_its_clause(scope, guess)]
    if guesses or not named:
        work.guess = bool(guesses)
        chosen = guesses + chosen
    known = {skill.value for skill in work.skills}
    work.skills += [skill for skill in _vehicles(scope, chosen, work.trades) if skill.value not in known]
    work.wanted = _once(chosen)
    work.refused = _once([t for t in work.trades if t.stance is Stance.REFUSE])
    work.spans = [(t.start, t.end) for t in chosen]
    return work


def _trades(scope: Scope, busy: bytearray, skills: list[Found[str]], weak: set[tuple[int, int]]) -> list[Trade]:
    spans = [
        (start, end, meanings)
        for start, end, meanings in _mentions(scope)
        if not any(busy[start:end]) and not _denies_itself(scope, start, end)
    ][:_MAX_TRADES]
    judged = stances(scope, [(start, end) for start, end, _ in spans])
    trades = []
    for (start, end, meanings), stance in zip(spans, judged, strict=True):
        before = scope.before(start)
        if _CANNOT_BEFORE.search(before) or (scope.text[start] == "会" and before.endswith("不")):
            continue
        if stance is Stance.REFUSE and _NOT_YET_BEFORE.search(before):
            stance = Stance.WANT  # 没干过保安, 想试试
        level = Level.WEAK if (start, end) in weak else _level(scope, start, end, skills)
        trades.append(Trade(start, end, meanings, level, stance))
    return _workplaces_weak(scope, trades)


def _mentions(scope: Scope) -> list[tuple[int, int, tuple[Occupation, ...]]]:
    """Aliases of running text, and those that count in a title only (外卖, 设计) where they stand like one.

    That is after a word of wishing (想做设计), after a verb of doing (不做外卖), or alone in a short clause (外卖,有车).
    """
    found = find_aliases(scope.text)
    covered = bytearray(len(scope.text))
    for start, end, _ in found:
        covered[start:end] = b"\x01" * (end - start)
    table = occupations()
    for start, end, senses in aliases().find(scope.text):
        if len(found) >= _MOST_MENTIONS:
            break
        if any(covered[start:end]):
            continue
        clause, before = scope.clause_of(start), scope.before(start)
        alone = clause.end - clause.start <= end - start + _TITLE_SLACK
        if alone or _WISH_BEFORE.search(before) or _DOING_BEFORE.search(before):
            found.append((start, end, tuple(Occupation(s.code, table.name(s.code), s.weight) for s in senses)))
    return sorted(found, key=lambda mention: mention[0])


def _workplaces_weak(scope: Scope, trades: list[Trade]) -> list[Trade]:
    """五金厂打磨: in one clause the work counts before the place where it is done."""
    result = []
    for i, trade in enumerate(trades):
        following = trades[i + 1] if i + 1 < len(trades) else None
        if following is not None and scope.text[trade.end - 1] in _WORKPLACE_ENDS:
            same = scope.clause_of(trade.start) == scope.clause_of(following.start)
            if same and following.stance is trade.stance and trade.level is not Level.WEAK:
                trade = Trade(trade.start, trade.end, trade.meanings, Level.WEAK, trade.stance)
        result.append(trade)
    return result


def _denies_itself(scope: Scope, start: int, end: int) -> bool:
    """The alias covers a blanked word, or is one."""
    return scope.plain[start:end] != scope.text[start:end]


def _level(scope: Scope, start: int, end: int, skills: list[Found[str]]) -> Level:
    before, after = scope.before(start), scope.after(end)
    if any(s.start < end and start < s.end for s in skills):
        return Level.SKILL
    if _PAST_BEFORE.search(before) or _PAST_AFTER.match(after):
        return Level.PAST
    if before.endswith("学") and _STUDIED_AFTER.match(after):
        return Level.PAST  # 学会计的
    if _SKILL_AFTER.match(after) or _SKILL_BEFORE.search(before):
        return Level.SKILL
    return Level.WISH if _WISH_BEFORE.search(before) else Level.NAMED


def _chosen(trades: list[Trade]) -> list[Trade]:
    """The wish: everything of the strongest kind; a plain wish also brings what is merely named."""
    open_trades = [t for t in trades if t.stance is not Stance.REFUSE]
    named = [t for t in open_trades if t.level in (Level.WISH, Level.NAMED)]
    if named:
        return sorted(named, key=lambda t: (t.level, t.start))
    skilled = [t for t in open_trades if t.level is Level.SKILL]
    weak = [t for t in open_trades if t.level is Level.WEAK]
    past = [t for t in open_trades if t.level is Level.PAST]
    return skilled + past if skilled else weak or past


def _from_skills(skills: list[Found[str]]) -> list[Trade]:
    """会气割 names no trade, but the skill belongs to one."""
    return [
        Trade(s.start, s.end, meanings[:1], Level.SKILL, Stance.WANT)
        for s in skills
        if (meanings := code_occupation(s.value))
    ]


def _guesses(scope: Scope, busy: bytearray, *, refusing: bool) -> list[Trade]:
    """By sound; only whole words of three characters and more beside a refusal."""
    free = bytearray(0 if flag else 1 for flag in busy)
    return [
        Trade(start, end, meanings, Level.NAMED, Stance.WANT)
        for start, end, meanings in guess_occupations(scope.text, free, shortest=3 if refusing else 2)
        if meanings
    ]


def _is_all_of_its_clause(scope: Scope, trade: Trade) -> bool:
    """木功,支模板的: beside a trade that is known only a clause that says nothing else may be a misheard one."""
    clause = scope.clause_of(trade.start)
    tail = scope.text[trade.end : clause.end]
    return trade.start == clause.start and tail in ("", "师傅", "工", "的", "司机")


def _once(trades: list[Trade]) -> list[Found[Occupation]]:
    """First meaning of every trade in order, then the further meanings; each code once."""
    found: dict[str, Found[Occupation]] = {}
    for depth in range(_LEVELS):
        for trade in trades:
            if depth < len(trade.meanings):
                occupation = trade.meanings[depth]
                confidence = round(min(1.0, occupation.confidence) * (1.0, 0.95, 0.85, 0.75, 0.7)[trade.level], 3)
                value = Occupation(occupation.code, occupation.name, confidence)
                found.setdefault(occupation.code, Found(value, trade.start, trade.end, confidence))
    return list(found.values())


def _vehicles(scope: Scope, chosen: list[Trade], trades: list[Trade]) -> list[Found[str]]:
    """What a driver drives: one occupation holds 大车司机 and 小货车司机, whose work and licences differ."""
    return [
        skill
        for skill in first_of_each(read_skills(scope.text))
        if skill.value in _VEHICLES
        and any(t.start - _NEAR_TRADE <= skill.start and skill.end <= t.end + _NEAR_TRADE for t in chosen)
        and not any(t.stance is Stance.REFUSE and t.start < skill.end and skill.start < t.end for t in trades)
    ]


def _skills(scope: Scope) -> list[Found[str]]:
    """Skills claimed with 会, 懂, 熟悉 or "都会"; the lexicon's name when it knows one, else the words as said."""
    zones: list[tuple[int, int]] = []
    for start, end in sorted(m.span("list") for p in (_SKILL_VERB, _ALL_KNOWN) for m in p.finditer(scope.plain)):
        start = max(start, zones[-1][1]) if zones else start
        if start < end and len(zones) < _MAX_TRADES:
            zones.append((start, end))
    if not zones:
        return []
    masked = bytearray(len(scope.text))
    for start, end in zones:
        masked[start:end] = b"\x01" * (end - start)
    known = read_skills("".join(c if m else "\n" for c, m in zip(scope.text, masked, strict=True)))
    found = [skill for start, end in zones for skill in _skills_in(scope, start, end, known)]
    return first_of_each(found)


def _skills_in(scope: Scope, start: int, end: int, known: list[Found[str]]) -> list[Found[str]]:
    zone = scope.text[start:end]
    pieces: list[tuple[int, int]] = []
    at = 0
    for match in [*_SKILL_SPLIT.finditer(zone), None]:
        stop = len(zone) if match is None else match.start()
        if stop > at:
            pieces.append((at, stop))
        if match is not None:
            at = match.end()
    found: list[Found[str]] = []
    for low, high in pieces:
        named = [f for f in known if start + low <= f.start and f.end <= start + high]
        if named:
            found.extend(named)
            continue
        piece = _trimmed(zone, low, high)
        if piece is not None and not _NOT_A_SKILL.search(zone[piece[0] : piece[1]]):
            found.append(Found(zone[piece[0] : piece[1]], start + piece[0], start + piece[1], 0.6))
    return found


def _trimmed(zone: str, low: int, high: int) -> tuple[int, int] | None:
    text = zone[low:high]
    head = _SKILL_HEAD.match(text)
    if head is not None:
        low += head.end()
    tail = _SKILL_TAIL.search(zone[low:high])
    if tail is not None:
        high = low + tail.start()
    return (low, high) if 2 <= high - low <= 10 else None
