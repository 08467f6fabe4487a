"""The queue over the store: who stands in it, in which order, and what a contact leaves behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from care_samples import add_batch, add_posting, add_pushes, add_worker, phone_of
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.record_terms import BatchState, PersonProgress
from matcher.domain.service_terms import (
    ConsentPurpose,
    Evidence,
    FollowUpKind,
    FollowUpMode,
    PushState,
    Role,
    ServiceKind,
)
from matcher.domain.values import Place
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.care.follow_up_queue import Contact, Page, QueuePage, log_contact, queue
from matcher.services.care.household_care import detect
from matcher.services.care.outcomes import Statement, record_outcomes
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.outcomes import FollowUpRow, ServiceRecordRow
from matcher.store.tables.people import HouseholdMemberRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerRow

PACK = load_pack()
K = QueueKind


def the_queue(database: Database, **options: Any) -> QueuePage:
    with database.reading() as session:
        return queue(session, PACK, database.clock.now(), **options)


def kinds(database: Database) -> list[tuple[str, QueueKind]]:
    return [(line.worker_id, line.kind) for line in the_queue(database).lines]


def contact(kind: QueueKind, *, reached: bool = True, **more: Any) -> Contact:
    return Contact("w1", kind, FollowUpMode.PHONE, reached, **more)


def pushed(database: Database, state: PushState, *, worker: str = "w1", posting: int = 1) -> None:
    add_posting(database, posting)
    add_posting(database, posting + 100)
    with database.writing() as session:
        batch = add_batch(session)
        add_pushes(session, batch, worker, [f"p{posting}", f"p{posting + 100}"], state=state)


@pytest.fixture
def person(database: Database) -> Database:
    add_worker(database, status=JobStatus.EMPLOYED)
    return database


def test_a_push_that_failed_is_in_the_queue_until_something_arrives(person: Database) -> None:
    pushed(person, PushState.FAILED)
    assert kinds(person) == [("w1", K.UNDELIVERED)]
    person.clock.at += timedelta(hours=1)
    pushed(person, PushState.DELIVERED, posting=2)
    assert kinds(person) == []


def test_an_interested_person_waits_until_an_outcome_is_known(person: Database) -> None:
    pushed(person, PushState.INTERESTED)
    (line,) = the_queue(person).lines
    assert (line.kind, line.due_at) == (K.INTERESTED, person.clock.now() + timedelta(days=PACK.interest_days))
    for push, side in ((1, Evidence.EMPLOYER), (2, Evidence.WORKER)):
        assert kinds(person) == [("w1", K.INTERESTED)]
        record_outcomes(person, [Statement("", OutcomeFact.INTERVIEW, False, side, push_id=push)])
    assert kinds(person) == []


def test_an_employers_answer_ends_the_wait_too(person: Database) -> None:
    pushed(person, PushState.INTERESTED)
    with person.writing() as session:
        for push in session.scalars(select(PushRow)):
            push.employer_answered_at = session.now()
    assert kinds(person) == []


def test_somebody_whose_wave_is_still_to_come_is_not_short(person: Database) -> None:
    add_posting(person)
    with person.writing() as session:
        batch = add_batch(session)
        add_pushes(session, batch, "w1", ["p1"], state=PushState.PENDING)
        session.get_one(PushBatchPersonRow, (batch, "w1")).progress = PersonProgress.WAITING
    assert kinds(person) == []


def test_too_few_postings_count_once_the_batch_has_run(person: Database) -> None:
    add_posting(person)
    with person.writing() as session:
        batch = add_batch(session, state=BatchState.APPROVED)
        add_pushes(session, batch, "w1", ["p1"])
    assert kinds(person) == []
    with person.writing() as session:
        session.get_one(PushBatchRow, batch).state = BatchState.RUNNING
    assert [(line.kind, line.why) for line in the_queue(person).lines] == [
        (K.SHORTFALL, "还差 1 个合适的岗位")
    ]


def test_only_the_latest_batch_says_what_is_missing(person: Database) -> None:
    add_posting(person, 9)
    with person.writing() as session:
        add_pushes(session, add_batch(session), "w1", ["p9"])
    pushed(person, PushState.DELIVERED)
    assert kinds(person) == []


def test_seven_days_after_the_start_somebody_asks(person: Database, clock: FixedClock) -> None:
    add_posting(person)
    start = Statement("w1", OutcomeFact.STARTED, True, Evidence.EMPLOYER, "p1", on=date(2026, 2, 24))
    record_outcomes(person, [start])
    assert kinds(person) == []
    clock.at += timedelta(days=1)
    assert kinds(person) == [("w1", K.DAY_7)]
    log_contact(person, PACK, contact(K.DAY_7))
    with person.reading() as session:
        (row,) = session.scalars(select(FollowUpRow))
    assert (row.kind, row.outcome_id, row.done_at) == (FollowUpKind.DAY_7, 1, clock.at)
    assert kinds(person) == []


def test_the_one_to_help_first_of_a_zero_employment_household_is_in_the_queue(database: Database) -> None:
    add_worker(database, 1, household_no="H1")
    add_worker(database, 2, household_no="H1")
    with database.writing() as session:
        for row in session.scalars(select(HouseholdMemberRow)):
            row.working_age = True
        detect(session)
    assert kinds(database) == [("w1", K.ZERO_FAMILY)]


def test_a_line_breaks_and_the_service_given_mends_it(database: Database, clock: FixedClock) -> None:
    add_worker(database)
    clock.at += timedelta(days=31)
    assert kinds(database) == [("w1", K.LINE_PUSH)]
    log_contact(database, PACK, contact(K.LINE_PUSH, result="推荐了样例岗"), actor="王干部")
    assert kinds(database) == []
    with database.reading() as session:
        (given,) = session.scalars(select(ServiceRecordRow))
        assert session.get_one(WorkerRow, "w1").last_contact_at == clock.at
    assert (given.kind, given.given_by, given.note) == (ServiceKind.RECOMMENDATION, "王干部", "推荐了样例岗")


def test_somebody_not_reached_gets_no_service_and_comes_back_tomorrow(
    database: Database, clock: FixedClock
) -> None:
    add_worker(database)
    clock.at += timedelta(days=31)
    again = log_contact(database, PACK, contact(K.LINE_PUSH, reached=False, result="没人接"))
    assert again == clock.at + timedelta(days=1)
    assert kinds(database) == []
    with database.reading() as session:
        assert session.scalars(select(ServiceRecordRow)).all() == []
        assert session.get_one(WorkerRow, "w1").last_contact_at is None
    clock.at += timedelta(days=1)
    assert kinds(database) == [("w1", K.LINE_PUSH)]


def test_a_contact_can_be_entered_once(database: Database, clock: FixedClock) -> None:
    add_worker(database)
    clock.at += timedelta(days=31)
    log_contact(database, PACK, contact(K.LINE_PUSH))
    with pytest.raises(Conflict, match="可能已经办过"):
        log_contact(database, PACK, contact(K.LINE_PUSH))


def test_a_fixed_contact_shows_why_and_is_closed_or_moved(person: Database, clock: FixedClock) -> None:
    with person.writing() as session:
        FollowUpRepository(session).schedule("w1", FollowUpKind.PUSH, clock.now(), note="本人请回电话")
    assert the_queue(person).lines[0].why == "约好 3月2日 回访：本人请回电话"
    log_contact(person, PACK, contact(K.SCHEDULED, reached=False))
    assert kinds(person) == []
    clock.at += timedelta(days=1)
    log_contact(person, PACK, contact(K.SCHEDULED, next_at=clock.at + timedelta(days=2), result="在考虑"))
    assert kinds(person) == []
    clock.at += timedelta(days=2)
    assert the_queue(person).lines[0].why.endswith("在考虑")


def test_the_queue_can_be_cut_by_caseworker_region_kind_and_page(database: Database) -> None:
    with database.writing() as session:
        session.add(AccountRow(login="li", role=Role.CASEWORKER))
    elsewhere = Place("别处", "130632100001")
    add_worker(database, 1, caseworker_id=1, status=JobStatus.EMPLOYED)
    add_worker(database, 2, status=JobStatus.EMPLOYED)
    add_worker(database, 3, status=JobStatus.EMPLOYED, place=elsewhere)
    for number in (1, 2, 3):
        pushed(database, PushState.FAILED, worker=f"w{number}", posting=number)
    assert {line.worker_id for line in the_queue(database).lines} == {"w1", "w2", "w3"}
    assert [line.worker_id for line in the_queue(database, caseworker="li").lines] == ["w1"]
    assert [line.caseworker for line in the_queue(database, caseworker="li").lines] == ["li"]
    assert [line.worker_id for line in the_queue(database, region="130632").lines] == ["w3"]
    assert the_queue(database, kind=K.INTERESTED).total == 0
    second = the_queue(database, page=Page(limit=1, offset=1))
    assert ([line.worker_id for line in second.lines], second.total) == (["w2"], 3)
    assert second.counts == {K.UNDELIVERED: 3}
    with pytest.raises(InvalidInput, match="每页"):
        the_queue(database, page=Page(limit=0))


def test_nobody_is_named_in_full(person: Database) -> None:
    pushed(person, PushState.FAILED)
    (line,) = the_queue(person).lines
    assert (line.name, line.phone) == ("样**号", "139****0001")
    assert phone_of(1) not in repr(line)


def test_who_may_not_be_called_is_marked(person: Database) -> None:
    pushed(person, PushState.FAILED)
    assert the_queue(person).lines[0].may_call
    with person.writing() as session:
        ConsentRepository(session).withdraw("w1", ConsentPurpose.CONTACT)
    assert not the_queue(person).lines[0].may_call


def test_whoever_withdrew_is_left_alone(person: Database) -> None:
    pushed(person, PushState.FAILED)
    with person.writing() as session:
        WorkerRepository(session).withdraw(["w1"])
    assert kinds(person) == []
    with pytest.raises(NotFound, match="已退出"):
        log_contact(person, PACK, contact(K.UNDELIVERED))


def test_an_approved_category_makes_the_help_line_count(database: Database, clock: FixedClock) -> None:
    add_worker(database, categories=(WorkerCategory.DISABLED,))
    clock.at += timedelta(days=31)
    assert kinds(database) == [("w1", K.LINE_PUSH)]
    with database.writing() as session:
        session.scalars(select(WorkerCategoryRow)).one().state = CategoryState.FINAL_REVIEW
    assert kinds(database) == [("w1", K.LINE_PUSH), ("w1", K.LINE_HELP)]


def test_a_text_that_is_too_long_is_refused(person: Database) -> None:
    pushed(person, PushState.FAILED)
    with pytest.raises(InvalidInput, match="最多 500"):
        log_contact(person, PACK, contact(K.UNDELIVERED, result="长" * 501))


def test_a_next_day_that_has_passed_is_refused(person: Database, clock: FixedClock) -> None:
    pushed(person, PushState.FAILED)
    with pytest.raises(InvalidInput, match="在现在之后"):
        log_contact(person, PACK, contact(K.UNDELIVERED, next_at=clock.at))
