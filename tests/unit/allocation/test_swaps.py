"""Lending hands between firms, and buses."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from matcher.allocation.swaps import (
    SwapProblem,
    certify_swaps,
    match_swaps,
    pack_buses,
    swap_worth,
)
from matcher.errors import InvalidInput


def drawn(seed: int, s: int = 6, t: int = 5) -> SwapProblem:
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(s) for j in range(t) if rng.random() < 0.6]
    si, tj = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    return SwapProblem(
        rng.integers(1, 30, s), rng.integers(1, 30, t), si, tj, np.round(rng.uniform(0.05, 1, len(pairs)), 3)
    )


def best_worth(problem: SwapProblem) -> float:
    """The optimum of the linear programme, by another solver."""
    limits, rows = [], []
    for index, heads in ((problem.si, problem.spare), (problem.tj, problem.wanted)):
        for row, most in enumerate(heads):
            rows.append((index == row).astype(float))
            limits.append(most)
    return -linprog(-problem.worth, A_ub=np.array(rows), b_ub=limits).fun


@pytest.mark.parametrize("seed", range(12))
def test_the_plan_is_the_optimum_and_proves_it(seed: int) -> None:
    problem = drawn(seed)
    plan = match_swaps(problem)
    assert plan.certificate.holds
    assert plan.worth == pytest.approx(best_worth(problem), abs=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_the_certificate_refuses_worse_and_impossible_plans(seed: int) -> None:
    problem = drawn(seed)
    heads = match_swaps(problem).heads.copy()
    heads[np.argmax(heads)] -= 1
    assert certify_swaps(problem, heads).gain
    heads[0] = problem.spare.max() + problem.wanted.max()
    assert certify_swaps(problem, heads).over > 0
    assert not certify_swaps(problem, heads).holds


def test_an_exchange_that_gains_is_seen_although_every_place_is_taken() -> None:
    problem = SwapProblem(
        np.array([1, 1]), np.array([1, 1]), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0.9, 0.5, 0.8, 0.2])
    )
    crossed = np.array([1, 0, 0, 1])  # 1.1, where 0.5 + 0.8 = 1.3 is possible
    assert certify_swaps(problem, crossed).gain
    assert list(match_swaps(problem).heads) == [0, 1, 1, 0]


def test_nearer_related_and_longer_overlapping_swaps_are_worth_more() -> None:
    worth = swap_worth(np.array([1, 0.5, 1, 1.0]), np.array([1, 1, 0.5, 1.0]), np.array([0, 0, 0, 60.0]))
    assert list(worth) == [1.0, 0.5, 0.5, 0.5]
    unknown = swap_worth(np.ones(1), np.ones(1), np.array([np.nan]))[0]
    assert 0.5 < unknown < 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"spare": [0, 1]}, "富余"),
        ({"wanted": [1, 10**9]}, "短缺"),
        ({"si": [0, 0]}, "只能出现一次"),
        ({"si": [0, 7]}, "行号"),
        ({"worth": [0.5, 0.0]}, "价值"),
        ({"worth": [0.5]}, "长度"),
    ],
)
def test_problems_that_make_no_sense_are_refused(changes: dict[str, list[float]], told: str) -> None:
    given = {"spare": [1, 1], "wanted": [1, 1], "si": [0, 1], "tj": [0, 0], "worth": [0.5, 0.5]} | changes
    with pytest.raises(InvalidInput, match=told):
        match_swaps(SwapProblem(**{name: np.array(one) for name, one in given.items()}))


def test_no_pair_at_all_lends_nobody() -> None:
    nothing = np.zeros(0, np.int64)
    plan = match_swaps(SwapProblem(np.array([3]), np.array([2]), nothing, nothing, np.zeros(0)))
    assert plan.worth == 0
    assert plan.certificate.holds


def fewest_seats(people: int, sizes: tuple[int, ...]) -> tuple[int, int]:
    options = []
    for counts in itertools.product(*(range(people // size + 2) for size in sizes)):
        seats = sum(count * size for count, size in zip(counts, sizes, strict=True))
        if seats >= people:
            options.append((seats, sum(counts)))
    return min(options)


@pytest.mark.parametrize("people", [1, 7, 8, 20, 26, 45, 50, 61])
def test_buses_waste_as_few_seats_as_possible_then_as_few_vehicles(people: int) -> None:
    buses = pack_buses(people)
    assert (sum(buses), len(buses)) == fewest_seats(people, (7, 19, 33, 49))
    assert list(buses) == sorted(buses, reverse=True)


def test_buses_of_sizes_that_make_no_sense_are_refused() -> None:
    assert pack_buses(0) == ()
    for sizes in ((), (0, 19)):
        with pytest.raises(InvalidInput, match="座位数"):
            pack_buses(5, sizes)
    with pytest.raises(InvalidInput, match="乘车人数"):
        pack_buses(10**6)
