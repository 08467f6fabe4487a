"""零就业家庭: found, verified, one member helped first, cleared by evidence, reopened when work is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from care_samples import add_batch, add_posting, add_pushes, add_worker
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.outcome_terms import HouseholdState as State
from matcher.domain.outcome_terms import OutcomeFact as F
from matcher.domain.service_terms import EndReason, Evidence
from matcher.domain.worker_terms import JobStatus
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.care.household_care import NO_EVIDENCE, HouseholdBoard, board, detect, retarget, verify
from matcher.services.care.outcomes import Statement, record_outcomes
from matcher.store.database import Database
from matcher.store.repositories.households import HouseholdRepository, HouseholdView
from matcher.store.tables.people import HouseholdMemberRow
from matcher.store.tables.records import AuditRow
from matcher.store.tables.workers import WorkerRow

PACK = load_pack()
BORN = date(1980, 5, 1)
DAY = date(2026, 2, 20)


def household(database: Database, *statuses: JobStatus | None) -> str:
    """A household of adults with these statuses: w1, w2, …"""
    for number, status in enumerate(statuses, start=1):
        add_worker(database, number, status=status, household_no="H1")
    with database.writing() as session:
        for row in session.scalars(select(HouseholdMemberRow)):
            row.working_age = True
        return HouseholdRepository(session).ensure("county", "H1")


def found(database: Database) -> State:
    with database.writing() as session:
        (finding,) = detect(session)
    return finding.judgement.state


def view(database: Database, household_id: str) -> HouseholdView:
    with database.reading() as session:
        return HouseholdRepository(session).get_masked(household_id)


def the_board(database: Database) -> HouseholdBoard:
    with database.reading() as session:
        return board(session, PACK, database.clock.now())


def work(database: Database, fact: F, on: date = DAY, side: Evidence = Evidence.EMPLOYER) -> None:
    reason = EndReason.DISMISSED if fact is F.ENDED else None
    record_outcomes(database, [Statement("w1", fact, True, side, "p1", on=on, reason=reason)])


def test_a_household_without_work_is_open_with_one_to_help_first(database: Database) -> None:
    one = household(database, JobStatus.SEEKING, JobStatus.NOT_SEEKING)
    assert found(database) is State.ZERO_EMPLOYMENT
    assert view(database, one).target_worker_id == "w1"
    (line,) = the_board(database).lines
    assert (line.due, line.days_left, line.verified) == (date(2026, 3, 16), 14, False)


def test_looking_again_moves_neither_the_term_nor_the_one_to_help(
    database: Database, clock: FixedClock
) -> None:
    household(database, JobStatus.SEEKING, JobStatus.SEEKING)
    found(database)
    with database.writing() as session:
        retarget(session, HouseholdRepository(session).of_worker("w2")[0], "w2", reason="本人愿意先去")
    clock.at += timedelta(days=20)
    found(database)
    (line,) = the_board(database).lines
    assert (line.target_worker_id, line.since) == ("w2", date(2026, 3, 2))
    assert the_board(database).overdue == 1


def test_an_unknown_status_is_to_be_verified_and_no_family_is_opened(database: Database) -> None:
    one = household(database, JobStatus.SEEKING, None)
    assert found(database) is State.TO_VERIFY
    assert view(database, one).zero_employment is None
    assert (the_board(database).unknown, the_board(database).open) == (1, 0)
    with database.writing() as session, pytest.raises(Conflict, match="还不能核实"):
        verify(session, one)


def test_verifying_names_who_did_it(database: Database) -> None:
    one = household(database, JobStatus.SEEKING)
    with database.writing("王干部") as session:
        assert verify(session, one).judgement.state is State.ZERO_EMPLOYMENT
    assert the_board(database).unverified == 0


def test_a_status_alone_does_not_clear_an_open_household(database: Database) -> None:
    household(database, JobStatus.SEEKING)
    found(database)
    with database.writing() as session:
        session.get_one(WorkerRow, "w1").job_status = JobStatus.EMPLOYED
    with database.writing() as session:
        (finding,) = detect(session)
    assert finding.note == NO_EVIDENCE
    assert the_board(database).open == 1


def test_evidence_of_work_clears_it_and_lost_work_opens_it_again(
    database: Database, clock: FixedClock
) -> None:
    one = household(database, JobStatus.SEEKING)
    add_posting(database)
    found(database)
    work(database, F.STARTED)
    assert (view(database, one).zero_employment, view(database, one).cleared_at) == (False, clock.now())
    assert the_board(database).cleared == 1
    clock.at += timedelta(days=30)
    work(database, F.ENDED, on=date(2026, 3, 20))
    assert view(database, one).reopened_at == clock.now()
    assert (the_board(database).open, the_board(database).reopened) == (1, 1)
    assert the_board(database).lines[0].since == date(2026, 4, 1)
    clock.at += timedelta(days=3)
    with database.writing() as session:
        retarget(session, one, "w1", reason="仍由本人先去")
    assert the_board(database).lines[0].since == date(2026, 4, 1)


def test_lost_work_opens_nothing_while_somebody_else_works(database: Database) -> None:
    one = household(database, JobStatus.SEEKING, JobStatus.SEEKING)
    add_posting(database)
    found(database)
    work(database, F.STARTED)
    with database.writing() as session:
        session.get_one(WorkerRow, "w2").job_status = JobStatus.FLEXIBLE
    work(database, F.ENDED, on=date(2026, 2, 28))
    assert view(database, one).zero_employment is False


def test_contradicting_sides_do_not_clear_a_household(database: Database) -> None:
    one = household(database, JobStatus.SEEKING)
    add_posting(database)
    found(database)
    denied = Statement("w1", F.STARTED, False, Evidence.WORKER, "p1")
    record_outcomes(database, [denied])
    work(database, F.STARTED)
    assert view(database, one).zero_employment is True


def test_the_one_with_most_postings_is_helped_first(database: Database) -> None:
    one = household(database, JobStatus.SEEKING, JobStatus.SEEKING)
    add_posting(database, 1)
    add_posting(database, 2)
    with database.writing() as session:
        add_pushes(session, add_batch(session), "w2", ["p1", "p2"])
    found(database)
    assert view(database, one).target_worker_id == "w2"


def test_helping_another_member_first_needs_a_reason_and_a_member(database: Database) -> None:
    one = household(database, JobStatus.SEEKING, JobStatus.SEEKING)
    add_worker(database, 9)
    found(database)
    with database.writing() as session:
        with pytest.raises(InvalidInput, match="理由"):
            retarget(session, one, "w2", reason=" ")
        with pytest.raises(InvalidInput, match="不是该家庭的成员"):
            retarget(session, one, "w9", reason="样例")
        with pytest.raises(NotFound):
            retarget(session, "nowhere", "w2", reason="样例")
        retarget(session, one, "w2", reason="本人愿意先去")
    with database.reading() as session:
        assert [row.reason for row in session.scalars(select(AuditRow))] == ["本人愿意先去"]


def test_a_child_or_an_old_parent_does_not_make_a_household_unknown(database: Database) -> None:
    household(database, JobStatus.SEEKING)
    with database.writing() as session:
        households = HouseholdRepository(session)
        one = households.ensure("county", "H1")
        households.add_member(one, name="样例孩", working_age=False)
    assert found(database) is State.ZERO_EMPLOYMENT


def test_the_board_of_one_town_shows_its_own_households(database: Database) -> None:
    household(database, JobStatus.SEEKING)
    found(database)
    with database.reading() as session:
        for region, shown in (("130629", 1), ("130632", 0)):
            assert board(session, PACK, database.clock.now(), region=region).open == shown
        with pytest.raises(InvalidInput, match="2 至 12 位"):
            board(session, PACK, database.clock.now(), region="容城")
