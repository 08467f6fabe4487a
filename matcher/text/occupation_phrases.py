"""Occupations named by a thing and what is done with it: 卸水泥, 光纤安装, 照顾半自理老人 (动宾说法).

Nobody can list every such pair as an alias; a table of things and actions finds them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.lexicon.automaton import Automaton
from matcher.lexicon.files import loaded
from matcher.lexicon.occupations import OccupationPhrase, occupation_phrases

_GAP_AFTER, _GAP_BEFORE = 3, 2


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A thing and its action at start:end of a title part."""

    start: int
    end: int
    code: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Row:
    phrase: OccupationPhrase
    behind: re.Pattern[str]
    ahead: re.Pattern[str]


@loaded
def _index() -> tuple[Automaton, list[list[_Row]]]:
    """The things in one automaton, and for each of them the rows that name it."""
    rows: dict[str, list[_Row]] = {}
    for phrase in occupation_phrases():
        actions = "|".join(map(re.escape, sorted(phrase.actions, key=len, reverse=True)))
        row = _Row(
            phrase,
            re.compile(rf"[\u4e00-\u9fff]{{0,{_GAP_AFTER}}}?(?:{actions})"),
            re.compile(rf"(?:{actions})[\u4e00-\u9fff]{{0,{_GAP_BEFORE}}}$"),
        )
        for thing in phrase.things:
            rows.setdefault(thing, []).append(row)
    return Automaton(list(rows)), list(rows.values())


def phrase_matches(part: str) -> list[PhraseMatch]:
    """Every thing with its action in a folded title part, at most one a row; overlaps are kept."""
    automaton, rows = _index()
    found: dict[int, PhraseMatch] = {}
    for start, minus_end, number in automaton.spans(part):
        end = -minus_end
        for row in rows[number]:
            behind = row.behind.match(part, end)
            ahead = row.ahead.search(part, max(0, start - 6), start) if behind is None else None
            if behind is not None:
                span = start, behind.end()
            elif ahead is not None:
                span = ahead.start(), end
            else:
                continue
            known = found.get(id(row))
            if known is None or span[1] - span[0] > known.end - known.start:
                found[id(row)] = PhraseMatch(*span, row.phrase.code, row.phrase.weight)
    return list(found.values())
