"""Learning from logs that a channel and the place in a message bent: on people who want other things than the simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.ranking.contest import contest
from matcher.ranking.feature_table import Head, feature_columns
from matcher.ranking.learning import (
    HIRED,
    INTERESTED,
    INTERVIEW,
    MISSING,
    SHOWN,
    UNSUITABLE,
    Graded,
    answer_weights,
    learn,
    real_answers,
    split_by_time,
)
from matcher.ranking.propensity import Logged, answer_propensities, effective_count, inverse_weights
from matcher.ranking.trained_scorer import Blend, TrainedScorer
from tests.learning_world import TODAY, TRUE_TASTE, Floats, base, champion, chance, drawn, logs


def worker_scores(graded: Graded, x: NDArray[np.float32], weight: Floats | None = None) -> Floats:
    trees, blends, _ = learn(base(), graded, until=TODAY, seed=1, weight=weight)
    scorer = TrainedScorer(trees, {head: Blend(**blends[head]) for head in Head}, "new")
    return scorer.probabilities(x)[0]


def silence_is_a_no(graded: Graded) -> tuple[Graded, Floats]:
    grade = np.where(graded.grade == MISSING, UNSUITABLE, graded.grade)
    return Graded(graded.x, grade, graded.person, graded.day, graded.logged), np.ones(len(grade))


def agreement(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(np.argsort(np.argsort(one)), np.argsort(np.argsort(other)))[0, 1])


def test_weighted_answers_come_closer_to_what_people_want_than_counting_silence_as_no() -> None:
    x = drawn(np.random.default_rng(9), 3_000)
    truth = chance(x, TRUE_TASTE)
    graded = logs(11, people=1_200)
    silent, alike = silence_is_a_no(graded)
    weighted, naive = worker_scores(graded, x), worker_scores(silent, x, alike)
    assert agreement(weighted, truth) > agreement(naive, truth) + 0.02
    assert agreement(weighted, truth) > agreement(champion().probabilities(x)[0], truth) + 0.05
    assert abs(weighted.mean() - truth.mean()) < abs(naive.mean() - truth.mean())


def test_the_share_of_yes_is_that_of_everybody_asked_not_of_those_who_answered() -> None:
    """Phone people want less and answer more: unweighted, they speak for all."""
    rng = np.random.default_rng(4)
    count = 6_000
    channel = np.where(rng.random(count) < 0.5, "phone", "sms")
    answered = rng.random(count) < np.where(channel == "phone", 0.8, 0.1)
    yes = rng.random(count) < np.where(channel == "phone", 0.2, 0.7)
    logged = Logged(channel, np.zeros(count, np.int64), np.full(count, 0.5), np.ones(count, np.int64))
    weight = inverse_weights(answer_propensities(logged, answered)[answered])
    naive, weighted, truth = yes[answered].mean(), np.average(yes[answered], weights=weight), yes.mean()
    assert abs(weighted - truth) < 0.04 < 0.12 < abs(naive - truth)


def test_propensities_find_the_place_and_the_channel() -> None:
    graded = logs(5, people=4_000)
    found = answer_propensities(graded.logged, graded.answered)
    for channel, first in (("phone", 0.9), ("sms", 0.3)):
        for place, share in enumerate((1.0, 0.7, 0.5)):
            rows = (graded.logged.channel == channel) & (graded.logged.position == place)
            assert found[rows].mean() == pytest.approx(first * share, abs=0.06)


def test_a_channel_with_few_pushes_gets_its_plain_rate_and_no_answer_counts_without_bound() -> None:
    few = Logged(np.array(["visit"] * 4), np.zeros(4, np.int64), np.full(4, 0.5), np.ones(4, np.int64))
    assert answer_propensities(few, np.array([True, False, False, False])) == pytest.approx(2 / 6)
    weight = inverse_weights(np.array([1e-9, 1.0]))
    assert weight[0] / weight[1] == pytest.approx(20)
    assert effective_count(np.ones(7)) == pytest.approx(7)


def test_silence_and_being_shown_teach_no_head_anything() -> None:
    grade = np.repeat([MISSING, SHOWN, UNSUITABLE, INTERESTED, INTERVIEW, HIRED], 30)
    k = len(grade)
    logged = Logged(np.full(k, "sms"), np.zeros(k, np.int64), np.full(k, 0.5), np.ones(k, np.int64))
    x = drawn(np.random.default_rng(0), k)
    graded = Graded(x, grade, np.arange(k), np.full(k, TODAY - 100), logged)
    worker = real_answers(graded, Head.WORKER, np.ones(k), until=TODAY)
    employer = real_answers(graded, Head.EMPLOYER, np.ones(k), until=TODAY)
    assert worker is not None
    assert employer is not None
    assert (len(worker.yes), int(worker.yes.sum())) == (120, 90)
    assert (len(employer.yes), int(employer.yes.sum())) == (60, 30)
    assert real_answers(graded, Head.EMPLOYER, np.ones(k), until=TODAY - 90) is None  # interviews still open
    assert (answer_weights(graded)[grade <= SHOWN] == 0).all()


def test_the_split_is_by_whole_days_and_the_later_part_is_later() -> None:
    earlier, later = split_by_time(logs(6, people=400), 0.25)
    assert earlier.day.max() < later.day.min()
    assert later.answered.sum() / (later.answered.sum() + earlier.answered.sum()) == pytest.approx(0.25, abs=0.05)


def test_a_better_order_wins_and_noise_never_does() -> None:
    rng = np.random.default_rng(0)
    grade = rng.integers(1, 5, 600)
    person = np.arange(600) // 2
    good, noise = grade + rng.normal(0, 1, 600), rng.normal(0, 1, 600)
    won = contest(noise, good, grade, person, np.ones(600))
    assert won.challenger_wins
    assert won.challenger[0] > 0.7 > 0.6 > won.champion[0]
    assert not contest(good, noise, grade, person, np.ones(600)).challenger_wins
    assert not contest(good, good, grade, person, np.ones(600)).challenger_wins
    assert contest(good, np.zeros(600), grade, person, np.ones(600)).challenger[0] == pytest.approx(0.5)


def test_learning_stays_monotone() -> None:
    graded = logs(13, people=300)
    x = drawn(np.random.default_rng(2), 3_000)
    trees, blends, _ = learn(base(), graded, until=TODAY, seed=1)
    scorer = TrainedScorer(trees, {head: Blend(**blends[head]) for head in Head}, "new")
    nearer = x.copy()
    nearer[:, feature_columns()["minutes"]] -= 7
    for head in Head:
        assert (scorer.log_odds(nearer, head) >= scorer.log_odds(x, head) - 1e-9).all()
