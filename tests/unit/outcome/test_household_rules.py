"""When a household is a 零就业家庭, whom to help first, and by which day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from matcher.domain.outcome_terms import HouseholdState as State
from matcher.domain.worker_terms import JobStatus
from matcher.outcome.households import Member, due_day, judge

SEEKING, NOT_SEEKING = JobStatus.SEEKING, JobStatus.NOT_SEEKING
CHILD = Member(None, working_age=False)


def adult(worker_id: str, status: JobStatus | None, **more: object) -> Member:
    return Member(worker_id, True, status, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ([adult("a", SEEKING), adult("b", NOT_SEEKING), CHILD], State.ZERO_EMPLOYMENT),
        ([adult("a", SEEKING), adult("b", JobStatus.FLEXIBLE)], State.WORKING),
        ([adult("a", NOT_SEEKING), adult("b", JobStatus.TRAINING)], State.NO_WISH),
        ([CHILD], State.NO_LABOUR),
        ([], State.NO_LABOUR),
        ([adult("a", SEEKING), adult("b", None)], State.TO_VERIFY),
        ([adult("a", SEEKING), adult("b", JobStatus.OUT_OF_CONTACT)], State.TO_VERIFY),
        ([adult("a", SEEKING), Member(None, working_age=None)], State.TO_VERIFY),
        ([adult("a", SEEKING), Member(None, working_age=True)], State.TO_VERIFY),
        ([adult("a", JobStatus.EMPLOYED), adult("b", None)], State.WORKING),
    ],
)
def test_the_statuses_of_its_members_decide(members: list[Member], state: State) -> None:
    assert judge(members).state is state


def test_an_unknown_status_is_never_guessed_and_names_how_many() -> None:
    assert "2 名成员" in judge([adult("a", None), adult("b", None), adult("c", SEEKING)]).reason


def test_the_member_with_most_postings_is_helped_first_and_told_why() -> None:
    found = judge([adult("a", SEEKING, matching_jobs=1), adult("b", SEEKING, matching_jobs=3)])
    assert (found.target, found.target_reason) == ("b", "合适的岗位最多（3 个）")


def test_equal_chances_fall_to_whoever_can_be_reached_then_to_the_first() -> None:
    found = judge([adult("a", SEEKING), adult("b", SEEKING, has_phone=True)])
    assert (found.target, found.target_reason) == ("b", "有电话，联系得上")
    assert judge([adult("b", SEEKING), adult("a", SEEKING)]).target == "a"


def test_nobody_without_a_wish_is_chosen() -> None:
    assert judge([adult("a", NOT_SEEKING, matching_jobs=9), adult("b", SEEKING)]).target == "b"


@pytest.mark.parametrize(
    ("since", "weekdays", "due"),
    [
        (datetime(2026, 3, 2, 1, tzinfo=UTC), 10, date(2026, 3, 16)),  # Monday
        (datetime(2026, 3, 6, 1, tzinfo=UTC), 1, date(2026, 3, 9)),  # Friday
        (datetime(2026, 3, 1, 17, tzinfo=UTC), 1, date(2026, 3, 3)),  # Monday in Shanghai
    ],
)
def test_the_term_counts_weekdays_of_the_office(since: datetime, weekdays: int, due: date) -> None:
    assert due_day(since, weekdays) == due
