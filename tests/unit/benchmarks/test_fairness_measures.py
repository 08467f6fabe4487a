"""The swap test's measure, against values worked out by hand."""

from __future__ import annotations

import pytest

from benchmarks.fairness import PAIRS, SECOND_PAIRS, Pair, rank_biased_overlap, read_pairs, swap_figures


def test_the_same_list_overlaps_wholly_and_disjoint_lists_not_at_all() -> None:
    assert rank_biased_overlap(list("abc"), list("abc")) == pytest.approx(1)
    assert rank_biased_overlap(list("abc"), list("xyz")) == 0
    assert rank_biased_overlap([], []) == 1
    assert rank_biased_overlap([], ["a"]) == 0


def test_overlap_follows_its_definition() -> None:
    p = 0.5
    sums = 0 / 1 * p + 2 / 2 * p**2  # depths one and two of "ab" against "ba"
    assert rank_biased_overlap("ab", "ba", p=p) == pytest.approx(sums * (1 - p) / p + 2 / 2 * p**2)


def test_a_swap_at_the_top_costs_more_than_one_at_the_end() -> None:
    plain = list("abcdefgh")
    top, end = list("bacdefgh"), list("abcdefhg")
    assert rank_biased_overlap(plain, top) < rank_biased_overlap(plain, end) < 1


def test_swap_figures_name_the_worst_pair_and_leave_the_same_ones_out() -> None:
    pairs = [Pair("sex", "a", "b"), Pair("age", "a", "c")]
    lists = {"a": ["1", "2"], "b": ["1", "2"], "c": ["3", "4"]}
    found = swap_figures(pairs, lists.__getitem__)
    assert found["mean"] == 0.5
    assert found["by_group"] == {"age": 0.0, "sex": 1.0}
    assert [one["proxied"] for one in found["worst"]] == ["c"]


def test_the_lists_hold_over_two_hundred_different_pairs() -> None:
    pairs = read_pairs(PAIRS)
    assert len({(pair.neutral, pair.proxied) for pair in pairs}) == len(pairs) >= 200
    assert {"sex", "ethnicity", "hukou", "marriage", "disability", "poverty"} <= {pair.group for pair in pairs}
    assert not {pair.proxied for pair in pairs} & {pair.proxied for pair in read_pairs(SECOND_PAIRS)}
