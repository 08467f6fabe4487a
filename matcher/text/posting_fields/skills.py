"""Skills named in a posting (技能)."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.lexicon.cue_words import skill_words
from matcher.lexicon.files import loaded
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied
from matcher.text.word_index import WordIndex


@loaded
def skill_index() -> WordIndex[str]:
    return WordIndex(skill_words())


def read_skills(text: str, starts: Sequence[int] | None = None) -> list[Found[str]]:
    """Skill names with the span of each first mention in the folded, lower-case text; 无需做饭 names none.

    starts: see WordIndex.find.
    """
    found: list[Found[str]] = []
    seen: set[str] = set()
    for start, end, name in skill_index().find(text, starts):
        if name in seen or denied(text, start):
            continue
        seen.add(name)
        found.append(Found(name, start, end, 0.9))
    return found
