"""Fields of a worker's sentence that fixed words decide: settlement, shifts, needs, constraints ... (词表字段)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.lexicon.files import loaded, read_table
from matcher.text.utterance_fields.scope import Scope, Stance, blank_harmless, stances
from matcher.text.word_index import WordIndex

DECOY = "-"
_STATED = frozenset({"constraint", "body", "near_home", "out_yes", "out_no", "fresh", "only_day", "education"})
"""Fields whose words carry their own yes or no (不能爬高, 不出县); the words around are not asked."""

_Entry = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue word at start:end. values: codes of the field's vocabulary, empty for a decoy."""

    field: str
    values: tuple[str, ...]
    start: int
    end: int
    stance: Stance


@loaded
def _index() -> WordIndex[_Entry]:
    pairs: list[tuple[str, _Entry]] = []
    for _, row in read_table("utterance_cues.csv", ("field", "values", "words")):
        values = () if row["values"] == DECOY else tuple(row["values"].split("|"))
        pairs.extend((blank_harmless(word), (row["field"], values)) for word in row["words"].split("|"))
    return WordIndex(pairs)


@loaded
def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    rows = read_table("utterance_patterns.csv", ("field", "value", "pattern"))
    return [(row["field"], row["value"], re.compile(row["pattern"])) for _, row in rows]


def read_cues(scope: Scope) -> list[Cue]:
    """All cues in text order, decoys included so that the caller can see their spans."""
    hits = [(start, end, *entry) for start, end, entry in _index().find(scope.plain)]
    for field, value, pattern in _patterns():
        for match in pattern.finditer(scope.plain):
            hits.append((match.start(), match.end(), field, (value,)))
    hits.sort(key=lambda hit: hit[:2])
    free = [(start, end) for start, end, field, values in hits if values and field not in _STATED]
    judged = dict(zip(sorted(free), stances(scope, free), strict=True))
    return [
        Cue(field, values, start, end, judged.get((start, end), Stance.WANT) if field not in _STATED else Stance.WANT)
        for start, end, field, values in hits
    ]
