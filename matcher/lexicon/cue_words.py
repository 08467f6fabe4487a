"""Cue words of postings: pay words, field cues, skills (用语表).

Several words in one cell are separated by `|`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.errors import InvalidInput
from matcher.lexicon.files import DATA, loaded, read_table


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


@dataclass(frozen=True, slots=True)
class CuePattern:
    """A turn of phrase of a field. needs: words one of which is in every text it fits; values: as in `Cue`, ! denies."""

    field: str
    values: tuple[str, ...]
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


@loaded
def posting_patterns() -> list[CuePattern]:
    """The rows of `posting_patterns.csv`; raises InvalidInput for a pattern that is no regular expression."""
    patterns = []
    for line, row in read_table("posting_patterns.csv", ("field", "values", "needs", "pattern")):
        try:
            compiled = re.compile(row["pattern"])
        except re.error as error:
            raise InvalidInput(f"posting_patterns.csv 第{line}行 句式写错：{error}；请改正") from None
        values, needs = tuple(row["values"].split("|")), tuple(row["needs"].split("|"))
        patterns.append(CuePattern(row["field"], values, needs, compiled))
    return patterns


SKILL_DECOY = "-"
"""Name of the row of `skills.csv` whose words look like skills and are none (洗衣机)."""
_SOFTWARE, _CLOSING = "软件", "句尾"
_SKILL_COLUMNS = ("name", "aliases", "kind")
_TRADE_FILES = tuple(f"skills_{part}.csv" for part in ("building", "making", "goods", "service", "land", "office", "plain"))
"""Work words by trade, in the form of `skills.csv`; what that file says goes before."""


@loaded
def skill_words() -> list[tuple[str, str]]:
    """(way of writing it, skill name): `skills.csv`, then the files by trade, then `skill_actions.csv`."""
    return [*listed_skill_words(), *trade_skill_words(), *_skill_actions()]


def _skill_actions() -> list[tuple[str, str]]:
    """Every verb of a row of `skill_actions.csv` with every object of it, and the skill they are; the first row rules."""
    listed = {word for word, _ in (*listed_skill_words(), *trade_skill_words())}
    pairs: dict[str, str] = {}
    for _, row in read_table("skill_actions.csv", ("name", "verbs", "objects")):
        for verb in row["verbs"].split("|"):
            for thing in row["objects"].split("|"):
                pairs.setdefault(f"{verb}{thing}".lower(), row["name"])
    return [(word, name) for word, name in pairs.items() if word not in listed]


@loaded
def listed_skill_words() -> list[tuple[str, str]]:
    """(alias, skill name) pairs of `skills.csv`; a name is its own alias, SKILL_DECOY stands for no skill.

    These words are cut out whole by the segmenter; those of the files by trade are only looked up.
    """
    return _named_words("skills.csv")


@loaded
def trade_skill_words() -> list[tuple[str, str]]:
    """(alias, skill name) pairs of the files by trade, in the form of `listed_skill_words`; what that says goes before."""
    listed = {word for word, _ in listed_skill_words()}
    pairs = dict.fromkeys(pair for name in _TRADE_FILES for pair in _named_words(name))
    return [pair for pair in pairs if pair[0] not in listed]


def _named_words(file: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for _, row in read_table(file, _SKILL_COLUMNS):
        if row["name"] != SKILL_DECOY and row["kind"] != _CLOSING:
            pairs.append((row["name"].lower(), row["name"]))
        pairs.extend((alias.lower(), row["name"]) for alias in row["aliases"].split("|") if alias)
    return pairs


@loaded
def software_skills() -> frozenset[str]:
    """Names of the skills of software work."""
    return frozenset(row["name"] for row in _rows_of_kind(_SOFTWARE))


@loaded
def closing_words() -> frozenset[str]:
    """Everyday doings (安装, 清洗) that are a skill only where a clause ends after them."""
    return frozenset(word for row in _rows_of_kind(_CLOSING) for word in row["aliases"].lower().split("|"))


def _rows_of_kind(kind: str) -> list[dict[str, str]]:
    files = ("skills.csv", *_TRADE_FILES)
    return [row for name in files for _, row in read_table(name, _SKILL_COLUMNS) if row["kind"] == kind]


@loaded
def software_senses() -> frozenset[str]:
    """Words of manual work that mean something else beside software skills (software_senses.tsv)."""
    lines = (DATA / "software_senses.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
