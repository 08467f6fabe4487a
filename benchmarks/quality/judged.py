"""Worker sentences and the grades that readers gave to postings for them (人工评分).

Grades are in `qrels.tsv`: ids and numbers only, no text of a posting. How they were given: `guidelines.md`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
SENTENCES = FOLDER / "worker_sentences.tsv"
QRELS = FOLDER / "qrels.tsv"
GRADES = range(4)


@dataclass(frozen=True)
class Sentence:
    """number: its id; `frozen` ones are never looked at while tuning."""

    number: int
    segment: str
    text: str

    @property
    def frozen(self) -> bool:
        return self.number % 2 == 1


def sentences() -> list[Sentence]:
    """All sentences, by number."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Sentence(int(number), segment, text) for number, segment, text in cells]


def qrels(path: Path = QRELS) -> dict[int, dict[tuple[str, str], int]]:
    """Sentence number → (source, id) of a posting → grade 0 to 3."""
    found: dict[int, dict[tuple[str, str], int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            grade = int(row["grade"])
            if grade not in GRADES:
                raise ValueError(f"{path.name}: grade {grade} of sentence {row['sentence']}")
            found.setdefault(int(row["sentence"]), {})[row["source"], row["posting"]] = grade
    return found


def write_qrels(rows: Iterable[tuple[int, str, str, int]], path: Path = QRELS) -> int:
    """Write (sentence, source, posting, grade) rows in order; returns how many."""
    ordered = sorted(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["sentence", "source", "posting", "grade"])
        writer.writerows(ordered)
    return len(ordered)
