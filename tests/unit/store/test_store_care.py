"""Queue, households, outcomes, employers' records and reports on both engines: the same answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from time import sleep

from sqlalchemy import select

from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.record_terms import BatchState
from matcher.domain.service_terms import Evidence, FollowUpMode, PushState
from matcher.errors import Conflict, MatcherError
from matcher.regions.loading import load_pack
from matcher.services.care.employer_record import employer_record
from matcher.services.care.follow_up_queue import Contact, log_contact, queue, write_contact
from matcher.services.care.household_care import board, detect
from matcher.services.care.outcomes import Statement, record_outcome, record_outcomes
from matcher.services.learning.training_examples import graded_examples
from matcher.services.reports.coverage_report import coverage_rows
from matcher.services.reports.monthly_report import monthly_report
from matcher.store.database import Database
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.people import HouseholdMemberRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.pushes import PushRow
from tests.push_world import add_people, add_postings, plan, worker_id

PACK = load_pack()
K = QueueKind


def filled(database: Database) -> int:
    """Three seeking people: one interested, one not reached, one with too few postings; one household."""
    with database.writing() as session:
        add_people(session, range(3), extra={"job_status": "seeking"}, household_no="H1")
        add_postings(session, range(4), headcount=1)
        batch = plan(session, {0: (0, 1), 1: (2, 3), 2: ()})
        session.get_one(PushBatchRow, batch).state = BatchState.RUNNING
        for person in session.scalars(select(PushBatchPersonRow)):
            person.progress = "sent"
        repository, now = PushRepository(session), session.now()
        for push in session.scalars(select(PushRow).order_by(PushRow.id)):
            reached = push.worker_id == worker_id(0)
            state = PushState.INTERESTED if reached else PushState.FAILED
            push.sent_at = now
            push.delivered_at = push.responded_at = now if reached else None
            push.counts_toward_quota = reached
            repository.change(push, state)
        for member in session.scalars(select(HouseholdMemberRow)):
            member.working_age = True
        detect(session)
        assert OutboxRepository(session).of_person(batch, worker_id(0)) == []
    return batch


def found(database: Database, **options: str) -> set[tuple[str, QueueKind]]:
    with database.reading() as session:
        page = queue(session, PACK, database.clock.now(), **options)
    assert page.total == len(page.lines) == len({(line.worker_id, line.kind) for line in page.lines})
    return {(line.worker_id, line.kind) for line in page.lines}


def test_the_queue_is_the_same_on_both_engines(database: Database) -> None:
    filled(database)
    with database.reading() as session:
        target = board(session, PACK, database.clock.now(), region="130629").lines[0].target_worker_id
    expected = {
        (worker_id(0), K.INTERESTED),
        (worker_id(1), K.UNDELIVERED),
        (worker_id(2), K.SHORTFALL),
        (target, K.ZERO_FAMILY),
    }
    assert found(database) == expected
    assert found(database, region="130629") == expected
    assert found(database, region="1307") == set()
    assert found(database, caseworker="nobody") == set()
    contact = Contact(worker_id(1), K.UNDELIVERED, FollowUpMode.VISIT, reached=True)
    log_contact(database, PACK, contact)
    assert found(database) == expected - {(worker_id(1), K.UNDELIVERED)}


def test_outcomes_reach_households_employers_and_reports_on_both_engines(database: Database) -> None:
    batch = filled(database)
    day = database.clock.now().date() - timedelta(days=1)
    with database.reading() as session:
        employer = session.get_one(PostingRow, "p00000").employer_id
        push = session.scalars(select(PushRow.id).order_by(PushRow.id)).first()
    statement = Statement("", OutcomeFact.STARTED, True, Evidence.CONTRACT, push_id=push, on=day)
    record_outcomes(database, [statement, statement])
    with database.reading() as session:
        assert board(session, PACK, database.clock.now()).cleared == 1
        record = employer_record(session, employer or "")
        assert (record.referred, record.hired.count, record.answered.count) == (1, 1, 0)
        assert [one.grade for one in graded_examples(session)] == [4, 2]
        report = monthly_report(session, PACK, f"{day:%Y-%m}")
        totals = {figure.label: figure.total for figure in report.figures}
        assert (totals["上岗"], totals["零就业家庭清零"]) == (1, 1)
        rows = coverage_rows(session, batch)
        assert [(row.worker_id, row.verdict) for row in rows] == [
            (worker_id(0), "达到"), (worker_id(1), "没有"), (worker_id(2), "没有")
        ]  # fmt: skip


def in_the_background(work: Callable[[], object]) -> tuple[Thread, list[object]]:
    """A thread that has begun `work`, and where its result or error will be."""
    ended: list[object] = []

    def run() -> None:
        try:
            ended.append(work())
        except MatcherError as error:
            ended.append(error)

    thread = Thread(target=run)
    thread.start()
    sleep(0.3)
    return thread, ended


def test_two_hirings_at_once_take_two_places(database: Database) -> None:
    with database.writing() as session:
        add_people(session, range(2))
        add_postings(session, range(1), headcount=5)
    day = database.clock.now().date()
    one, two = (
        Statement(worker_id(n), OutcomeFact.HIRED, True, Evidence.EMPLOYER, "p00000", on=day) for n in (0, 1)
    )
    with database.writing() as session:
        record_outcome(session, one)
        thread, ended = in_the_background(lambda: record_outcomes(database, [two]))
        assert ended == []
    thread.join()
    with database.reading() as session:
        assert session.get_one(PostingRow, "p00000").headcount_left == 3


def test_two_sides_at_once_speak_of_one_placement(database: Database) -> None:
    filled(database)
    day = database.clock.now().date()
    one, two = (
        Statement(worker_id(0), OutcomeFact.INTERVIEW, True, side, "p00000", on=day)
        for side in (Evidence.EMPLOYER, Evidence.WORKER)
    )
    with database.writing() as session:
        record_outcome(session, one)
        thread, ended = in_the_background(lambda: record_outcomes(database, [two]))
        assert ended == []
    thread.join()
    with database.reading() as session:
        assert session.scalars(select(OutcomeRow)).one().evidence == (Evidence.WORKER, Evidence.EMPLOYER)


def test_a_second_click_waits_and_is_told_that_it_is_done(database: Database) -> None:
    filled(database)
    contact = Contact(worker_id(1), K.UNDELIVERED, FollowUpMode.VISIT, reached=False)
    with database.writing() as session:
        write_contact(session, PACK, contact)
        thread, ended = in_the_background(lambda: log_contact(database, PACK, contact))
        assert ended == []
    thread.join()
    assert [type(one) for one in ended] == [Conflict]
