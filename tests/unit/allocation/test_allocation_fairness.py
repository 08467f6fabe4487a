"""Fairness figures on problems small enough to count by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest
from allocation_cases import crowd, problem

from matcher.allocation.fairness import GroupShare, fairness
from matcher.allocation.flow import allocate, summed_up
from matcher.allocation.naive import naive_top_k
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.problem import AllocationProblem

FAIR = AllocationPolicy()



def test_all_pushes_on_one_of_two_openings() -> None:
    own = crowd(4, [9, 9], need=1)
    found = fairness(own, summed_up(own, FAIR, naive_top_k(own)))
    assert (found.openings, found.coverage, found.congestion) == (2, 0.5, 4)
    assert found.gini == pytest.approx(0.5)
    assert found.score_loss == 0.0
    assert found.inferiority == pytest.approx((0 + 1 + 2 + 3) / 4)


def test_even_pushes_have_no_gini_and_full_coverage() -> None:
    own = crowd(4, [2, 2], need=1)
    found = fairness(own, allocate(own, FAIR))
    assert (found.gini, found.coverage, found.congestion) == (pytest.approx(0.0), 1.0, 2)
    assert found.lorenz[0] == 0.0
    assert found.lorenz[50] == pytest.approx(0.5)
    assert len(found.lorenz) == 101
    assert found.top1_share == pytest.approx(0.01)


def test_pushes_are_spread_over_the_openings_of_a_posting() -> None:
    own = replace(problem([{0: 0.5}] * 3, [9], need=1), openings=np.array([2]))
    found = fairness(own, allocate(own, FAIR))
    assert (found.openings, found.congestion, found.coverage) == (2, 2, 1.0)
    assert found.gini == pytest.approx(1 / 6)


def test_an_opening_that_is_nobodys_candidate_is_not_reachable() -> None:
    own = problem([{0: 0.5}], [9, 9], need=1)
    assert fairness(own, allocate(own, FAIR)).openings == 1


def test_score_loss_is_against_everybodys_best() -> None:
    own = problem([{0: 0.8, 1: 0.4}, {0: 0.8, 1: 0.4}], [1, 1], need=1)
    found = fairness(own, allocate(own, FAIR))
    assert found.mean_score == pytest.approx(0.6)
    assert found.score_loss == pytest.approx(0.25)


def test_envy_is_a_better_push_held_by_somebody_scored_less() -> None:
    own = problem([{0: 0.9, 1: 0.8}, {0: 0.5}], [1, 1], need=1)
    assert fairness(own, allocate(own, FAIR)).envy == 0.5
    free = problem([{0: 0.9, 1: 0.8}, {0: 0.5}], [2, 1], need=1)
    assert fairness(free, allocate(free, AllocationPolicy(congestion_step=0))).envy == 0.0


def test_a_push_of_ones_own_is_no_cause_for_envy() -> None:
    own = problem([{0: 0.9, 1: 0.5}, {0: 0.6, 2: 0.8}], [2, 1, 1])
    assert fairness(own, allocate(own, FAIR)).envy == 0.0


def test_the_worst_tenth_is_the_mean_of_the_least_served() -> None:
    own = problem([{0: 0.1 * (i + 1)} for i in range(10)], [99], need=1)
    assert fairness(own, allocate(own, FAIR)).worst_tenth == pytest.approx(0.1)


def test_groups_are_counted_apart_and_unlabelled_people_left_out() -> None:
    own = problem([{0: 0.9}, {1: 0.9}, {}], [1, 1], need=1)
    found = fairness(own, allocate(own, FAIR), np.array(["A", "", "A"]))
    assert found.groups == {"A": GroupShare(people=2, served=0.5, without=0.5)}


@pytest.mark.parametrize("own", [problem([], []), problem([{}], [0]), problem([{0: 0.5}], [0])])
def test_empty_problems_have_figures_too(own: AllocationProblem) -> None:
    found = fairness(own, allocate(own, FAIR))
    assert json.loads(json.dumps(found.to_json()))["coverage"] == 0.0
    assert found.gini == 0.0
