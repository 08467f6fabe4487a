"""Fields that fixed words decide: settlement, shifts, board and lodging, transport, insurance, load ... (词表字段)."""

from __future__ import annotations

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
from matcher.lexicon.cue_words import Cue, posting_cues
from matcher.lexicon.files import loaded
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied
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
_SAYS_NO_ITSELF = frozenset("无不没")
"""Cues such as 无社保 or 不识字 open with the denial; a denial before them is not looked for."""


@dataclass(slots=True)
class CueFields:
    """values: field name → values in text order, each once; denied: what the text says it is not."""

    values: dict[str, list[Found[Labelled]]] = field(default_factory=dict)
    denied: list[Found[Labelled]] = field(default_factory=list)


@loaded
def cue_index() -> WordIndex[tuple[str, str, tuple[Labelled, ...]]]:
    return WordIndex((word, (word, cue.field, _members(cue))) for word, cue in posting_cues())


def _members(cue: Cue) -> tuple[Labelled, ...]:
    if cue.field not in VOCABULARIES:
        raise InvalidInput(f"岗位字段用语 posting_cues.csv 有未知字段 {cue.field}")
    if cue.values == (_DECOY,):
        return ()
    return tuple(VOCABULARIES[cue.field].read(value, field=cue.field) for value in cue.values)


def read_cue_fields(text: str) -> CueFields:
    """All keyword fields of the folded text in one pass."""
    result = CueFields()
    seen: set[Labelled] = set()
    for start, end, (word, name, members) in cue_index().find(text):
        if not members:
            continue
        no = word[0] not in _SAYS_NO_ITSELF and denied(text, start)
        for member in members:
            item = Found(member, start, end, 0.95)
            if no:
                result.denied.append(item)
            elif member not in seen or type(member) is not type(item.value):
                seen.add(member)
                result.values.setdefault(name, []).append(item)
    return result
