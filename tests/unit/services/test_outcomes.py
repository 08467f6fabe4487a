"""What follows from a statement about an outcome: places, statuses, contacts owed; and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from care_samples import add_batch, add_posting, add_pushes, add_worker
from sqlalchemy import select

from matcher.domain.outcome_terms import OutcomeFact as F
from matcher.domain.posting_terms import CloseReason, PublishState
from matcher.domain.service_terms import EndReason, Evidence, FollowUpKind, PushState
from matcher.domain.worker_terms import JobStatus
from matcher.errors import InvalidInput, NotFound
from matcher.services.care.outcomes import CONTRADICTED, POSTING_GONE, Statement, record_outcomes
from matcher.store.database import Database
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.outcomes import OutcomeClaimRow, OutcomeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

DAY = date(2026, 2, 20)


def said(
    fact: F = F.HIRED, value: bool = True, side: Evidence = Evidence.WORKER, **more: object
) -> Statement:
    values = {"posting_id": "p1", "on": DAY if value else None, **more}
    return Statement("w1", fact, value, side, **values)  # type: ignore[arg-type]


def outcome(database: Database) -> OutcomeRow:
    with database.reading() as session:
        return session.scalars(select(OutcomeRow).order_by(OutcomeRow.id.desc())).first()


def posting(database: Database) -> PostingRow:
    with database.reading() as session:
        return session.get_one(PostingRow, "p1")


def status(database: Database) -> JobStatus | None:
    with database.reading() as session:
        return session.get_one(WorkerRow, "w1").job_status


@pytest.fixture
def pair(database: Database) -> Database:
    """One seeking person and one posting with two places."""
    add_worker(database)
    add_posting(database, places=2)
    return database


def test_a_hiring_takes_one_place_once(pair: Database) -> None:
    record_outcomes(pair, [said(), said(side=Evidence.EMPLOYER), said(F.STARTED)])
    assert posting(pair).headcount_left == 1
    assert outcome(pair).evidence == (Evidence.WORKER, Evidence.EMPLOYER)


def test_the_last_place_takes_the_posting_out_of_every_answer(pair: Database) -> None:
    add_worker(pair, 2)
    (_, second) = record_outcomes(
        pair, [said(), Statement("w2", F.HIRED, True, Evidence.CONTRACT, "p1", on=DAY)]
    )
    row = posting(pair)
    assert (row.headcount_left, row.publish_state) == (0, PublishState.FILLED)
    assert row.close_reason is CloseReason.FILLED_HERE
    assert second.notices == ("岗位已招满，不再推荐",)
    with pair.reading() as session:
        assert PostingRepository(session).live_ids(["p1"]) == set()


def test_the_same_statement_again_changes_nothing(pair: Database) -> None:
    first, again = record_outcomes(pair, [said(), said()])
    assert (first.changed, again.changed) == (True, False)
    with pair.reading() as session:
        assert len(session.scalars(select(OutcomeClaimRow)).all()) == 1


def test_contradicting_sides_leave_it_unknown_and_say_so(pair: Database) -> None:
    _, second = record_outcomes(pair, [said(), said(value=False, side=Evidence.EMPLOYER)])
    assert second.notices == (CONTRADICTED,)
    assert outcome(pair).hired_at is None
    assert outcome(pair).confidence is None


def test_a_settled_contradiction_does_not_take_a_second_place(pair: Database) -> None:
    record_outcomes(
        pair,
        [said(), said(value=False, side=Evidence.EMPLOYER), said(side=Evidence.EMPLOYER)],
    )
    assert outcome(pair).hired_at is not None
    assert posting(pair).headcount_left == 1


def test_an_unknown_number_of_places_stays_unknown(database: Database) -> None:
    add_worker(database)
    add_posting(database, places=None)
    record_outcomes(database, [said()])
    assert posting(database).headcount_left is None
    assert posting(database).publish_state is PublishState.LIVE


def test_an_outcome_of_a_withdrawn_posting_is_kept_and_the_posting_stays_withdrawn(
    database: Database,
) -> None:
    add_worker(database)
    add_posting(database, places=1, publish_state=PublishState.WITHDRAWN)
    (recorded,) = record_outcomes(database, [said()])
    assert recorded.notices == (POSTING_GONE,)
    assert outcome(database).hired_at is not None
    assert posting(database).publish_state is PublishState.WITHDRAWN


def test_a_start_makes_the_person_employed_and_an_end_leaves_the_wish_to_be_asked(pair: Database) -> None:
    record_outcomes(pair, [said(F.STARTED)])
    assert status(pair) is JobStatus.EMPLOYED
    record_outcomes(pair, [said(F.ENDED, on=date(2026, 2, 28), reason=EndReason.FINISHED)])
    assert status(pair) is None
    with pair.reading() as session:
        (owed,) = FollowUpRepository(session).open_of("w1")
    assert (owed.kind, owed.due_at) == (FollowUpKind.WILLINGNESS, pair.clock.now())
    assert outcome(pair).end_reason is EndReason.FINISHED


def test_somebody_who_never_came_is_asked_again(pair: Database) -> None:
    record_outcomes(pair, [said(), said(F.STARTED, value=False)])
    assert status(pair) is None
    with pair.reading() as session:
        assert len(FollowUpRepository(session).open_of("w1")) == 1


def test_work_taken_up_again_after_an_end_is_a_new_placement(pair: Database) -> None:
    first, _, again = record_outcomes(
        pair, [said(F.STARTED), said(F.ENDED, on=DAY), said(F.STARTED, on=date(2026, 3, 1))]
    )
    assert again.outcome_id != first.outcome_id
    assert status(pair) is JobStatus.EMPLOYED


def test_a_push_brings_its_person_and_posting_and_the_employers_answer(pair: Database) -> None:
    with pair.writing() as session:
        (push,) = add_pushes(session, add_batch(session), "w1", ["p1"], state=PushState.INTERESTED)
    record_outcomes(pair, [Statement("", F.INTERVIEW, True, Evidence.EMPLOYER, push_id=push.id, on=DAY)])
    row = outcome(pair)
    assert (row.worker_id, row.posting_id, row.push_id) == ("w1", "p1", push.id)
    with pair.reading() as session:
        assert session.get_one(PushRow, push.id).employer_answered_at == pair.clock.now()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (said(on=None), "要写明日期"),
        (said(on=date(2026, 3, 3)), "在今天之后"),
        (said(reason=EndReason.FINISHED), "离岗原因"),
        (said(push_id=99), "没有编号为 99"),
        (said(posting_id="nowhere"), "没有这个岗位"),
        (Statement("nobody", F.HIRED, True, Evidence.WORKER, "p1", on=DAY), "没有这个劳动者"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(pair: Database, statement: Statement, fault: str) -> None:
    with pytest.raises((InvalidInput, NotFound), match=fault):
        record_outcomes(pair, [statement])


def test_a_stay_cannot_be_confirmed_before_it_is_over(pair: Database) -> None:
    record_outcomes(pair, [said(F.STARTED)])
    with pytest.raises(InvalidInput, match="还不满"):
        record_outcomes(pair, [said(F.IN_POST_30D, on=date(2026, 3, 1))])


def test_one_wrong_statement_keeps_the_others_out_too(pair: Database) -> None:
    with pytest.raises(InvalidInput):
        record_outcomes(pair, [said(), said(F.STARTED, on=None)])
    with pair.reading() as session:
        assert session.scalars(select(OutcomeRow)).all() == []


def test_somebody_elses_push_is_refused(pair: Database) -> None:
    add_worker(pair, 2)
    with pair.writing() as session:
        (push,) = add_pushes(session, add_batch(session), "w2", ["p1"])
    with pytest.raises(InvalidInput, match="不是推给这个人"):
        record_outcomes(pair, [said(push_id=push.id)])
