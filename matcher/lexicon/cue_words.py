"""Cue words of postings: pay words, field cues, skills; loaded once from data files (用语表).

Format of every file: `#` lines are comments, the first other line is the header, comma-separated, UTF-8. Several
words in one cell are separated by `|`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from matcher.errors import InvalidInput
from matcher.lexicon.words import DATA


def read_table(name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of data file `name`. Raises InvalidInput when a column is missing or a cell has no word."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    reader = csv.DictReader(line for line in lines if line and not line.startswith("#"))
    if tuple(reader.fieldnames or ()) != columns:
        raise InvalidInput(f"词表 {name} 的表头应为 {','.join(columns)}，实际为 {reader.fieldnames}")
    rows = list(reader)
    for row in rows:
        if not row[columns[0]] or any(row[c] is None for c in columns):
            raise InvalidInput(f"词表 {name} 有一行缺列：{row}")
    return rows


@dataclass(frozen=True, slots=True)
class PayWord:
    """What a word beside an amount says about it; unit is a PayUnit code or empty."""

    role: str
    unit: str


@lru_cache(maxsize=1)
def pay_words() -> list[tuple[str, PayWord]]:
    """(word, meaning) pairs of `pay_words.csv`."""
    rows = read_table("pay_words.csv", ("word", "role", "unit"))
    return [(row["word"], PayWord(row["role"], row["unit"])) for row in rows]


@dataclass(frozen=True, slots=True)
class Cue:
    """One word of a keyword field. values: codes in the field's vocabulary, without duplicates."""

    field: str
    values: tuple[str, ...]


@lru_cache(maxsize=1)
def posting_cues() -> list[tuple[str, Cue]]:
    """(word, cue) pairs of `posting_cues.csv`."""
    pairs = []
    for row in read_table("posting_cues.csv", ("field", "values", "words")):
        cue = Cue(row["field"], tuple(row["values"].split("|")))
        pairs.extend((word, cue) for word in row["words"].split("|"))
    return pairs


@lru_cache(maxsize=1)
def skill_words() -> list[tuple[str, str]]:
    """(alias, skill name) pairs of `skills.csv`; a name is its own alias."""
    pairs = []
    for row in read_table("skills.csv", ("name", "aliases")):
        pairs.append((row["name"].lower(), row["name"]))
        pairs.extend((alias.lower(), row["name"]) for alias in row["aliases"].split("|") if alias)
    return pairs
