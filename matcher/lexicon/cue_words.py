"""Cue words of postings: pay words, field cues, skills (用语表).

Several words in one cell are separated by `|`.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.lexicon.files import loaded, read_table


@dataclass(frozen=True, slots=True)
class PayWord:
    """What a word beside an amount says about it; unit is a PayUnit code or empty."""

    role: str
    unit: str


@loaded
def pay_words() -> list[tuple[str, PayWord]]:
    """(word, meaning) pairs of `pay_words.csv`."""
    rows = read_table("pay_words.csv", ("word", "role", "unit"))
    return [(row["word"], PayWord(row["role"], row["unit"])) for _, row in rows]


@dataclass(frozen=True, slots=True)
class Cue:
    """One word of a keyword field. values: codes in the field's vocabulary."""

    field: str
    values: tuple[str, ...]


@loaded
def posting_cues() -> list[tuple[str, Cue]]:
    """(word, cue) pairs of `posting_cues.csv`."""
    pairs: list[tuple[str, Cue]] = []
    for _, row in read_table("posting_cues.csv", ("field", "values", "words")):
        cue = Cue(row["field"], tuple(row["values"].split("|")))
        pairs.extend((word, cue) for word in row["words"].split("|"))
    return pairs


@loaded
def skill_words() -> list[tuple[str, str]]:
    """(alias, skill name) pairs of `skills.csv`; a name is its own alias."""
    pairs: list[tuple[str, str]] = []
    for _, row in read_table("skills.csv", ("name", "aliases")):
        pairs.append((row["name"].lower(), row["name"]))
        pairs.extend((alias.lower(), row["name"]) for alias in row["aliases"].split("|") if alias)
    return pairs
