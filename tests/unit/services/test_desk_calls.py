"""Calls at the desk: one transaction a call; a refusal needs a note and can be contested; 退订 works at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.outcome_terms import QueueKind
from matcher.domain.service_terms import ConsentPurpose, PushState, ResponseReason, ServiceKind
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.accounts.sight import Sight
from matcher.services.care.push_answering import owe_contact
from matcher.services.care.push_replies import STOP_NOTE
from matcher.services.desk.call_log import Call, Logged, PushSaid, Said, log_call
from matcher.services.desk.contact_consent import NOTICE_VERSION, agree_to_contact, stop_contact
from matcher.services.desk.due_lines import due_lines
from matcher.services.desk.refusals import correct_refusal, note_objection
from matcher.services.desk.today import KINDS, Tab, today
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.tables.outcomes import FollowUpRow, ServiceRecordRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow
from tests.push_world import plain_office
from tests.unit.services.care_samples import add_batch, add_posting, add_pushes, add_worker
from tests.unit.services.desk_samples import MINE, OTHER, caseworkers, give

PACK, OFFICE = load_pack(), plain_office()


def delivered(database: Database, state: PushState = PushState.DELIVERED) -> tuple[Sight, Sight, int]:
    """The two sights, and a push to the person of the first."""
    mine, other = caseworkers(database)
    give(database, mine, add_worker(database, 1))
    posting = add_posting(database, 1)
    with database.writing("样例") as session:
        (push,) = add_pushes(session, add_batch(session), "w1", [posting], state=state)
        return mine, other, push.id


def call(database: Database, sight: Sight, **values: object) -> Logged:
    return log_call(database, PACK, OFFICE, sight, Call("w1", **values), actor=MINE)  # type: ignore[arg-type]


def state_of(database: Database, push_id: int) -> PushState:
    with database.reading() as session:
        return session.get_one(PushRow, push_id).state


def test_an_answer_and_its_reason_are_written_in_one_call(database: Database) -> None:
    mine, _, push = delivered(database)
    answer = PushSaid(push, Said.UNSUITABLE, ResponseReason.TOO_FAR)
    call(database, mine, answers=(answer,), note="骑车要一个钟头", service=ServiceKind.GUIDANCE)
    with database.reading() as session:
        row = session.get_one(PushRow, push)
        assert (row.state, row.response_reason) == (PushState.UNSUITABLE, ResponseReason.TOO_FAR)
        assert session.get_one(WorkerRow, "w1").last_contact_at == database.clock.now()
        assert session.scalars(select(ServiceRecordRow.kind)).all() == [ServiceKind.GUIDANCE]
        assert session.scalars(select(FollowUpRow.result)).all() == ["骑车要一个钟头"]


def test_a_refusal_without_a_note_writes_nothing(database: Database) -> None:
    mine, _, push = delivered(database)
    with pytest.raises(InvalidInput, match="必须写明经过"):
        call(database, mine, answers=(PushSaid(push, Said.REFUSED),), note="  ")
    assert state_of(database, push) is PushState.DELIVERED
    with database.reading() as session:
        assert session.scalars(select(FollowUpRow)).all() == []


def test_a_refusal_is_told_contested_and_taken_back(database: Database) -> None:
    mine, other, push = delivered(database)
    logged = call(database, mine, answers=(PushSaid(push, Said.REFUSED),), note="3月2日通话，说都不去")
    assert "有异议可以提出" in logged.told[0]
    assert state_of(database, push) is PushState.DECLINED
    with pytest.raises(Conflict, match="没有提出异议"):
        correct_refusal(database, mine, "w1", push, actor=MINE)
    with pytest.raises(NotFound):
        note_objection(database, other, "w1", push, actor=OTHER)
    note_objection(database, mine, "w1", push, actor=MINE)
    with database.reading() as session:
        assert QueueKind.SCHEDULED in [line.kind for line in due_lines(session, PACK, "w1")]
    correct_refusal(database, mine, "w1", push, actor=MINE)
    assert state_of(database, push) is PushState.UNANSWERED


def test_nobody_reached_is_a_try_and_no_answer(database: Database, clock: FixedClock) -> None:
    mine, _, push = delivered(database)
    with pytest.raises(InvalidInput, match="没有接通"):
        call(database, mine, reached=False, answers=(PushSaid(push, Said.REFUSED),), note="样例")
    logged = call(database, mine, reached=False)
    assert logged.next_at == clock.at + timedelta(days=1)
    assert state_of(database, push) is PushState.DELIVERED
    with database.reading() as session:
        assert session.get_one(WorkerRow, "w1").last_contact_at is None


def test_wanting_a_posting_that_is_gone_is_told_and_not_taken(database: Database) -> None:
    mine, _, push = delivered(database)
    with database.writing("样例") as session:
        from matcher.domain.posting_terms import PublishState
        from matcher.store.repositories.postings import PostingRepository

        PostingRepository(session).set_states(["p1"], publish_state=PublishState.WITHDRAWN)
    logged = call(database, mine, answers=(PushSaid(push, Said.INTERESTED),))
    assert "已经招满或撤下" in logged.told[0]
    assert state_of(database, push) is PushState.DELIVERED


def test_a_line_of_the_queue_is_settled_by_the_call(database: Database) -> None:
    mine, _, push = delivered(database, PushState.FAILED)

    def kinds() -> list[QueueKind]:
        with database.reading() as session:
            return [line.kind for line in due_lines(session, PACK, "w1")]

    assert QueueKind.UNDELIVERED in kinds()
    call(database, mine, kind=QueueKind.UNDELIVERED, answers=(PushSaid(push, Said.INTERESTED),), note="想去")
    assert QueueKind.UNDELIVERED not in kinds()
    assert state_of(database, push) is PushState.INTERESTED
    with pytest.raises(Conflict, match="不在这个人的待办里"):
        call(database, mine, kind=QueueKind.UNDELIVERED)


def test_answers_of_somebody_else_are_refused_and_the_call_with_them(database: Database) -> None:
    mine, other, push = delivered(database)
    give(database, mine, add_worker(database, 2))
    with pytest.raises(NotFound):
        log_call(
            database, PACK, OFFICE, mine, Call("w2", answers=(PushSaid(push, Said.INTERESTED),)), actor=MINE
        )
    with pytest.raises(NotFound):
        call(database, other, note="样例")
    with database.reading() as session:
        assert session.scalars(select(FollowUpRow)).all() == []


def test_a_next_day_puts_the_person_into_the_queue_of_that_day(
    database: Database, clock: FixedClock
) -> None:
    mine, _, _ = delivered(database)
    call(database, mine, note="后天再问", next_at=clock.at + timedelta(days=2))

    def due() -> int:
        with database.reading() as session:
            return today(session, PACK, mine, Tab.DUE).counts[Tab.DUE]

    assert due() == 0
    clock.at += timedelta(days=2, hours=1)
    assert due() == 1


def test_the_queue_shows_only_people_in_sight_masked(database: Database) -> None:
    mine, other, _ = delivered(database, PushState.FAILED)
    with database.reading() as session:
        found, empty = today(session, PACK, mine), today(session, PACK, other)
    assert found.counts[Tab.UNDELIVERED] == 1
    assert empty.lines == ()
    assert set(empty.counts.values()) == {0}
    assert all("*" in line.phone and "*" in line.name for line in found.lines)


def test_every_kind_of_the_queue_has_one_tab() -> None:
    named = [kind for tab, kinds in KINDS.items() if tab is not Tab.ALL for kind in kinds]
    assert sorted(named) == sorted(QueueKind)


def test_stopping_contact_works_at_once_and_settles_the_task(database: Database) -> None:
    mine, other, _ = delivered(database)
    with database.writing("样例") as session:
        owe_contact(session, "w1", STOP_NOTE, key="stop:1")
    with pytest.raises(NotFound):
        stop_contact(database, other, "w1", actor=OTHER)
    stop_contact(database, mine, "w1", actor=MINE)
    with database.reading() as session:
        assert not ConsentRepository(session).is_live("w1", ConsentPurpose.CONTACT)
        assert ConsentRepository(session).is_live("w1", ConsentPurpose.MATCHING)
        assert session.scalars(select(FollowUpRow).where(FollowUpRow.done_at.is_(None))).all() == []
    with pytest.raises(Conflict, match="已经退订"):
        stop_contact(database, mine, "w1", actor=MINE)


def test_agreeing_again_at_the_desk_is_kept_with_the_notice_that_was_read(database: Database) -> None:
    mine, other, _ = delivered(database)
    with pytest.raises(Conflict, match="已经同意过"):
        agree_to_contact(database, mine, "w1", actor=MINE)
    stop_contact(database, mine, "w1", actor=MINE)
    with pytest.raises(NotFound):
        agree_to_contact(database, other, "w1", actor=OTHER)
    agree_to_contact(database, mine, "w1", actor=MINE)
    with database.reading() as session:
        kept = [one for one in ConsentRepository(session).of("w1") if one.purpose is ConsentPurpose.CONTACT]
        assert [one.withdrawn_at is None for one in kept] == [False, True]
        assert (kept[-1].text_version, kept[-1].recorded_by) == (NOTICE_VERSION, MINE)
