"""How dense, lexical and occupation scores become one: properties that hold for any numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.retrieval.candidates import Query, question_scale, retrieve
from matcher.retrieval.fusion import Blend, fused_scores, word_scale
from matcher.retrieval.lexical import LexicalIndex, numbered

ROWS = 6
scores = st.lists(st.floats(0, 1, width=32), min_size=ROWS, max_size=ROWS).map(
    lambda values: np.array(values, np.float32)
)


@given(scores, scores, scores, st.integers(0, 2), st.integers(0, ROWS - 1))
def test_a_higher_score_of_any_kind_never_lowers_the_whole(
    dense: Any, lexical: Any, occupation: Any, kind: int, row: int
) -> None:
    before = fused_scores(dense, lexical, occupation, 2.0)
    given_scores = [dense, lexical, occupation]
    given_scores[kind][row] += np.float32(0.5)
    after = fused_scores(dense, lexical, occupation, 2.0)
    assert after[row] > before[row]
    np.testing.assert_array_equal(np.delete(after, row), np.delete(before, row))


@given(scores, scores, scores, st.permutations(range(ROWS)))
def test_the_order_of_rows_does_not_matter(dense: Any, lexical: Any, occupation: Any, order: list[int]) -> None:
    whole = fused_scores(dense, lexical, occupation, 3.0)
    np.testing.assert_array_equal(
        fused_scores(dense[order], lexical[order], occupation[order], 3.0), whole[order]
    )


@given(scores, scores)
def test_a_question_without_words_goes_by_meaning_alone(dense: Any, occupation: Any) -> None:
    nothing = np.zeros(ROWS, np.float32)
    found = fused_scores(dense, nothing, occupation, 0.0)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, fused_scores(dense, nothing, occupation, 7.0))


@given(scores, scores, scores)
def test_weights_of_one_score_alone_rank_by_that_score(dense: Any, lexical: Any, occupation: Any) -> None:
    by_meaning = fused_scores(dense, lexical, occupation, 2.0, Blend(1, 0, 0))
    by_words = fused_scores(dense, lexical, occupation, 2.0, Blend(0, 1, 0))
    np.testing.assert_array_equal(by_meaning, dense)
    np.testing.assert_allclose(by_words, lexical * 2, rtol=1e-6)


def test_words_weigh_less_the_less_of_the_question_they_cover() -> None:
    dense = np.array([0.5, 0.4], np.float32)
    lexical = np.array([0.0, 2.0], np.float32)
    none = np.zeros(2, np.float32)
    short, long, unknown = word_scale(np.array([4.0, 100.0, 40.0]), np.array([4.0, 100.0, 4.0]))
    assert fused_scores(dense, lexical, none, short).argmax() == 1
    assert fused_scores(dense, lexical, none, long).argmax() == 0
    assert fused_scores(dense, lexical, none, unknown).argmax() == 0


def test_a_question_without_words_has_no_scale() -> None:
    assert word_scale(np.zeros(1), np.zeros(1)) == 0


def test_no_row_reaches_what_is_attainable_and_unknown_words_count() -> None:
    index = LexicalIndex()
    index.append_numbered(*numbered([["电焊"] * 50, ["电焊", "瓦工"], ["保洁"]]))
    question = {"电焊": 1.0, "瓦工": 1.0}
    whole, known = index.attainable(question)
    assert 0 < index.weighted_scores(question).max() < whole == known
    more, still_known = index.attainable(question | {"没人写过": 1.0})
    assert more > whole
    assert still_known == known
    assert index.attainable({}) == (0, 0)


def test_retrieval_ranks_by_the_fused_score(make_catalogue: Any) -> None:
    catalogue = make_catalogue(30)
    vector = catalogue.vectors.stored(np.array([3]))[0]
    every = np.ones(30, np.bool_)
    found = retrieve(catalogue, Query(vector, {"电焊": 1.0}), every, k=30)
    lexical = catalogue.lexical.weighted_scores({"电焊": 1.0})[found.rows]
    scale = question_scale(catalogue, Query(vector, {"电焊": 1.0}))
    expected = fused_scores(found.dense, lexical, found.occupation, scale)
    np.testing.assert_allclose(found.fused, expected, rtol=1e-5)
    assert (np.diff(found.fused) <= 0).all()
