"""Fields of a worker's sentence that fixed words decide: settlement, shifts, needs, constraints ... (词表字段)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.lexicon.files import loaded, read_table
from matcher.text.utterance_fields.scope import Scope, Stance, blank_harmless, stances
from matcher.text.word_index import WordIndex

DECOY = "-"
_MOST_CUES = 120
"""Nobody says so much in one sentence; what follows is noise."""
_STATED = frozenset({"constraint", "body", "near_home", "out_yes", "out_no", "fresh", "only_day", "education", "weak", "spoken"})
"""Fields whose words carry their own yes or no (不能爬高, 不出县); the words around are not asked."""

_Entry = tuple[str, tuple[str, ...]]
_Hit = tuple[int, int, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue word at start:end. values: codes of the field's vocabulary, empty for a decoy."""

    field: str
    values: tuple[str, ...]
    start: int
    end: int
    stance: Stance


@loaded
def _index() -> WordIndex[list[_Entry]]:
    """A word may belong to several fields: 临时工 is a kind of job and a form of contract."""
    entries: dict[str, list[_Entry]] = {}
    for _, row in read_table("utterance_cues.csv", ("field", "values", "words")):
        values = () if row["values"] == DECOY else tuple(row["values"].split("|"))
        for word in row["words"].split("|"):
            entries.setdefault(blank_harmless(word), []).append((row["field"], values))
    return WordIndex(entries.items())


@loaded
def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    rows = read_table("utterance_patterns.csv", ("field", "value", "pattern"))
    return [(row["field"], row["value"], re.compile(row["pattern"])) for _, row in rows]


def read_cues(scope: Scope) -> list[Cue]:
    """All cues in text order, decoys included so that the caller can see their spans."""
    hits: list[_Hit] = [(start, end, *entry) for start, end, entries in _index().find(scope.plain) for entry in entries]
    for field, value, pattern in _patterns():
        for match in pattern.finditer(scope.plain):
            hits.append((match.start(), match.end(), field, () if value == DECOY else (value,)))
    hits = _without_decoyed(sorted(set(hits))[:_MOST_CUES])
    free = [(start, end) for start, end, field, values in hits if values and field not in _STATED]
    judged = dict(zip(sorted(free), stances(scope, free), strict=True))
    return [
        Cue(field, values, start, end, judged.get((start, end), Stance.WANT) if field not in _STATED else Stance.WANT)
        for start, end, field, values in hits
    ]


def _without_decoyed(hits: list[_Hit]) -> list[_Hit]:
    """Cues inside a decoy of the sentence (在家带孩子 is no trade, 夜班多不多 no wish) are dropped."""
    decoys = [(start, end) for start, end, field, _ in hits if field == "decoy"]
    return [
        hit
        for hit in hits
        if hit[2] in ("decoy", "education") or not any(start <= hit[0] and hit[1] <= end for start, end in decoys)
    ]


@loaded
def spoken_trades() -> frozenset[str]:
    """Two-character trades common enough to be guessed from their sound alone."""
    rows = read_table("utterance_cues.csv", ("field", "values", "words"))
    return frozenset(word for _, row in rows if row["field"] == "spoken" for word in row["words"].split("|"))
