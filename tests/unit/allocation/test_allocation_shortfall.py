"""Who is short, why in one sentence, and what would close the gap."""

from dataclasses import replace

from allocation_cases import crowd, problem

from matcher.allocation.flow import allocate
from matcher.allocation.gap import gap_summary
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.problem import AllocationProblem
from matcher.allocation.shortfall import Cause, Shortfall, shortfalls

FAIR = AllocationPolicy()


def causes(own: AllocationProblem) -> list[Shortfall]:
    return shortfalls(own, allocate(own, FAIR))


def test_a_served_person_has_no_row() -> None:
    assert causes(crowd(2, [2, 2])) == []


def test_no_candidates_is_said_plainly() -> None:
    (short,) = causes(problem([{}], [3]))
    assert short.cause is Cause.NO_CANDIDATES
    assert short.sentence() == "没有可推荐岗位"
    assert (short.rivals, short.cut, short.postings) == (1, -1, ())


def test_a_single_candidate_is_too_few_for_two_pushes() -> None:
    (short,) = causes(problem([{0: 0.5}], [3]))
    assert short.cause is Cause.TOO_FEW
    assert short.sentence() == "可推荐岗位只有 1 个，少于还需要的 2 个"


def test_two_postings_of_one_employer_are_named_as_such() -> None:
    (short,) = causes(problem([{0: 0.5, 1: 0.4}], [3, 3], employer=[4, 4]))
    assert short.cause is Cause.ONE_EMPLOYER
    assert short.sentence() == "2 个合适岗位只属于 1 家单位，同一单位只推一次"


def test_a_crowd_is_counted_with_its_places() -> None:
    short = causes(crowd(47, [12], need=1))
    assert len(short) == 35
    assert {one.cause for one in short} == {Cause.CROWDED}
    assert short[0].sentence() == "47 人竞争 12 个名额，还需要 35 个"
    assert short[0].postings == (0,)


def test_postings_without_any_place_are_said_to_have_none() -> None:
    (short,) = causes(problem([{0: 0.5, 1: 0.5}], [0, 0], need=1))
    assert short.sentence() == "2 个合适岗位都没有名额了"


def test_people_who_could_not_help_are_not_rivals() -> None:
    rows = [{0: 0.9}, {0: 0.8}, {1: 0.9}, {1: 0.8}]
    (short,) = causes(problem(rows, [1, 2], need=1))
    assert (short.rivals, short.places, short.postings) == (2, 1, (0,))


def test_a_rival_through_a_second_posting_belongs_to_the_cut() -> None:
    rows = [{0: 0.9}, {0: 0.8, 1: 0.1}, {1: 0.9}]
    (short,) = causes(problem(rows, [1, 1], need=1))
    assert (short.rivals, short.wanted, short.places) == (3, 3, 2)


def test_separate_bottlenecks_are_separate_cuts() -> None:
    rows = [{0: 0.9}, {0: 0.8}, {1: 0.9}, {1: 0.8}]
    first, second = causes(problem(rows, [1, 1], need=1))
    assert first.cut != second.cut
    assert (first.rivals, second.rivals) == (2, 2)


def test_the_gap_summary_closes_the_crowding_and_counts_the_rest() -> None:
    own = problem([{0: 0.9, 1: 0.5}, {0: 0.8, 1: 0.4}, {0: 0.7}, {}], [1, 1])
    allocation = allocate(own, FAIR)
    summary = gap_summary(own, allocation, shortfalls(own, allocation))
    assert (summary.missing, summary.crowded) == (6, 3)
    assert summary.people == {
        Cause.NO_CANDIDATES: 1,
        Cause.ONE_EMPLOYER: 0,
        Cause.CROWDED: 3,
        Cause.TOO_FEW: 0,
    }
    (cut,) = summary.cuts
    assert cut.missing == cut.wanted - cut.places == 3
    closed = allocate(replace(own, capacity=own.capacity + summary.more_capacity), FAIR)
    assert closed.missing.tolist() == [0, 0, 1, 2]


def test_a_gap_of_nothing_is_empty() -> None:
    own = crowd(2, [2, 2])
    allocation = allocate(own, FAIR)
    summary = gap_summary(own, allocation, [])
    assert (summary.missing, summary.crowded, summary.cuts) == (0, 0, ())


def test_the_places_go_where_most_short_people_could_use_them() -> None:
    own = problem([{0: 0.9, 2: 0.1}, {1: 0.9, 2: 0.1}, {2: 0.1}], [0, 0, 0], need=1)
    allocation = allocate(own, FAIR)
    summary = gap_summary(own, allocation, shortfalls(own, allocation))
    assert summary.more_capacity.tolist() == [0, 0, 3]
