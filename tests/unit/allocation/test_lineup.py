"""The line-up of a livestream against every other line-up of small worlds."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.allocation.lineup import Floor, Lineup, LineupProblem, choose_lineup
from matcher.allocation.running_order import air_order, spoken_numbers, timed
from matcher.errors import Conflict, InvalidInput


def world(seed: int, *, wishes: int = 6, postings: int = 9, size: int = 3, floors: int = 0) -> LineupProblem:
    rng = np.random.default_rng(seed)
    serves = (rng.random((wishes, postings)) * (rng.random((wishes, postings)) < 0.5)).astype(np.float32)
    groups = rng.integers(-1, 3, (2, postings))
    masks = [rng.random(postings) < 0.4 for _ in range(floors)]
    named = tuple(Floor(f"样例{n}", mask, 1 + int(rng.integers(2))) for n, mask in enumerate(masks))
    return LineupProblem(serves, rng.integers(1, 5, wishes).astype(float), groups, np.array([1.0, 0.5]), named, size)


def worth(problem: LineupProblem, rows: tuple[int, ...]) -> float:
    """The value by its definition."""
    covered = float(problem.weights @ problem.serves[:, list(rows)].max(axis=1))
    variety = 0.0
    for reward, codes in zip(problem.rewards, problem.groups[:, list(rows)], strict=True):
        for code in set(codes.tolist()) - {-1}:
            variety += float(reward) * (1 - 0.5 ** int((codes == code).sum()))
    return covered + variety


def plain_greedy(problem: LineupProblem) -> tuple[int, ...]:
    chosen: tuple[int, ...] = ()
    for _ in range(problem.size):
        left = [row for row in range(problem.serves.shape[1]) if row not in chosen]
        base = worth(problem, chosen) if chosen else 0.0
        chosen += (max(left, key=lambda row: (round(worth(problem, (*chosen, row)) - base, 9), -row)),)
    return chosen


@pytest.mark.parametrize("seed", range(40))
def test_lazy_greedy_is_worth_what_plain_greedy_is_and_no_line_up_beats_the_bound(seed: int) -> None:
    problem = world(seed)
    lineup = choose_lineup(problem)
    assert lineup.value == pytest.approx(worth(problem, lineup.chosen))
    assert lineup.value == pytest.approx(worth(problem, plain_greedy(problem)))
    best = max(worth(problem, rows) for rows in combinations(range(9), 3))
    assert lineup.value <= best + 1e-9 <= lineup.bound + 2e-9
    assert lineup.value >= (1 - 1 / np.e) * best


@pytest.mark.parametrize("seed", range(60))
def test_floors_are_met_wherever_some_line_up_meets_them(seed: int) -> None:
    problem = world(seed, floors=2)
    lineup = choose_lineup(problem)
    for floor in problem.floors:
        there_are = min(int(floor.mask.sum()), floor.least)
        met = int(floor.mask[list(lineup.chosen)].sum())
        assert met >= there_are or not meets_all(problem)
        assert lineup.short.get(floor.name, 0) == max(floor.least - met, 0)


def meets_all(problem: LineupProblem) -> bool:
    """Whether some line-up meets both floors."""
    return any(
        all(floor.mask[list(rows)].sum() >= floor.least for floor in problem.floors)
        for rows in combinations(range(problem.serves.shape[1]), problem.size)
    )


def test_what_may_not_air_is_passed_over_and_only_the_best_are_asked_about() -> None:
    problem, asked = world(1, postings=200, size=4), []

    def no_even_row(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        asked.extend(rows.tolist())
        return rows % 2 == 1

    lineup = choose_lineup(problem, no_even_row)
    assert len(lineup.chosen) == 4
    assert all(row % 2 for row in lineup.chosen)
    assert len(asked) == len(set(asked)) < 200
    assert lineup.barred == sum(row % 2 == 0 for row in asked)


def test_thousands_of_postings_that_are_alike_come_to_an_end() -> None:
    alike = np.ones((3, 5_000), np.float32)
    groups = np.zeros((1, 5_000), np.int64)
    problem = LineupProblem(alike, np.ones(3), groups, np.array([1.0]), (), 4)
    lineup = choose_lineup(problem, lambda rows: rows >= 4_000)
    assert lineup.value == pytest.approx(3 + 1 - 0.5**4)
    assert all(row >= 4_000 for row in lineup.chosen)


def test_a_line_up_is_as_long_as_there_are_postings() -> None:
    lineup: Lineup = choose_lineup(world(2, postings=2, size=5))
    assert sorted(lineup.chosen) == [0, 1]


def test_a_size_that_no_livestream_has_is_refused() -> None:
    with pytest.raises(InvalidInput, match="1 到 99"):
        world(1, size=0)


@pytest.mark.parametrize("seed", range(50))
def test_no_trade_follows_itself_while_that_can_be_avoided(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 14))
    trades, strength = rng.integers(0, 4, count).tolist(), rng.random(count).tolist()
    order = air_order(strength, trades)
    assert sorted(order) == list(range(count))
    repeats = sum(trades[a] == trades[b] for a, b in pairwise(order))
    most = max(trades.count(trade) for trade in trades)
    opener_fits = 2 * most <= count + 1 and (2 * most <= count or trades.count(trades[order[0]]) == most)
    if opener_fits:
        assert repeats == 0
    assert strength[order[0]] == max(strength)


def test_every_fifth_posting_is_followed_by_a_reminder_and_the_time_is_kept() -> None:
    turns = timed(list(range(12)), 60)
    assert [turn.row for turn in turns if turn.reminder_after] == [4, 9]
    assert turns[-1].starts_s + turns[-1].seconds <= 3_600
    assert turns[5].starts_s == 5 * turns[0].seconds + 60
    with pytest.raises(InvalidInput, match="请调整"):
        timed(list(range(30)), 10)


def test_a_spoken_number_stays_with_its_posting_and_never_sounds_like_another() -> None:
    first = spoken_numbers([f"p{n}" for n in range(12)], {})
    assert list(first.values()) == [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    again = spoken_numbers(["p3", "new"], first)
    assert again == {"p3": 5, "new": 15}
    with pytest.raises(Conflict, match="用完"):
        spoken_numbers(["last"], {str(n): n for n in range(1, 1_000)})
