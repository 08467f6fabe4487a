"""What the allocation decides, one rule at a time."""

from dataclasses import replace

import numpy as np
import pytest
from allocation_cases import crowd, problem

from matcher.allocation import flow
from matcher.allocation.flow import allocate, could_lack_less
from matcher.allocation.gates import employer_gates
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.prices import prices
from matcher.allocation.problem import AllocationProblem
from matcher.errors import Unavailable

FAIR = AllocationPolicy()


def test_nobody_is_left_with_none_while_somebody_has_two() -> None:
    allocation = allocate(crowd(4, [2, 2]), FAIR)
    assert allocation.found.tolist() == [1, 1, 1, 1]


def test_without_sharing_the_better_scored_get_the_full_two() -> None:
    rows = [{0: 0.9, 1: 0.9}, {0: 0.8, 1: 0.8}, {0: 0.1, 1: 0.1}, {0: 0.1, 1: 0.1}]
    allocation = allocate(problem(rows, [2, 2]), AllocationPolicy(share_scarcity=False))
    assert allocation.found.tolist() == [2, 2, 0, 0]


def test_a_missing_push_outweighs_every_score() -> None:
    allocation = allocate(problem([{0: 1.0, 1: 0.0}, {0: 0.0}], [1, 1], need=1), FAIR)
    assert allocation.found.tolist() == [1, 1]
    assert allocation.total_score == 0.0


def test_a_chain_of_exchanges_longer_than_the_usual_price_is_still_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    length = 80
    rows = [{0: 0.0}, *({i: 1.0, i + 1: 0.0} for i in range(length))]
    chain = problem(rows, [1] * (length + 1), need=1)
    assert allocate(chain, FAIR).missing.sum() == 0
    monkeypatch.setattr(flow, "could_lack_less", lambda *_: False)
    assert allocate(chain, FAIR).missing.sum() == 1, "the chain must be long enough to need the second price"


def test_the_person_with_priority_comes_first_among_equals() -> None:
    rows = [{0: 0.9}, {0: 0.5}]
    urgent = replace(problem(rows, [1], need=1), priority=np.array([1.0, 2.0]))
    assert allocate(urgent, FAIR).found.tolist() == [0, 1]


def test_priority_never_takes_the_only_push_of_another_for_a_second() -> None:
    rows = [{0: 0.9, 1: 0.9}, {0: 0.1}]
    urgent = replace(problem(rows, [1, 1]), priority=np.array([50.0, 1.0]))
    assert allocate(urgent, FAIR).found.tolist() == [1, 1]


def test_one_employer_is_pushed_once() -> None:
    own = problem([{0: 0.9, 1: 0.8, 2: 0.1}], [5, 5, 5], employer=[7, 7, -1])
    assert allocate(own, FAIR).chosen.tolist() == [True, False, True]
    assert allocate(own, AllocationPolicy(distinct_employers=False)).chosen.tolist() == [True, True, False]


def test_unknown_employers_are_not_one_employer() -> None:
    assert allocate(problem([{0: 0.9, 1: 0.8}], [5, 5]), FAIR).found.tolist() == [2]


def test_a_crowded_opening_loses_to_a_slightly_worse_free_one() -> None:
    rows = [{0: 0.80, 1: 0.75}, {0: 0.80, 1: 0.75}]
    two_places = problem(rows, [2, 2], need=1)
    assert allocate(two_places, AllocationPolicy(congestion_step=0.1)).load.tolist() == [1, 1]
    assert allocate(two_places, AllocationPolicy(congestion_step=0.01)).load.tolist() == [2, 0]


def test_crowding_is_counted_by_the_openings() -> None:
    rows = [{0: 0.80, 1: 0.75}] * 2
    roomy = replace(problem(rows, [4, 4], need=1), openings=np.array([2, 1]))
    assert allocate(roomy, AllocationPolicy(congestion_step=0.1)).load.tolist() == [2, 0]


