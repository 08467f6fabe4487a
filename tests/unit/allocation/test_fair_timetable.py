"""A fair's timetable is exact, free of clashes, proven, and obeys the organisers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from matcher.allocation.fairs.coverage import most_covering
from matcher.allocation.fairs.meetings import choose_meetings, linear_bound, value_of
from matcher.allocation.fairs.problem import FairProblem
from matcher.allocation.fairs.timetable import clashes, first_come, timetable
from matcher.errors import InvalidInput


def fair(seed: int, people: int, booths: int, slots: int, *, away: float = 0.0, **changes: object) -> FairProblem:
    """Everybody with every booth, at random scores."""
    drawn = np.random.default_rng(seed)
    person, booth = np.repeat(np.arange(people), booths), np.tile(np.arange(booths), people)
    values: dict[str, object] = {
        "tables": np.ones(booths, np.int64),
        "free": drawn.random((people, slots)) >= away,
    }
    score = drawn.random(people * booths)
    return FairProblem.of(person, booth, score, **(values | changes))  # type: ignore[arg-type]


def best_by_trying_all(problem: FairProblem) -> float:
    """Over every slot of every pair."""
    choices = product(range(-1, problem.slots), repeat=len(problem.person))
    tried = (np.array(one) for one in choices)
    return max(
        value_of(problem, one >= 0)
        for one in tried
        if not clashes(problem, one) and not ((one >= 0) & ~problem.open).any()
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_timetable_of_a_tiny_fair_is_the_best_of_all(seed: int) -> None:
    problem = fair(seed, 3, 2, 2, away=0.3, priority=np.array([False, True, False]))
    found = timetable(problem)
    assert clashes(problem, found.slot) == []
    assert found.value == pytest.approx(best_by_trying_all(problem), abs=1e-5)


@pytest.mark.parametrize("away", [0.0, 0.4])
def test_a_fair_is_scheduled_with_a_proven_gap_and_better_than_first_come(away: float) -> None:
    problem = fair(3, 80, 8, 12, away=away)
    found = timetable(problem)
    assert clashes(problem, found.slot) == []
    assert found.gap <= 0.01
    assert found.certified
    assert found.value > value_of(problem, first_come(problem) >= 0)


def test_a_full_fair_without_absences_is_always_scheduled_whole() -> None:
    problem = fair(5, 36, 6, 6, tables=np.array([1, 2, 3, 1, 2, 3]), most=3)
    found = timetable(problem, check=False, seconds=0)
    assert found.gap == pytest.approx(0.0, abs=1e-6)
    assert (found.slot >= 0).sum() == 72


def test_the_flow_and_the_linear_programme_agree() -> None:
    problem = fair(7, 30, 5, 4, away=0.2, fresh=np.array([True, False, False, True, False]), fresh_share=0.5)
    assert linear_bound(problem) == pytest.approx(choose_meetings(problem).value, abs=1e-4)


def test_pins_bans_and_named_slots_are_obeyed() -> None:
    pinned, banned, slot = np.zeros(60, bool), np.zeros(60, bool), np.full(60, -1)
    pinned[[4, 17]], slot[17], banned[8] = True, 3, True
    problem = fair(11, 20, 3, 5, pinned=pinned, banned=banned, pinned_slot=slot)
    found = timetable(problem)
    assert clashes(problem, found.slot) == []
    assert found.slot[4] >= 0
    assert found.slot[17] == 3
    assert found.slot[8] == -1


def test_of_two_pins_to_one_table_the_first_stands_and_the_gap_stays_honest() -> None:
    pinned = np.array([True, False, True, False, False, False])
    problem = fair(2, 3, 2, 3, pinned=pinned, pinned_slot=np.where(pinned, 1, -1))
    found = timetable(problem)
    assert found.slot[0] == 1
    assert found.slot[2] != 1
    assert found.gap <= 0.01


def test_a_priority_person_gets_a_first_meeting_before_a_better_score() -> None:
    problem = FairProblem.of(
        np.array([0, 1]), np.array([0, 0]), np.array([0.9, 0.2]),
        tables=np.array([1]), free=np.ones((2, 1), bool), priority=np.array([False, True]),
    )  # fmt: skip
    assert timetable(problem).slot.tolist() == [-1, 0]


def test_a_new_employer_gets_its_share_of_meetings() -> None:
    score = np.tile([0.9, 0.1], 6)
    person, booth = np.repeat(np.arange(6), 2), np.tile([0, 1], 6)
    plain = {"tables": np.array([6, 6]), "free": np.ones((6, 1), bool), "most": 1}
    without = timetable(FairProblem.of(person, booth, score, **plain))
    with_share = timetable(
        FairProblem.of(person, booth, score, **plain, fresh=np.array([False, True]), fresh_share=0.3)
    )
    assert ((without.slot >= 0) & (booth == 1)).sum() == 0
    assert ((with_share.slot >= 0) & (booth == 1)).sum() == 0  # the better score is worth more than the share
    near = np.where(booth == 1, 0.6, 0.9)
    shared = timetable(FairProblem.of(person, booth, near, **plain, fresh=np.array([False, True]), fresh_share=0.3))
    assert ((shared.slot >= 0) & (booth == 1)).sum() == 2


def test_planning_again_moves_nobody_without_need() -> None:
    problem = fair(13, 40, 6, 8, away=0.2)
    first = timetable(problem)
    changed = problem.score + np.random.default_rng(1).normal(0, 0.002, len(problem.score))
    banned = np.zeros(len(changed), bool)
    banned[int(np.flatnonzero(first.slot >= 0)[0])] = True
    again = FairProblem.of(
        problem.person, problem.booth, np.clip(changed, 0, 1), tables=problem.tables, free=problem.free,
        before=first.slot, banned=banned,
    )  # fmt: skip
    second = timetable(again)
    kept = (first.slot >= 0) & (second.slot == first.slot)
    assert clashes(again, second.slot) == []
    assert kept.sum() >= 0.9 * (first.slot >= 0).sum()


def test_clashes_see_every_broken_promise() -> None:
    problem = fair(1, 3, 2, 2, free=np.array([[True, True], [True, True], [True, False]]))
    assert clashes(problem, np.array([0, 0, -1, -1, -1, -1])) == ["a person is at two booths at once"]
    assert clashes(problem, np.array([0, -1, 0, -1, -1, -1])) == ["a booth has more people than tables"]
    assert clashes(problem, np.array([-1, -1, -1, -1, 1, -1])) == ["a person is away at the time"]


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(InvalidInput, match="时段"):
        fair(1, 2, 2, 0)
    with pytest.raises(InvalidInput, match="洽谈桌"):
        fair(1, 2, 2, 2, tables=np.array([1, 0]))


def test_the_set_of_small_fairs_is_near_its_bound_and_never_above_it() -> None:
    drawn = np.random.default_rng(2)
    reaches = csr_matrix(drawn.random((12, 200)) < 0.15)
    found = most_covering(reaches, 4)
    together = np.asarray(reaches[list(found.chosen)].sum(axis=0)).ravel() > 0
    assert found.reached == together.sum()
    assert found.reached <= found.bound + 1e-6
    assert found.reached >= 0.632 * found.bound
    assert len(found.chosen) == 4


def test_a_fair_that_adds_nobody_is_not_suggested() -> None:
    reaches = csr_matrix(np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1]], bool))
    assert most_covering(reaches, 3).chosen == (0, 2)
