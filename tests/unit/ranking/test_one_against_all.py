"""One against a whole table, without copies, judges exactly as listed pairs do."""

from datetime import UTC, datetime

import numpy as np
import pytest

from matcher.demo.county import County
from matcher.errors import InvalidInput
from matcher.ranking.eligibility import vetoes
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import one_against_all, pairs
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables() -> tuple[WorkerColumns, PostingColumns]:
    county = County.generate(5, 30, 40)
    return WorkerColumns.of(county.workers, now=NOW), PostingColumns.of(county.postings)


def test_one_worker_against_all_postings(tables: tuple[WorkerColumns, PostingColumns]) -> None:
    workers, postings = tables
    every = np.arange(len(postings))
    for row in range(10):
        listed = pairs(workers, np.full_like(every, row), postings, every, now=NOW, codes=lexicon_codebook())
        free = one_against_all(workers.take(np.array([row])), postings, now=NOW, codes=lexicon_codebook())
        assert np.array_equal(vetoes(free), vetoes(listed))
        assert np.array_equal(feature_matrix(free), feature_matrix(listed), equal_nan=True)
        chosen = np.array([3, 1, 7])
        assert np.array_equal(
            feature_matrix(free.part(chosen)), feature_matrix(listed.part(chosen)), equal_nan=True
        )


def test_one_posting_against_all_workers(tables: tuple[WorkerColumns, PostingColumns]) -> None:
    workers, postings = tables
    every = np.arange(len(workers))
    for row in range(10):
        listed = pairs(workers, every, postings, np.full_like(every, row), now=NOW, codes=lexicon_codebook())
        free = one_against_all(workers, postings.take(np.array([row])), now=NOW, codes=lexicon_codebook())
        assert np.array_equal(vetoes(free), vetoes(listed))
        assert np.array_equal(feature_matrix(free), feature_matrix(listed), equal_nan=True)


def test_two_whole_tables_are_refused(tables: tuple[WorkerColumns, PostingColumns]) -> None:
    with pytest.raises(InvalidInput):
        one_against_all(*tables, now=NOW, codes=lexicon_codebook())
