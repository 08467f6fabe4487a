"""How well the people and the booths of a fair fit, both ways (双向评分).

Hard rules over every pair, then the scorer; the best posting of a booth stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Line
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.ranking.eligibility import vetoes
from matcher.ranking.explanation import explain
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import Pairs, pairs
from matcher.ranking.score import Scorer
from matcher.ranking.surplus import surplus_score
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

CHUNK = 100_000
BOOTHS_A_PERSON = 15  # that are worth looking at; a person goes to three
LEAST_SCORE = 1e-6
REASONS = 2
FOR_EMPLOYERS = frozenset(
    {"occupation_match", "occupation_near", "certificate_held", "certificate_preferred", "skill_shared",
     "experience", "education", "shift"}
)  # fmt: skip
"""Reasons an employer is told: what the person can do. Never family, health, literacy or a category."""
PLAIN_FIT = Line("fits", "条件相符")


@dataclass(frozen=True, eq=False)
class BoothPairs:
    """k pairs of a person and a booth, each with the booth's best posting for that person.

    person, booth, posting: (k,) rows of the lists they were made of; score: (k,).
    """

    person: NDArray[np.int64]
    booth: NDArray[np.int64]
    posting: NDArray[np.int64]
    score: NDArray[np.float64]
    lined_up: Pairs


def booth_pairs(
    people: Sequence[Worker], postings: Sequence[Posting], booth_of: Sequence[int], scorer: Scorer, now: datetime
) -> BoothPairs:
    """booth_of: for each posting the row of its booth. Pairs that a hard rule forbids are absent."""
    columns = WorkerColumns.of(people, now=now), PostingColumns.of(postings)
    n, m = len(people), len(postings)
    every = pairs(
        columns[0], np.repeat(np.arange(n), m), columns[1], np.tile(np.arange(m), n), now=now, codes=lexicon_codebook()
    )
    kept, scores = [np.zeros(0, np.int64)], [np.zeros(0)]
    for start in range(0, len(every), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(every)))
        rows = rows[vetoes(every.part(rows)) == 0]
        if len(rows):
            kept.append(rows)
            scores.append(surplus_score(*scorer.probabilities(feature_matrix(every.part(rows)))))
    rows, score = np.concatenate(kept), np.concatenate(scores)
    booth = np.asarray(booth_of, np.int64)[every.pj[rows]] if len(rows) else np.zeros(0, np.int64)
    best = _best(every.wi[rows], booth, score)
    rows, booth, score = rows[best], booth[best], score[best]
    return BoothPairs(every.wi[rows], booth, every.pj[rows], score, every.part(rows))


def told(found: BoothPairs, rows: NDArray[np.int64], scorer: Scorer) -> list[tuple[tuple[Line, ...], tuple[Line, ...]]]:
    """For each of the rows: reasons for the person, reasons for the employer."""
    return [
        (
            explained.reasons[:REASONS] or (PLAIN_FIT,),
            tuple(line for line in explained.reasons if line.code in FOR_EMPLOYERS)[:REASONS] or (PLAIN_FIT,),
        )
        for explained in explain(found.lined_up.part(rows), scorer)
    ]


def ordered(postings: Mapping[str, Posting], shown: Mapping[int, Sequence[str]]) -> tuple[list[Posting], list[int]]:
    """The postings that may be shown, and for each the booth it is at."""
    flat = [(postings[one], booth) for booth, ids in shown.items() for one in ids if one in postings]
    return [posting for posting, _ in flat], [booth for _, booth in flat]


def _best(
    person: NDArray[np.int64], booth: NDArray[np.int64], score: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Rows of the best posting of each booth for each person, and of the best booths of each person."""
    order = np.lexsort((-score, booth, person))
    first = np.ones(len(order), np.bool_)
    first[1:] = (person[order][1:] != person[order][:-1]) | (booth[order][1:] != booth[order][:-1])
    best = order[first]
    by_score = best[np.lexsort((-score[best], person[best]))]
    starts = np.r_[0, np.flatnonzero(np.diff(person[by_score])) + 1] if len(by_score) else np.zeros(0, np.int64)
    place = np.arange(len(by_score)) - np.repeat(starts, np.diff(np.r_[starts, len(by_score)]))
    return np.sort(by_score[(place < BOOTHS_A_PERSON) & (score[by_score] > LEAST_SCORE)])
