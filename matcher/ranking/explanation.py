"""Reasons and gaps in plain Chinese (推荐理由与差距), at most 20 characters a line.

INVARIANTS
- A reason is a fact of the pair whose features raised the score: with those features unknown the score
  falls. What raised it most comes first.
- A gap is a fact that stands between the person and the posting; it is stated, never guessed. Unknown is said
  only where asking helps (工资没写清，去前问清).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import MAX_LINE_CHARS, Line
from matcher.ranking.facts import Words, gap_facts, pair_facts, reason_facts
from matcher.ranking.feature_table import feature_columns
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import Pairs
from matcher.ranking.score import Scorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.travel import travel

DATA = Path(__file__).parent / "data"
MAX_REASONS = 4
MAX_GAPS = 3
LEAST_DROP = 0.005  # of the score itself; less is noise, not a reason


Ablation = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """How one fact is said.

    without: (column, value) of each feature that carries the fact, as it stands when the fact is taken away:
        nan (unknown), or what the feature would be for a person who had not named it ("certificate_state=0.5").
    short: said when names make the text too long.
    """

    code: str
    without: Ablation
    text: str
    short: str

    def line(self, words: Words) -> Line:
        """The line with its words, or the short one if it would pass MAX_LINE_CHARS."""
        text = self.text.format(**words)
        return Line(self.code, text if len(text) <= MAX_LINE_CHARS else self.short)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Lines for one pair, most important first."""

    reasons: tuple[Line, ...]
    gaps: tuple[Line, ...]


@lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """The lines of `data/lines.csv` by code."""
    with (DATA / "lines.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Template(
                row["code"],
                tuple(_ablation(part) for part in row["features"].split(";") if part),
                row["template"],
                row["short"],
            )
            for row in csv.DictReader(file)
        }


def _ablation(part: str) -> tuple[int, float]:
    name, _, value = part.partition("=")
    return feature_columns()[name], float(value or "nan")


def explain(
    pairs: Pairs, scorer: Scorer, *, max_reasons: int = MAX_REASONS, max_gaps: int = MAX_GAPS
) -> list[Explanation]:
    """One explanation a pair, for the few pairs that are shown: each candidate reason is scored once."""
    if len(pairs) == 0:
        return []
    trips = travel(pairs)
    matrix = feature_matrix(pairs, trips=trips)
    facts = list(pair_facts(pairs, matrix, trips))
    candidates = [
        (i, templates()[code], words) for i, f in enumerate(facts) for code, words in reason_facts(f)
    ]
    drops = score_drops(matrix, [(i, template.without) for i, template, _ in candidates], scorer)
    raised: list[list[tuple[float, Line]]] = [[] for _ in facts]
    for (i, template, words), drop in zip(candidates, drops.tolist(), strict=True):
        if drop > LEAST_DROP:
            raised[i].append((drop, template.line(words)))
    return [
        Explanation(
            tuple(_strongest(raised[i], max_reasons)),
            tuple(templates()[code].line(words) for code, words in gap_facts(f)[:max_gaps]),
        )
        for i, f in enumerate(facts)
    ]


def _strongest(lines: list[tuple[float, Line]], most: int) -> list[Line]:
    return [line for _, line in sorted(lines, key=lambda item: (-item[0], item[1].code))[:most]]


def score_drops(
    matrix: NDArray[np.float32], ablations: list[tuple[int, Ablation]], scorer: Scorer
) -> NDArray[np.float64]:
    """How far, as a share of the score, a row falls when facts are taken away.

    ablations: (row, what its columns become). Returns (len(ablations),); positive = the score falls.
    """
    if not ablations:
        return np.zeros(0)
    rows = np.array([row for row, _ in ablations])
    without = matrix[rows]
    for k, (_, changes) in enumerate(ablations):
        for column, value in changes:
            without[k, column] = value
    scores = surplus_score(*scorer.probabilities(np.concatenate([matrix, without])))
    whole, part = scores[: len(matrix)][rows], scores[len(matrix) :]
    drops: NDArray[np.float64] = (whole - part) / np.maximum(whole, 1e-12)
    return drops
