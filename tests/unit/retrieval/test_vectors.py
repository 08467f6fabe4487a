"""The vector index: exact, masked, and still right after it moves to HNSW."""

import numpy as np
import pytest
from tiny_columns import DIM, unit_vectors

from matcher.retrieval import vectors
from matcher.retrieval.vectors import VectorIndex


def brute_force(data: np.ndarray, query: np.ndarray, k: int, mask: np.ndarray) -> list[int]:
    scores = np.where(mask, data @ query, -np.inf)
    return list(np.argsort(-scores, kind="stable")[: min(k, mask.sum())])


def test_search_finds_exactly_the_best_of_the_masked_rows() -> None:
    data, queries = unit_vectors(1, 400), unit_vectors(2, 20)
    index = VectorIndex(DIM)
    index.append(data[:150])
    index.append(data[150:])
    mask = np.random.default_rng(3).random(400) < 0.3
    _, rows = index.search(queries, 10, mask)
    for query, found in zip(queries, rows, strict=True):
        assert list(found) == brute_force(data, query, 10, mask)


def test_fewer_rows_than_asked_leave_minus_one() -> None:
    index = VectorIndex(DIM)
    index.append(unit_vectors(1, 5))
    _, rows = index.search(unit_vectors(2, 1), 5, np.array([True, False, False, False, True]))
    assert sorted(rows[0].tolist()) == [-1, -1, -1, 0, 4]


def test_an_empty_index_finds_nothing() -> None:
    _, rows = VectorIndex(DIM).search(unit_vectors(1, 2), 5)
    assert rows.shape == (2, 0)


def test_similarities_are_the_inner_products() -> None:
    data = unit_vectors(1, 50)
    index = VectorIndex(DIM)
    index.append(data)
    rows = np.array([3, 3, 49], dtype=np.int64)
    assert index.similarities(data[7], rows) == pytest.approx(data[rows] @ data[7], abs=1e-6)


def test_growth_past_the_limit_moves_to_hnsw_with_recall_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 300)
    data, queries = unit_vectors(1, 1500), unit_vectors(2, 50)
    index = VectorIndex(DIM)
    index.append(data[:200])
    index.append(data[200:])
    assert not index.exact
    mask = np.random.default_rng(3).random(1500) < 0.5
    _, rows = index.search(queries, 10, mask)
    hits = sum(
        len(set(found) & set(brute_force(data, query, 10, mask)))
        for query, found in zip(queries, rows, strict=True)
    )
    assert hits / 500 >= 0.99
    assert index.similarities(queries[0], np.arange(1500)) == pytest.approx(data @ queries[0], abs=1e-5)
