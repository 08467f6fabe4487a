"""Who is asked in the next wave, and how many, against simulation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from matcher.allocation.instant.counts import (
    chance_of_at_least,
    chances_of_count,
    expected_surplus,
    people_needed,
)
from matcher.allocation.instant.decision import (
    MOST_PER_PLACE,
    Pool,
    Situation,
    decide_wave,
    is_full,
    pace,
    surplus_bound,
    takes_another,
)
from matcher.allocation.instant.rates import Rates, Tally, fit_rates, hour_band, trade_of
from matcher.errors import InvalidInput

NOBODY = np.zeros(0)


def pool(size: int = 200, seed: int = 1, **changes: object) -> Pool:
    rng = np.random.default_rng(seed)
    made = Pool(
        score=rng.uniform(0.2, 1, size),
        p_yes=rng.uniform(0.1, 0.6, size),
        p_come=rng.uniform(0.6, 0.98, size),
        minutes=rng.uniform(5, 20, size),
        free=np.full(size, np.inf),
        open=np.ones(size, np.bool_),
    )
    return replace(made, **changes)


def situation(**changes: object) -> Situation:
    made = Situation(
        places=5, minutes_left=600.0, lasts_s=40_000.0, confirmed=NOBODY, outstanding=NOBODY, sure=0.9
    )
    return replace(made, **changes)


def simulated_filled(chances: np.ndarray, places: int, seed: int = 7) -> float:
    rng = np.random.default_rng(seed)
    return float((np.sum(rng.random((40_000, len(chances))) < chances, axis=1) >= places).mean())


@pytest.mark.parametrize("places", [1, 5, 20])
def test_the_exact_law_agrees_with_simulation(places: int) -> None:
    chances = np.random.default_rng(places).uniform(0.05, 0.9, 30)
    assert chances_of_count(chances).sum() == pytest.approx(1)
    assert chance_of_at_least(chances, places) == pytest.approx(simulated_filled(chances, places), abs=0.012)
    draws = np.random.default_rng(3).random((40_000, 30)) < chances
    wasted = np.maximum(draws.sum(axis=1) - places, 0).mean()
    assert expected_surplus(chances, places) == pytest.approx(wasted, abs=0.06)


def test_a_wave_is_the_smallest_that_is_sure_enough() -> None:
    people = pool()
    decided = decide_wave(people, situation(minutes_left=20.0))
    assert decided.last
    chances = (people.p_yes * people.p_come)[decided.ask]
    assert decided.reached >= 0.9
    assert simulated_filled(chances, 5) == pytest.approx(decided.reached, abs=0.012)
    assert chance_of_at_least(chances[:-1], 5) < 0.9


def test_people_asked_or_told_to_come_count_so_that_a_wave_asked_twice_asks_nobody() -> None:
    people = pool()
    first = decide_wave(people, situation(minutes_left=20.0))
    outstanding = (people.p_yes * people.p_come)[first.ask]
    again = decide_wave(people, situation(minutes_left=20.0, outstanding=outstanding))
    assert len(again.ask) == 0
    filled = decide_wave(people, situation(minutes_left=20.0, confirmed=np.ones(5)))
    assert len(filled.ask) == 0
    assert filled.reached == pytest.approx(1)


def test_nobody_is_asked_who_cannot_come_in_time_leaves_early_or_is_taken() -> None:
    people = pool(4, minutes=np.array([90.0, 20.0, 20.0, np.nan]), free=np.array([9e9, 100.0, 9e9, 9e9]))
    people = replace(people, open=np.array([True, True, False, True]))
    decided = decide_wave(people, situation(minutes_left=60.0))
    assert list(decided.ask) == [3]
    assert decided.usable == 1


def test_the_best_expected_arrivals_are_asked_first_and_the_next_ones_are_named_as_reserves() -> None:
    people = pool()
    decided = decide_wave(people, situation())
    value = people.score * people.p_yes * people.p_come
    order = np.argsort(-value, kind="stable")
    count = len(decided.ask)
    assert list(decided.ask) == list(order[:count])
    assert list(decided.reserves) == list(order[count : count + 5])


def test_with_time_for_another_wave_fewer_are_asked_than_in_the_last_one() -> None:
    early, last = decide_wave(pool(), situation()), decide_wave(pool(), situation(minutes_left=20.0))
    assert not early.last
    assert 0 < len(early.ask) < len(last.ask)


def test_an_empty_pool_asks_nobody_and_a_hopeless_one_is_not_rung_through() -> None:
    assert len(decide_wave(pool(0), situation()).ask) == 0
    hopeless = pool(500, p_yes=np.full(500, 0.001), minutes=np.full(500, 20.0))
    assert len(decide_wave(hopeless, situation(minutes_left=20.0)).ask) == 5 * MOST_PER_PLACE


@pytest.mark.parametrize("changes", [{"places": 0}, {"places": 10_000}, {"sure": 1.0}, {"sure": 0.2}])
def test_requests_that_make_no_sense_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        decide_wave(pool(), situation(**changes))


def test_more_are_told_to_come_than_there_are_places_only_within_the_bound() -> None:
    for places in (1, 5, 30):
        confirmed = NOBODY
        while takes_another(confirmed, places, 0.9, 0.85):
            confirmed = np.append(confirmed, 0.85)
        assert len(confirmed) >= places
        assert expected_surplus(confirmed, places) <= surplus_bound(places)
        assert is_full(confirmed, places, 0.9)


def test_reliable_people_need_no_overbooking() -> None:
    assert not takes_another(np.full(5, 0.99), 5, 0.9, 0.99)
    assert takes_another(np.full(5, 0.8), 5, 0.9, 0.8)


def test_answers_are_awaited_shorter_when_time_is_short() -> None:
    assert pace(600, 30) == (30.0, False)
    assert pace(60, 30) == (10.0, False)
    assert pace(35, 30) == (5.0, True)
    assert pace(-5, 30) == (5.0, True)


def test_people_needed_says_what_it_reaches_when_there_are_too_few() -> None:
    count, reached = people_needed(np.array([0.5, 0.5]), NOBODY, 2, 0.9, 100)
    assert (count, reached) == (2, pytest.approx(0.25))
    with pytest.raises(InvalidInput):
        people_needed(np.array([1.5]), NOBODY, 1, 0.9, 10)


def test_rates_move_from_the_prior_to_what_was_seen() -> None:
    cell = ("4-02", 0)
    seen = [(f"w{i % 40}", cell, i % 5 == 0) for i in range(400)]
    rates = fit_rates(0.5, seen)
    assert rates.of_cell(cell) == pytest.approx(0.2, abs=0.02)
    assert Rates(0.5).of_cell(cell) == pytest.approx(0.5)
    # a cell never seen goes by all trades together
    assert rates.of_cell(("6-29", 2)) == pytest.approx(0.2, abs=0.02)


def test_a_person_counts_by_their_own_history_only_as_far_as_people_differ() -> None:
    cell = ("4-02", 0)
    differ = [(f"w{i}", cell, i % 2 == 0) for i in range(40) for _ in range(10)]
    alike = [(f"w{i}", cell, n % 2 == 0) for i in range(40) for n in range(10)]
    unlike = fit_rates(0.5, differ).of_people(["w0", "w1", "new"], cell)
    assert unlike[0] > 0.85
    assert unlike[1] < 0.15
    assert unlike[2] == pytest.approx(0.5, abs=0.02)
    same = fit_rates(0.5, [*alike, *[("w0", cell, True)] * 3]).of_people(["w0"], cell)
    assert same[0] < 0.56


def test_the_shrinkage_recovers_true_rates_better_than_raw_shares() -> None:
    rng = np.random.default_rng(5)
    true = rng.beta(4, 8, 300)
    seen = [(f"w{i}", ("4-02", 0), bool(rng.random() < true[i])) for i in range(300) for _ in range(6)]
    guessed = fit_rates(0.5, seen).of_people([f"w{i}" for i in range(300)], ("4-02", 0))
    raw = np.array([np.mean([hit for who, _, hit in seen if who == f"w{i}"]) for i in range(300)])
    assert np.mean((guessed - true) ** 2) < 0.6 * np.mean((raw - true) ** 2)


def test_trades_and_hours_fall_into_cells() -> None:
    assert trade_of("4-02-05-01") == "4-02"
    assert trade_of(None) == ""
    hours = {hour: hour_band(datetime(2026, 3, 2, (hour - 8) % 24, tzinfo=UTC)) for hour in (5, 9, 17, 22, 4)}
    assert hours == {5: 0, 9: 1, 17: 2, 22: 3, 4: 3}
    assert Tally(1, 2) + Tally(2, 3) == Tally(3, 5)
