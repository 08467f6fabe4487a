"""Whatever the market: the allocation is feasible, leaves nothing avoidable, is an optimum, and explains itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from allocation_draws import policies, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation import shortfall
from matcher.allocation.certificate import certify
from matcher.allocation.flow import Allocation, allocate
from matcher.allocation.gap import gap_summary
from matcher.allocation.gates import Gates, rival_groups
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.prices import objective, prices
from matcher.allocation.problem import AllocationProblem
from matcher.allocation.residual import Arcs, exchanges
from matcher.allocation.shortfall import Cause, bottlenecks, crowded_missing, distinct_choices, shortfalls

MOST_PAIRS_TRIED = 10
quick = settings(max_examples=150, deadline=None)


def feasible(problem: AllocationProblem, policy: AllocationPolicy, chosen: np.ndarray) -> bool:
    """All limits, counted pair by pair."""
    group = rival_groups(problem, distinct_employers=policy.distinct_employers)
    pairs = list(zip(problem.wi[chosen].tolist(), problem.pj[chosen].tolist(), strict=True))
    employers = [(worker, int(group[posting])) for worker, posting in pairs]
    return (
        all(sum(w == i for w, _ in pairs) <= room for i, room in enumerate(problem.room.tolist()))
        and all(sum(p == j for _, p in pairs) <= cap for j, cap in enumerate(problem.capacity.tolist()))
        and len(set(employers)) == len(employers)
    )


def cut_is_proven(problem: AllocationProblem, allocation: Allocation, *, distinct: bool) -> bool:
    """Every crowded person stands in a Hall violator whose figures are right."""
    crowded = crowded_missing(problem, allocation, distinct_choices(problem, distinct_employers=distinct))
    cuts = bottlenecks(problem, allocation, crowded > 0, distinct_employers=distinct)
    for short in shortfalls(problem, allocation, distinct_employers=distinct):
        if short.cause is not Cause.CROWDED:
            continue
        people, postings = cuts.of_worker == short.cut, cuts.of_posting == short.cut
        holders = problem.wi[allocation.chosen & postings[problem.pj]]
        if not (
            people[short.worker]
            and short.rivals == people.sum()
            and short.places == problem.capacity[postings].sum()
            and short.wanted - short.places == crowded[people].sum() > 0
            and problem.need[people].sum() > short.places
            and (allocation.load[postings] == problem.capacity[postings]).all()
            and people[holders].all()
        ):
            return False
    return True


@quick
@given(problems(), policies())
def test_every_allocation_is_certified_also_by_the_linear_programme(
    problem: AllocationProblem, policy: AllocationPolicy
) -> None:
    certificate = certify(problem, policy, allocate(problem, policy))
    assert certificate.lp_cost is not None
    assert certificate.holds, certificate


@settings(max_examples=60, deadline=None)
@given(problems(people=4, postings=4), policies())
def test_no_set_of_pushes_tried_one_by_one_is_better(
    problem: AllocationProblem, policy: AllocationPolicy
) -> None:
    kept = np.arange(min(problem.pairs, MOST_PAIRS_TRIED))
    pairs = {name: getattr(problem, name)[kept] for name in ("wi", "pj", "score", "kept")}
    problem = replace(problem, **pairs)
    allocation = allocate(problem, policy)
    price = prices(problem, policy)
    every = (np.array(bits, np.bool_) for bits in product((False, True), repeat=problem.pairs))
    best = min(objective(problem, price, chosen) for chosen in every if feasible(problem, policy, chosen))
    assert feasible(problem, policy, allocation.chosen)
    assert allocation.cost == best


@quick
@given(problems(most_places=2), st.integers(0, 5))
def test_no_single_exchange_would_give_somebody_with_none_a_push(
    problem: AllocationProblem, seed: int
) -> None:
    """Somebody with two whose posting the other could take, employers allowing, gives one up."""
    need = np.full(problem.workers, 2)
    problem = replace(problem, need=need, room=need, employer=np.full(problem.postings, -1))
    allocation = allocate(problem, AllocationPolicy(seed=seed))
    for worker in np.flatnonzero(allocation.found == 0):
        could = problem.pj[problem.wi == worker]
        holders = problem.wi[allocation.chosen & np.isin(problem.pj, could)]
        assert (allocation.load[could] == problem.capacity[could]).all()
        assert (allocation.found[holders] <= 1).all()


@quick
@given(problems(), policies(), st.integers(0, 2**32 - 1))
def test_the_order_of_people_postings_and_pairs_changes_nothing(
    problem: AllocationProblem, policy: AllocationPolicy, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    people, postings, pairs = (
        dice.permutation(size) for size in (problem.workers, problem.postings, problem.pairs)
    )
    shuffled = AllocationProblem(
        wi=np.argsort(people)[problem.wi][pairs],
        pj=np.argsort(postings)[problem.pj][pairs],
        score=problem.score[pairs],
        kept=problem.kept[pairs],
        **{name: getattr(problem, name)[postings] for name in ("capacity", "openings", "employer")},
        **{name: getattr(problem, name)[people] for name in ("need", "room", "priority")},
        worker_key=people,
        posting_key=postings,
    )
    assert np.array_equal(allocate(shuffled, policy).chosen, allocate(problem, policy).chosen[pairs])


@quick
@given(problems(), policies(), st.integers(0, 2**32 - 1))
def test_more_places_never_leave_more_pushes_missing(
    problem: AllocationProblem, policy: AllocationPolicy, seed: int
) -> None:
    more = problem.capacity + np.random.default_rng(seed).integers(0, 2, problem.postings)
    before = allocate(problem, policy).missing.sum()
    assert allocate(replace(problem, capacity=more), policy).missing.sum() <= before


@quick
@given(problems(most_places=2), policies())
def test_everybody_short_has_a_proven_cause(problem: AllocationProblem, policy: AllocationPolicy) -> None:
    allocation = allocate(problem, policy)
    found = shortfalls(problem, allocation, distinct_employers=policy.distinct_employers)
    assert [short.worker for short in found] == np.flatnonzero(allocation.missing).tolist()
    assert cut_is_proven(problem, allocation, distinct=policy.distinct_employers)


@quick
@given(problems(most_places=2), policies())
def test_the_places_named_close_the_crowding_and_no_fewer_can(
    problem: AllocationProblem, policy: AllocationPolicy
) -> None:
    distinct = policy.distinct_employers
    allocation = allocate(problem, policy)
    short = shortfalls(problem, allocation, distinct_employers=distinct)
    gap = gap_summary(problem, allocation, short, distinct_employers=distinct)
    assert gap.crowded == gap.more_capacity.sum() == sum(cut.missing for cut in gap.cuts)
    assert all(cut.missing == cut.wanted - cut.places for cut in gap.cuts)
    more = replace(problem, capacity=problem.capacity + gap.more_capacity)
    assert allocate(more, policy).missing.sum() == gap.missing - gap.crowded
    if gap.crowded:
        one_less = gap.more_capacity.copy()
        one_less[np.flatnonzero(one_less)[0]] -= 1
        fewer = replace(problem, capacity=problem.capacity + one_less)
        assert allocate(fewer, policy).missing.sum() > gap.missing - gap.crowded


def nothing_taken_back(problem: AllocationProblem, gates: Gates, chosen: np.ndarray) -> Arcs:
    """A twin of `exchanges` that knows who could be sent where, but not that a place can be given up."""
    return exchanges(problem, gates, np.zeros_like(chosen))


def test_a_cut_that_forgets_the_rivals_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = np.random.default_rng(1)
    wi, pj = np.nonzero(np.ones((6, 3), np.bool_))
    need = np.full(6, 1)
    crowd = AllocationProblem(
        wi=wi,
        pj=pj,
        score=dice.random(len(wi)),
        capacity=np.ones(3, np.int64),
        openings=np.ones(3, np.int64),
        employer=np.full(3, -1),
        need=need,
        room=need,
        priority=np.ones(6),
        kept=np.zeros(len(wi), np.bool_),
    )
    allocation = allocate(crowd, AllocationPolicy())
    assert cut_is_proven(crowd, allocation, distinct=True)
    monkeypatch.setattr(shortfall, "exchanges", nothing_taken_back)
    assert not cut_is_proven(crowd, allocation, distinct=True)
