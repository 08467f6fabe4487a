"""Complaints of the body are no business of the matcher (不存病情): they are cut from the text that is kept."""

from __future__ import annotations

from matcher.domain.worker_terms import Constraint
from matcher.lexicon.files import loaded, read_table
from matcher.text.normalise import fold_case
from matcher.text.word_index import WordIndex

GENERAL = "身体原因"


@loaded
def _index() -> WordIndex[str]:
    pairs: list[tuple[str, str]] = []
    for _, row in read_table("utterance_cues.csv", ("field", "values", "words")):
        if row["field"] == "body":
            label = GENERAL if row["values"] == "-" else Constraint.read(row["values"], field="utterance_cues.csv").label
            pairs.extend((word, label) for word in row["words"].split("|"))
    return WordIndex(pairs)


def without_health(text: str) -> str:
    """`text` with each complaint replaced by what the person cannot do: 腰椎间盘突出 → 不能重活."""
    parts: list[str] = []
    at = 0
    for start, end, label in _index().find(fold_case(text)):
        parts += [text[at:start], label]
        at = end
    return "".join([*parts, text[at:]])
