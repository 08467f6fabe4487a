"""The certificate catches every kind of wrong allocation: each test plants one."""

import json
from dataclasses import replace

import numpy as np
from allocation_cases import crowd, problem

from matcher.allocation.bounds import least_shortfall
from matcher.allocation.certificate import certify
from matcher.allocation.flow import allocate, summed_up
from matcher.allocation.naive import naive_top_k
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.problem import AllocationProblem

FAIR = AllocationPolicy()


def pushing(own: AllocationProblem, *pairs: tuple[int, int]) -> np.ndarray:
    return np.array([pair in pairs for pair in zip(own.wi.tolist(), own.pj.tolist(), strict=True)])


def test_a_sound_allocation_is_certified_and_printable() -> None:
    scarce = crowd(5, [2, 3])
    certificate = certify(scarce, FAIR, allocate(scarce, FAIR))
    assert certificate.holds
    assert certificate.missing == certificate.missing_bound == 5
    assert certificate.lp_cost is not None
    assert json.loads(json.dumps(certificate.to_json()))["holds"] is True


def test_large_problems_are_certified_without_the_linear_programme() -> None:
    scarce = crowd(5, [2, 3])
    certificate = certify(scarce, FAIR, allocate(scarce, FAIR), lp_at_most=9)
    assert certificate.lp_cost is None
    assert certificate.holds


def test_one_place_too_many_is_caught() -> None:
    scarce = crowd(5, [2, 3])
    wrong = allocate(replace(scarce, capacity=scarce.capacity + 1), FAIR)
    certificate = certify(scarce, FAIR, wrong)
    assert certificate.over_capacity == 2
    assert not certificate.holds


def test_one_place_unused_is_caught() -> None:
    scarce = crowd(5, [2, 3])
    wrong = allocate(replace(scarce, capacity=scarce.capacity - 1), FAIR)
    certificate = certify(scarce, FAIR, wrong)
    assert certificate.feasible
    assert not certificate.nothing_avoidable
    assert not certificate.optimal


def test_a_forgotten_employer_rule_is_caught() -> None:
    own = problem([{0: 0.9, 1: 0.8, 2: 0.1}], [5, 5, 5], employer=[7, 7, -1])
    wrong = allocate(own, AllocationPolicy(distinct_employers=False))
    certificate = certify(own, FAIR, wrong)
    assert certificate.repeated_employer == 1
    assert not certificate.holds


def test_more_than_the_ceiling_is_caught() -> None:
    own = problem([{0: 0.9, 1: 0.8, 2: 0.1}], [5, 5, 5])
    certificate = certify(own, FAIR, summed_up(own, FAIR, np.ones(3, np.bool_)))
    assert certificate.over_room == 1
    assert not certificate.holds


def test_a_greedy_answer_with_an_avoidable_gap_is_caught() -> None:
    own = problem([{0: 0.9, 1: 0.8}, {0: 0.5}], [1, 1], need=1)
    certificate = certify(own, FAIR, summed_up(own, FAIR, pushing(own, (0, 0))))
    assert (certificate.missing, certificate.missing_bound) == (1, 0)
    assert certificate.changes_that_pay > 0


def test_everybody_served_but_worse_than_possible_is_caught() -> None:
    own = problem([{0: 0.9, 1: 0.2}, {0: 0.3, 1: 0.8}], [1, 1], need=1)
    worse = summed_up(own, FAIR, pushing(own, (0, 1), (1, 0)))
    certificate = certify(own, FAIR, worse)
    assert certificate.nothing_avoidable
    assert certificate.changes_that_pay > 0
    assert not certificate.optimal
    assert not certify(own, FAIR, worse, lp_at_most=0).optimal


def test_two_for_one_and_none_for_another_is_caught() -> None:
    own = problem([{0: 0.9, 1: 0.9}, {0: 0.1, 1: 0.1}], [1, 1])
    both_to_one = pushing(own, (0, 0), (0, 1))
    unjust = certify(own, FAIR, summed_up(own, FAIR, both_to_one))
    assert unjust.nothing_avoidable
    assert not unjust.optimal
    linear = AllocationPolicy(share_scarcity=False)
    assert certify(own, linear, summed_up(own, linear, both_to_one)).holds


def test_naive_pushes_are_caught() -> None:
    scarce = crowd(5, [2, 3])
    assert not certify(scarce, FAIR, summed_up(scarce, FAIR, naive_top_k(scarce))).feasible


def test_counts_and_costs_that_are_not_those_of_the_pushes_are_caught() -> None:
    scarce = crowd(3, [2, 2])
    sound = allocate(scarce, FAIR)
    assert not certify(scarce, FAIR, replace(sound, missing=sound.missing * 0)).feasible
    assert not certify(scarce, FAIR, replace(sound, load=sound.load + 1)).feasible
    assert not certify(scarce, FAIR, replace(sound, cost=sound.cost - 1)).optimal


def test_the_least_shortfall_respects_places_and_employers() -> None:
    own = problem([{0: 0.9, 1: 0.8}, {0: 0.9, 1: 0.8}], [2, 2], employer=[7, 7])
    assert least_shortfall(own, FAIR) == 2
    assert least_shortfall(own, AllocationPolicy(distinct_employers=False)) == 0
    assert least_shortfall(replace(own, capacity=np.array([0, 1])), FAIR) == 3


def test_employer_numbers_may_be_as_large_as_64_bits_hold() -> None:
    most = np.iinfo(np.int64).max
    rows = [{0: 0.9, 1: 0.8, 2: 0.1}] * 3
    own = problem(rows, [5, 5, 5], employer=[most, most, most - 1])
    certificate = certify(own, FAIR, allocate(own, FAIR))
    assert certificate.holds
    assert certificate.missing == 0
