"""Fields that fixed words decide: settlement, shifts, board and lodging, transport, insurance, load ... (词表字段)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import (
    Benefit,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PhysicalLoad,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.errors import InvalidInput
from matcher.lexicon.automaton import Automaton
from matcher.lexicon.cue_words import Cue, posting_cues, posting_patterns
from matcher.lexicon.files import loaded
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied, denied_after
from matcher.text.word_index import WordIndex

VOCABULARIES: dict[str, type[Labelled]] = {
    "settlement": Settlement,
    "shift": Shift,
    "benefits": Benefit,
    "transport": Transport,
    "insurance": Insurance,
    "load": PhysicalLoad,
    "friendly_to": FriendlyTo,
    "form": EmploymentForm,
    "kind": PostingKind,
}
_DECOY = "-"
_DENIES = "!"
_SAYS_NO_ITSELF = frozenset("无不没")
"""Cues such as 无社保 or 不识字 open with the denial; a denial before them is not looked for."""


@dataclass(slots=True)
class CueFields:
    """values: field name → values in text order, each once; denied: what the text says it is not."""

    values: dict[str, list[Found[Labelled]]] = field(default_factory=dict)
    denied: list[Found[Labelled]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pattern:
    field: str
    members: tuple[Labelled, ...]
    denies: bool
    pattern: re.Pattern[str]


@loaded
def cue_index() -> WordIndex[tuple[str, str, tuple[Labelled, ...]]]:
    return WordIndex((word, (word, cue.field, _members(cue))) for word, cue in posting_cues())


def _members(cue: Cue) -> tuple[Labelled, ...]:
    if cue.field not in VOCABULARIES:
        raise InvalidInput(f"岗位字段用语 posting_cues.csv 有未知字段 {cue.field}")
    if cue.values == (_DECOY,):
        return ()
    return tuple(VOCABULARIES[cue.field].read(value, field=cue.field) for value in cue.values)


@loaded
def _pattern_index() -> tuple[Automaton, list[list[int]], list[_Pattern]]:
    """The needed words in one automaton, the pattern that each of them opens, and the patterns."""
    words: dict[str, list[int]] = {}
    patterns: list[_Pattern] = []
    for row in posting_patterns():
        denies = row.values[0].startswith(_DENIES)
        members = _members(Cue(row.field, tuple(v.removeprefix(_DENIES) for v in row.values)))
        patterns.append(_Pattern(row.field, members, denies, row.pattern))
        for word in row.needs:
            words.setdefault(word, []).append(len(patterns) - 1)
    return Automaton(list(words)), list(words.values()), patterns


def read_cue_fields(text: str) -> CueFields:
    """All keyword fields of the folded text in one pass, then the turns of phrase whose words are there."""
    result = CueFields()
    seen: set[Labelled] = set()
    for start, end, (word, name, members) in cue_index().find(text):
        if not members:
            continue
        no = denied_after(text, end) or (word[0] not in _SAYS_NO_ITSELF and denied(text, start))
        for member in members:
            _note(result, seen, name, Found(member, start, end, 0.95), no=no)
    _read_patterns(text, result, seen)
    return result


def _read_patterns(text: str, result: CueFields, seen: set[Labelled]) -> None:
    automaton, opened, patterns = _pattern_index()
    asked = {number for _, _, word in automaton.spans(text) for number in opened[word]}
    for number in sorted(asked):
        row = patterns[number]
        match = row.pattern.search(text)
        if match is None:
            continue
        no = row.denies or denied(text, match.start())
        for member in row.members:
            _note(result, seen, row.field, Found(member, match.start(), match.end(), 0.85), no=no)


def _note(result: CueFields, seen: set[Labelled], name: str, item: Found[Labelled], *, no: bool) -> None:
    if no:
        if item.value not in {other.value for other in result.denied}:
            result.denied.append(item)
    elif item.value not in seen:
        seen.add(item.value)
        result.values.setdefault(name, []).append(item)
