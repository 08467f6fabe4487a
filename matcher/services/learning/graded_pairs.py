"""Graded pushes with the features of their pairs (样本特征): people and postings are read from the database.

A person is found again by the keyed hash of the export; who has withdrawn consent to matching is left out, and so is a
posting that is no longer stored. Facts are those stored now, judged on the day of delivery.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.ranking.feature_table import features
from matcher.ranking.features import feature_matrix
from matcher.ranking.learning import MISSING, Graded
from matcher.ranking.pairs import pairs
from matcher.ranking.propensity import Logged
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.tokens import worker_tokens, worker_wish
from matcher.services.indexing import empty_posting_catalogue, index_postings
from matcher.services.learning.training_examples import PERSON_CHARS, PERSON_HASH, GradedExample
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession

NOON = time(4, 0)  # 12:00 in Asia/Shanghai


@dataclass(frozen=True, eq=False)
class Joined:
    """graded: what could be joined, by day of delivery; left_out: examples whose person or posting is gone."""

    graded: Graded
    left_out: int


def graded_pairs(session: StoreSession, encoder: Encoder, examples: Iterable[GradedExample]) -> Joined:
    """Join examples with people and postings and compute the features that the service would see."""
    listed = list(examples)
    people = _people(session, {one.person for one in listed})
    postings = PostingRepository(session).get_many(sorted({one.posting for one in listed}))
    kept = [one for one in listed if one.person in people and one.posting in postings]
    kept.sort(key=lambda one: one.delivered)
    return Joined(featured(kept, people, postings, encoder), len(listed) - len(kept))


def featured(
    examples: Sequence[GradedExample], people: dict[str, Worker], postings: dict[str, Posting], encoder: Encoder
) -> Graded:
    """Examples in order of their day, with features. people, postings: by the keys that the examples name."""
    names, ids = sorted({one.person for one in examples}), sorted(postings)
    workers = [people[name] for name in names]
    who = np.array([names.index(one.person) for one in examples], np.int64)
    what = np.array([ids.index(one.posting) for one in examples], np.int64)
    dense, lexical = _text_scores(who, what, workers, [postings[key] for key in ids], encoder)
    columns = PostingColumns.of([postings[key] for key in ids])
    days = np.array([date.fromisoformat(one.delivered).toordinal() for one in examples], np.int64)
    parts = [np.zeros((0, len(features())), np.float32)]
    for day in np.unique(days):
        now, rows = datetime.combine(date.fromordinal(int(day)), NOON, UTC), np.flatnonzero(days == day)
        lined_up = pairs(
            WorkerColumns.of(workers, now=now),
            who[rows],
            columns,
            what[rows],
            now=now,
            codes=lexicon_codebook(),
            dense=dense[rows],
            lexical=lexical[rows],
        )
        parts.append(feature_matrix(lined_up))
    grades = [MISSING if one.grade is None else one.grade for one in examples]
    return Graded(np.concatenate(parts), np.array(grades, np.int64), who, days, _logged(examples))


def _people(session: StoreSession, wanted: set[str]) -> dict[str, Worker]:
    """Hash → the person, of those who may be matched."""
    found = {}
    for worker in WorkerRepository(session).all_active():
        key = session.keyring.lookup_hash(PERSON_HASH, worker.worker_id)[:PERSON_CHARS]
        if key in wanted:
            found[key] = worker
    return found


def _text_scores(
    who: NDArray[np.int64],
    what: NDArray[np.int64],
    workers: Sequence[Worker],
    postings: Sequence[Posting],
    encoder: Encoder,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(cosine, BM25 over the query's best among these postings), each (k,)."""
    catalogue = empty_posting_catalogue(encoder.dim)
    index_postings(catalogue, postings, encoder)
    vectors = encoder.encode([worker_wish(worker) for worker in workers])
    dense, lexical = np.zeros(len(who), np.float32), np.zeros(len(who), np.float32)
    for i, worker in enumerate(workers):
        mine = np.flatnonzero(who == i)
        dense[mine] = catalogue.vectors.similarities(vectors[i], what[mine])
        scores = catalogue.lexical.weighted_scores(dict.fromkeys(worker_tokens(worker), 1.0))
        lexical[mine] = scores[what[mine]] / max(float(scores.max(initial=0)), 1e-9)
    return dense, lexical


def _logged(examples: Sequence[GradedExample]) -> Logged:
    return Logged(
        np.array([one.channel for one in examples], np.str_),
        np.array([one.position for one in examples], np.int64),
        np.array([one.score for one in examples], np.float64),
        np.array([one.rank for one in examples], np.int64),
    )
