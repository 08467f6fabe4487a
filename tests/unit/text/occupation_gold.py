"""Reads and scores tests/gold/occupations*.tsv: a title, then the codes that are right (- = none is)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pay_gold import GOLD

from matcher.text.occupation import code_occupation


@dataclass
class TitleScore:
    """Titles whose first code, and one of whose first three codes, is right; confusions: (title, wanted, got)."""

    titles: int = 0
    first: int = 0
    third: int = 0
    confusions: list[tuple[str, frozenset[str], tuple[str, ...]]] = field(default_factory=list)


def read_occupation_gold(name: str = "occupations.tsv") -> list[tuple[str, frozenset[str]]]:
    """(title, accepted codes) pairs; no code at all means that none may be found."""
    rows = []
    for line in (GOLD / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            title, codes = line.split("\t")[:2]
            rows.append((title, frozenset() if codes == "-" else frozenset(codes.split("|"))))
    return rows


def score_titles(name: str) -> TitleScore:
    """Top-1 and top-3 hits over a gold file."""
    score = TitleScore()
    for title, accepted in read_occupation_gold(name):
        codes = tuple(o.code for o in code_occupation(title))
        right = codes[0] in accepted if codes and accepted else not codes and not accepted
        score.titles += 1
        score.first += right
        score.third += bool(accepted.intersection(codes)) if accepted else not codes
        if not right:
            score.confusions.append((title, accepted, codes))
    return score
