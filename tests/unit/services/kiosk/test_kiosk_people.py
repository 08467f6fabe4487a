"""A phone left at a kiosk and the number on a letter: what is kept, what is told, to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from output_samples import add
from sent_batch import phone, send
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.delivery.letter_codes import KEY_PURPOSE, NO_LETTER, letter_code
from matcher.domain.posting_terms import PublishState
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.errors import InvalidInput, NotFound
from matcher.services.care.push_answering import GONE
from matcher.services.kiosk.inbox import NOTED, jobs_of_letter, want_to_go
from matcher.services.kiosk.jobs import Device
from matcher.services.kiosk.leave_phone import CONSENT_LINES, SOURCE, leave_phone
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.outcomes import FollowUpRow
from matcher.store.tables.workers import WorkerRow

DEVICE = Device("样例自助机", "130629000000")
NUMBER = "13900009999"


def files(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(WorkerRow.worker_id).where(WorkerRow.source == SOURCE)))


def calls(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.result or "" for row in session.scalars(select(FollowUpRow).order_by(FollowUpRow.id))]


def test_a_phone_becomes_a_call_that_the_window_owes(database: Database) -> None:
    add(database, "p1")
    left = leave_phone(database, NUMBER, DEVICE, posting_id="p1")
    assert left.masked == "139****9999"
    (file,) = files(database)
    with database.reading() as session:
        (owed,) = FollowUpRepository(session).open_of(file)
        assert owed.result == "自助机留电话，想去：样例砌筑工（p1）"
        assert ConsentRepository(session).is_live(file, ConsentPurpose.CONTACT)
        assert not ConsentRepository(session).is_live(file, ConsentPurpose.MATCHING)
        assert session.get_one(WorkerRow, file).region_code == DEVICE.region_code
        assert WorkerRepository(session).find_by_phone(NUMBER) == [file]


def test_nothing_of_the_number_is_readable_in_the_database(database: Database) -> None:
    leave_phone(database, NUMBER, DEVICE)
    with database.reading() as session:
        raw = session.connection().connection.driver_connection
        dump = "\n".join(raw.iterdump())
    assert NUMBER not in dump
    assert NUMBER[-8:] not in dump


def test_the_same_number_twice_is_one_file_and_for_one_job_one_call_a_day(
    database: Database, clock: FixedClock
) -> None:
    add(database, "p1", "p2")
    for posting in ("p1", "p1", "p2", ""):
        leave_phone(database, NUMBER, DEVICE, posting_id=posting)
    assert len(files(database)) == 1
    assert len(calls(database)) == 3
    clock.at += timedelta(days=1)
    leave_phone(database, NUMBER, DEVICE, posting_id="p1")
    assert len(calls(database)) == 4


def test_a_number_that_is_known_gets_the_same_answer_and_its_file_is_not_touched(database: Database) -> None:
    send(database)
    with database.reading() as session:
        (known,) = WorkerRepository(session).find_by_phone(phone(0))
        before = session.get_one(WorkerRow, known).version
    assert leave_phone(database, phone(0), DEVICE).masked == "139****0000"
    with database.reading() as session:
        assert session.get_one(WorkerRow, known).version == before
        assert FollowUpRepository(session).open_of(known) == []
    assert len(files(database)) == 1


def test_a_job_that_has_gone_is_not_named_in_the_call(database: Database) -> None:
    add(database, "p1")
    with database.writing("样例甲") as session:
        PostingRepository(session).set_states(["p1"], publish_state=PublishState.FILLED)
    leave_phone(database, NUMBER, DEVICE, posting_id="p1")
    assert calls(database) == ["自助机登记：没找到合适的，有了请打电话"]


@pytest.mark.parametrize("number", ["", "1390000999", "23900009999", "12900009999", "abc", "139000099990"])
def test_what_is_no_mobile_number_is_refused_without_being_repeated(database: Database, number: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        leave_phone(database, number, DEVICE)
    assert not number or number not in refused.value.message
    assert files(database) == []


def test_the_agreement_is_three_short_lines() -> None:
    assert len(CONSENT_LINES) == 3
    assert all(len(line) <= 20 for line in CONSENT_LINES)


def code(database: Database, push_id: int) -> str:
    return letter_code(database.keyring.derived_key(KEY_PURPOSE), push_id)


def test_the_number_on_a_letter_opens_what_was_sent_to_its_reader_alone(database: Database) -> None:
    sent = send(database, people=2, channel=Channel.SMS)
    mine = [sent.push(0, place).posting_id for place in range(2)]
    assert [one.posting_id for one in jobs_of_letter(database, code(database, sent.push_id(0))).listed] == mine


def test_what_has_gone_since_the_letter_is_left_out(database: Database) -> None:
    sent = send(database)
    gone = sent.push(0).posting_id
    with database.writing("样例甲") as session:
        PostingRepository(session).set_states([gone], publish_state=PublishState.WITHDRAWN)
    shown = [one.posting_id for one in jobs_of_letter(database, code(database, sent.push_id(0))).listed]
    assert gone not in shown
    assert len(shown) == 1


def test_no_letter_a_wrong_number_and_somebody_who_left_get_one_answer(database: Database) -> None:
    sent = send(database)
    with database.writing("样例甲") as session:
        WorkerRepository(session).withdraw([sent.push(0).worker_id])
    for one in (code(database, 10_000), "123456789", code(database, sent.push_id(0))):
        with pytest.raises(NotFound, match=NO_LETTER):
            jobs_of_letter(database, one)


def test_wanting_to_go_to_a_posting_of_ones_letter_is_an_answer(database: Database) -> None:
    sent = send(database)
    wanted = jobs_of_letter(database, code(database, sent.push_id(0))).listed[0]
    assert want_to_go(database, sent.office, wanted.push_id) == NOTED
    push = sent.push(0)
    assert (push.id, push.state, push.responded_via) == (wanted.push_id, PushState.INTERESTED, Channel.KIOSK_SLIP)
    assert sent.push(0, 1).state is not PushState.INTERESTED
    assert want_to_go(database, sent.office, wanted.push_id) == NOTED
    assert sent.push(0).version == push.version, "the same again changes nothing"


def test_nothing_is_wanted_that_has_gone_or_by_somebody_who_left(database: Database) -> None:
    sent = send(database, people=2)
    with database.writing("样例甲") as session:
        PostingRepository(session).set_states([sent.push(0).posting_id], publish_state=PublishState.FILLED)
        WorkerRepository(session).withdraw([sent.push(1).worker_id])
    assert want_to_go(database, sent.office, sent.push_id(0)) == GONE
    assert [want_to_go(database, sent.office, one) for one in (sent.push_id(1), 10_000)] == ["", ""]
    assert {sent.push(0).state, sent.push(1).state} & {PushState.INTERESTED} == set()
