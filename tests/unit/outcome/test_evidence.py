"""Statements by several sides become one outcome; contradictions stay unknown."""

from __future__ import annotations

from datetime import date

from matcher.domain.outcome_terms import OutcomeFact as F
from matcher.domain.service_terms import EndReason, Evidence, PushState
from matcher.outcome.evidence import RELIABILITY, UNKNOWN, Claim, furthest_confidence, fuse, fuse_outcome
from matcher.outcome.grades import Grade, Progress, grade_of

WORKER, EMPLOYER, INSURANCE = Evidence.WORKER, Evidence.EMPLOYER, Evidence.SOCIAL_INSURANCE
MARCH_1, MARCH_20 = date(2026, 3, 1), date(2026, 3, 20)


def started(side: Evidence = WORKER, on: date | None = MARCH_1, said: bool = True) -> Claim:
    return Claim(F.STARTED, said, side, on)


def test_nothing_said_is_unknown_and_not_no() -> None:
    assert fuse([]) == UNKNOWN
    assert all(fact.value is None for fact in fuse_outcome([]).values())


def test_independent_sides_raise_the_confidence() -> None:
    alone = fuse([started()])
    both = fuse([started(), started(EMPLOYER)])
    assert alone.confidence == RELIABILITY[WORKER]
    assert both.confidence is not None
    assert both.confidence > alone.confidence
    assert both.evidence == (WORKER, EMPLOYER)


def test_one_side_repeating_itself_adds_nothing() -> None:
    assert fuse([started(), started(), started()]) == fuse([started()])


def test_contradicting_sides_leave_the_fact_unknown() -> None:
    fused = fuse([started(), started(INSURANCE, said=False)])
    assert fused.value is None
    assert fused.confidence is None
    assert fused.conflicting


def test_a_side_that_corrects_itself_ends_the_contradiction() -> None:
    fused = fuse([started(said=False), started(EMPLOYER), started()])
    assert fused.value is True


def test_the_day_is_taken_from_the_most_reliable_side() -> None:
    assert fuse([started(on=MARCH_1), started(INSURANCE, MARCH_20)]).on == MARCH_20
    assert fuse([started(on=MARCH_1), started(INSURANCE, None)]).on == MARCH_1


def test_a_longer_stay_implies_the_stages_before_it() -> None:
    fused = fuse_outcome([Claim(F.IN_POST_30D, True, EMPLOYER)])
    assert [fact for fact in F if fused[fact].value] == [F.HIRED, F.STARTED, F.IN_POST_7D, F.IN_POST_30D]
    assert fused[F.IN_POST_6M].value is None
    assert fused[F.STARTED].on is None


def test_a_stay_that_was_not_reached_says_nothing_of_the_start() -> None:
    fused = fuse_outcome([Claim(F.IN_POST_7D, False, EMPLOYER)])
    assert fused[F.STARTED].value is None
    assert fused[F.IN_POST_7D].value is False


def test_an_early_end_denies_the_stays_beyond_it_and_no_other() -> None:
    fused = fuse_outcome([started(), Claim(F.ENDED, True, WORKER, MARCH_20, EndReason.FINISHED)])
    assert fused[F.IN_POST_7D].value is None
    assert fused[F.IN_POST_30D].value is False
    assert fused[F.IN_POST_6M].value is False
    assert fused[F.ENDED].reason is EndReason.FINISHED


def test_an_end_told_by_one_side_contradicts_a_stay_told_by_another() -> None:
    claims = [started(), Claim(F.IN_POST_30D, True, WORKER), Claim(F.ENDED, True, EMPLOYER, MARCH_20)]
    fused = fuse_outcome(claims)
    assert fused[F.IN_POST_30D].value is None
    assert fused[F.IN_POST_30D].conflicting


def test_the_latest_word_of_one_side_counts_against_its_earlier_ones() -> None:
    claims = [started(), Claim(F.IN_POST_30D, True, WORKER), Claim(F.ENDED, True, WORKER, MARCH_20)]
    assert fuse_outcome(claims)[F.IN_POST_30D].value is False


def test_what_a_side_took_back_implies_nothing_any_more() -> None:
    claims = [Claim(F.IN_POST_7D, True, EMPLOYER), Claim(F.IN_POST_7D, False, EMPLOYER)]
    assert fuse_outcome(claims)[F.STARTED].value is None


def test_the_confidence_is_that_of_the_furthest_stage() -> None:
    fused = fuse_outcome([started(), started(EMPLOYER), Claim(F.IN_POST_7D, True, WORKER)])
    assert furthest_confidence(fused) == RELIABILITY[WORKER]
    assert furthest_confidence(fuse_outcome([])) is None


def test_silence_has_no_grade() -> None:
    for state in (PushState.SENT, PushState.DELIVERED, PushState.UNANSWERED):
        assert grade_of(Progress(state)) is None


def test_grades_rise_with_how_far_a_push_came() -> None:
    grades = [
        grade_of(Progress(PushState.READ)),
        grade_of(Progress(PushState.UNSUITABLE)),
        grade_of(Progress(PushState.INTERESTED)),
        grade_of(Progress(PushState.INTERESTED, interviewed=True)),
        grade_of(Progress(PushState.INTERESTED, interviewed=True, hired=True)),
    ]
    assert grades == list(Grade)


def test_a_contested_refusal_teaches_nothing() -> None:
    assert grade_of(Progress(PushState.DECLINED)) is Grade.UNSUITABLE
    assert grade_of(Progress(PushState.DECLINED, contested=True)) is None