def test_pushes_beyond_the_floor_are_made_when_they_are_worth_it() -> None:
    rows = replace(problem([{0: 0.9, 1: 0.6, 2: 0.3}], [1, 1, 1], need=1), room=np.array([3]))
    assert allocate(rows, AllocationPolicy(above_floor=-0.5)).chosen.tolist() == [True, True, False]
    assert allocate(rows, FAIR).found.tolist() == [3]


def test_nobody_goes_above_the_floor_at_the_cost_of_somebody_below_it() -> None:
    rows = replace(problem([{0: 0.9, 1: 0.9}, {1: 0.1}], [1, 1], need=1), room=np.array([2, 2]))
    assert allocate(rows, AllocationPolicy(above_floor=1.0)).found.tolist() == [1, 1]


def test_a_kept_pair_wins_a_near_tie_only() -> None:
    near = problem([{0: 0.50, 1: 0.51}], [1, 1], need=1, kept=[True, False])
    far = problem([{0: 0.50, 1: 0.60}], [1, 1], need=1, kept=[True, False])
    assert allocate(near, FAIR).chosen.tolist() == [True, False]
    assert allocate(far, FAIR).chosen.tolist() == [False, True]


def test_the_seed_decides_between_equals_and_repeats_itself() -> None:
    equals = problem([{0: 0.5}] * 6, [1], need=1)
    winners = {int(np.argmax(allocate(equals, AllocationPolicy(seed=seed)).found)) for seed in range(20)}
    assert len(winners) > 2
    again = [allocate(equals, AllocationPolicy(seed=3)).chosen.tolist() for _ in range(3)]
    assert again[0] == again[1] == again[2]


def test_the_order_of_pairs_decides_nothing_between_equals() -> None:
    equals = problem([dict.fromkeys(range(12), 0.5)] * 40, [2] * 12, need=1)
    order = np.random.default_rng(2).permutation(equals.pairs)
    pairs = {name: getattr(equals, name)[order] for name in ("wi", "pj", "score", "kept")}
    shuffled = allocate(replace(equals, **pairs), FAIR)
    assert np.array_equal(shuffled.chosen, allocate(equals, FAIR).chosen[order])


def lacks_needlessly(own: AllocationProblem, chosen: list[bool]) -> bool:
    gates = employer_gates(own, distinct_employers=True)
    return could_lack_less(own, gates, prices(own, FAIR), np.array(chosen))


def test_a_second_push_that_could_be_a_first_is_a_needless_lack() -> None:
    own = problem([{0: 0.5, 1: 0.5}, {0: 0.5}], [1, 1])
    assert lacks_needlessly(own, [True, True, False])
    assert not lacks_needlessly(own, [False, True, True])


def test_a_free_place_within_reach_is_a_needless_lack() -> None:
    own = problem([{0: 0.5, 1: 0.5}, {0: 0.5}], [1, 1], need=1)
    assert lacks_needlessly(own, [True, False, False])
    assert not lacks_needlessly(own, [False, True, True])


def test_two_people_who_lack_alike_have_nothing_to_exchange() -> None:
    own = problem([{0: 0.5}, {0: 0.5}], [1])
    assert not lacks_needlessly(own, [True, False])


@pytest.mark.parametrize(
    ("rows", "capacity"), [([], []), ([], [3]), ([{}], [3]), ([{}, {}], []), ([{0: 0.5}], [0])]
)
def test_empty_problems_have_empty_answers(rows: list[dict[int, float]], capacity: list[int]) -> None:
    allocation = allocate(problem(rows, capacity), FAIR)
    assert not allocation.chosen.any()
    assert allocation.missing.tolist() == [2] * len(rows)


def test_anything_but_an_optimum_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    class Infeasible(flow.min_cost_flow.SimpleMinCostFlow):
        def solve(self) -> object:
            return self.INFEASIBLE

    monkeypatch.setattr(flow.min_cost_flow, "SimpleMinCostFlow", Infeasible)
    with pytest.raises(Unavailable, match="最优解"):
        allocate(crowd(2, [1]), FAIR)
