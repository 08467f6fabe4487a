"""The measures of the quality benchmark, against values worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.judged import qrels, sentences, write_qrels
from benchmarks.quality.measures import exposure, interval, per_query


def _run(*lists: list[int]) -> np.ndarray:
    depth = max(len(one) for one in lists)
    return np.array([[*one, *[-1] * (depth - len(one))] for one in lists])


def test_recall_is_of_what_the_places_can_hold() -> None:
    found = per_query(_run([7, 1, 2]), [{1: 3, 2: 2, 3: 3, 9: 1}])
    assert found["R@2"][0] == pytest.approx(1 / 2)  # one of two places
    assert found["R@5"][0] == pytest.approx(2 / 3)  # two of the three right answers
    assert found["MRR"][0] == pytest.approx(1 / 2)


def test_ndcg_counts_grades_by_their_gain_and_place() -> None:
    found = per_query(_run([5, 4]), [{4: 3, 5: 1}])
    got = 1 / np.log2(2) + 7 / np.log2(3)
    best = 7 / np.log2(2) + 1 / np.log2(3)
    assert found["nDCG@10"][0] == pytest.approx(got / best)


def test_a_lower_grade_than_asked_is_no_right_answer() -> None:
    found = per_query(_run([1]), [{1: 1, 2: 2}])
    assert found["MRR"][0] == 0
    assert found["R@10"][0] == 0


def test_an_empty_list_scores_nothing() -> None:
    found = per_query(_run([-1]), [{1: 3}])
    assert all(values[0] == 0 for values in found.values())


def test_exposure_tells_even_from_concentrated() -> None:
    even = exposure(_run([0], [1], [2], [3]), 4)
    same = exposure(_run([0], [0], [0], [0]), 4)
    assert even == {"coverage": 1.0, "gini": 0.0}
    assert same == {"coverage": 0.25, "gini": 0.75}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_holds_the_mean(values: list[float]) -> None:
    low, high = interval(np.array(values))
    assert low - 1e-3 <= np.mean(values) <= high + 1e-3


def test_grades_come_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "qrels.tsv"
    assert write_qrels([(2, "s", "b", 0), (1, "s", "a", 3)], path) == 2
    assert qrels(path) == {1: {("s", "a"): 3}, 2: {("s", "b"): 0}}


def test_a_grade_beyond_three_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "qrels.tsv"
    write_qrels([(1, "s", "a", 4)], path)
    with pytest.raises(ValueError, match="grade 4"):
        qrels(path)


def test_there_are_three_hundred_sentences_and_half_are_frozen() -> None:
    found = sentences()
    assert len(found) >= 300
    assert len({s.text for s in found}) == len(found)
    assert abs(sum(s.frozen for s in found) - len(found) / 2) <= 1
