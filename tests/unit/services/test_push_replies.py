"""SMS replies and call results in bulk: placed for certain, or handed to a caseworker; never guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sent_batch import NAMES, Sent, phone, send
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.delivery.call_list import CallResult, parse_call_results
from matcher.domain.service_terms import Channel, PushState, ResponseReason, ServiceKind
from matcher.services.care.push_answering import CALL_WANTED, GONE
from matcher.services.care.push_calls import NO_NOTE, CallFate, CallRowResult, record_call_results
from matcher.services.care.push_replies import LATE, ReplyFate, ReplyResult, SmsReply, record_sms_replies
from matcher.services.sending.batch_life import close_batch
from matcher.store.database import Database
from matcher.store.identity import Identity, Phone
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.service_records import ServiceRecordRepository
from matcher.store.tables.outcomes import FollowUpRow
from matcher.store.tables.workers import WorkerRow
from tests.push_world import add_people, message_key, withdraw_posting, worker_id

F, C = ReplyFate, CallFate


def reply(sent: Sent, text: str, number: str = phone(0)) -> ReplyResult:
    (result,) = record_sms_replies(sent.database, [SmsReply(1, number, text)], sent.office).results
    return result


def states(sent: Sent, people: int = 1) -> list[PushState]:
    return [sent.push(person, place).state for person in range(people) for place in (0, 1)]


def owed(sent: Sent, person: int = 0) -> list[str | None]:
    with sent.database.reading() as session:
        return [row.result for row in FollowUpRepository(session).open_of(worker_id(person))]


@pytest.fixture
def sent(database: Database) -> Sent:
    return send(database)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", (PushState.INTERESTED, PushState.SENT)),
        ("２。", (PushState.SENT, PushState.INTERESTED)),
        ("3", (PushState.UNSUITABLE, PushState.UNSUITABLE)),
        ("第一个太远", (PushState.UNSUITABLE, PushState.SENT)),
        ("都不去", (PushState.UNSUITABLE, PushState.UNSUITABLE)),
    ],
)
def test_a_clear_reply_moves_the_pushes_it_is_about(
    sent: Sent, text: str, expected: tuple[PushState, ...]
) -> None:
    assert reply(sent, text).fate is F.RECORDED
    assert tuple(states(sent)) == expected
    assert owed(sent) == []


def test_the_words_are_kept_sealed_with_the_answer_and_the_reason(sent: Sent) -> None:
    reply(sent, "第一个太远")
    assert sent.push(0).response_reason is ResponseReason.TOO_FAR
    with sent.database.reading() as session:
        assert PushRepository(session).events(sent.push_id(0))[-1].note == "第一个太远"


@pytest.mark.parametrize("text", ["3号 不去了", "不知道", "12", "🙂", "'; DROP TABLE pushes; --", ""])
def test_an_ambiguous_reply_moves_nothing_and_goes_to_a_caseworker(sent: Sent, text: str) -> None:
    assert reply(sent, text).fate is F.TO_CASEWORKER
    assert states(sent) == [PushState.SENT, PushState.SENT]
    assert owed(sent) == [f"短信回复：{text}"]


def test_a_wish_to_be_called_and_a_stop_are_for_the_caseworker(sent: Sent) -> None:
    assert reply(sent, "4").fate is F.TO_CASEWORKER
    assert reply(sent, "TD").fate is F.TO_CASEWORKER
    assert states(sent) == [PushState.SENT, PushState.SENT]
    assert owed(sent) == [CALL_WANTED, "本人回复退订短信，请核对联系方式和同意记录"]


def test_the_same_file_again_changes_nothing(sent: Sent) -> None:
    for text in ("1", "多少钱"):
        assert reply(sent, text).fate is not F.REPEATED
        assert reply(sent, text).fate is F.REPEATED
    assert len(owed(sent)) == 1


def test_a_reply_from_an_unknown_phone_is_told_and_kept_out(sent: Sent) -> None:
    assert reply(sent, "1", "13999999999") == ReplyResult(1, F.UNKNOWN_PHONE)
    assert reply(sent, "1", "不是号码").fate is F.UNKNOWN_PHONE
    assert states(sent) == [PushState.SENT, PushState.SENT]


def test_a_phone_is_found_however_the_operator_writes_it(sent: Sent) -> None:
    assert reply(sent, "1", f"+86 {phone(0)[:3]}-{phone(0)[3:]}").fate is F.RECORDED


def test_a_reply_to_an_expired_batch_is_handed_over_with_a_sentence(sent: Sent, clock: FixedClock) -> None:
    clock.at += timedelta(days=15)
    assert reply(sent, "1") == ReplyResult(1, F.LATE, LATE)
    assert states(sent) == [PushState.SENT, PushState.SENT]
    assert owed(sent) == ["答复期过后回复：1"]


def test_a_reply_after_the_batch_was_closed_but_before_its_day_still_counts(
    sent: Sent, clock: FixedClock
) -> None:
    sent.move(0, 0, PushState.DELIVERED)
    clock.at += timedelta(days=8)
    close_batch(sent.database, sent.batch_id, actor="样例乙", answer_days=7)
    assert sent.push(0).state is PushState.UNANSWERED
    assert reply(sent, "1").fate is F.RECORDED
    assert sent.push(0).state is PushState.INTERESTED


def test_a_reply_to_a_posting_that_is_gone_gets_a_sentence(sent: Sent) -> None:
    withdraw_posting(sent.database, 0)
    assert reply(sent, "1") == ReplyResult(1, F.GONE, GONE)
    assert states(sent) == [PushState.SENT, PushState.SENT]


def test_two_people_on_one_phone_are_asked_back_and_neither_is_guessed(database: Database) -> None:
    sent = send(database, people=2, shared_phone=True)
    result = reply(sent, "1")
    assert (result.fate, "2 位求职人" in result.answer) == (F.ASK_BACK, True)
    assert set(states(sent, 2)) == {PushState.SENT}
    assert owed(sent, 0) == owed(sent, 1) == ["2 人共用这个号码，请问清是谁回复的：1"]


def test_a_name_before_the_answer_says_which_of_the_two_it_is(database: Database) -> None:
    sent = send(database, people=2, shared_phone=True)
    assert reply(sent, f"{NAMES[1]} 1").fate is F.RECORDED
    assert states(sent, 2) == [PushState.SENT, PushState.SENT, PushState.INTERESTED, PushState.SENT]


def test_a_name_that_both_have_decides_nothing(database: Database) -> None:
    sent = send(database, people=2, shared_phone=True)
    with database.writing("样例丙") as session:
        one = Identity(name=NAMES[0], phones=(Phone(phone(0)),))
        add_people(session, [1], identity=one)
    assert reply(sent, f"{NAMES[0]} 1").fate is F.ASK_BACK
    assert set(states(sent, 2)) == {PushState.SENT}


def test_a_shared_phone_is_clear_where_only_one_of_them_got_a_message(database: Database) -> None:
    sent = send(database, people=1)
    with database.writing("样例丙") as session:
        add_people(session, [9], identity=Identity(name=NAMES[2], phones=(Phone(phone(0)),)))
    assert reply(sent, "1").fate is F.RECORDED


def test_somebody_who_got_no_message_is_told_apart(database: Database) -> None:
    sent = send(database, channel=Channel.LETTER)
    assert reply(sent, "1").fate is F.NO_MESSAGE


def call(sent: Sent, said: str, why: str = "", *, person: int = 0) -> CallRowResult:
    key = message_key(sent.database, sent.batch_id, person)
    rows = parse_call_results([{"行编号": key, "结果": said, "原因": why, "岗位数": "2"}])
    (result,) = record_call_results(sent.database, rows, sent.office, actor="王干部")
    return result


@pytest.fixture
def called(database: Database) -> Sent:
    return send(database, channel=Channel.PHONE)


def test_a_call_is_delivery_contact_and_recommendation_at_once(called: Sent) -> None:
    assert call(called, "1").fate is C.RECORDED
    assert states(called) == [PushState.INTERESTED, PushState.DELIVERED]
    assert called.push(0, 1).counts_toward_quota
    with called.database.reading() as session:
        now = called.database.clock.now()
        given = ServiceRecordRepository(session).between(now, now + timedelta(days=1))
        assert [row.kind for row in given] == [ServiceKind.RECOMMENDATION] * 2
        assert session.get_one(WorkerRow, worker_id(0)).last_contact_at == now
    assert call(called, "1").fate is C.REPEATED


def test_a_call_that_reached_nobody_leaves_the_push_as_it_was(called: Sent) -> None:
    assert call(called, "没接").fate is C.NOT_REACHED
    assert call(called, "没接").fate is C.REPEATED
    with called.database.reading() as session:
        (tried,) = session.scalars(select(FollowUpRow))
        assert tried.next_due_at == called.database.clock.now() + timedelta(days=1)
    assert states(called) == [PushState.SENT, PushState.SENT]


def test_a_refusal_on_the_phone_needs_the_caseworkers_words(called: Sent) -> None:
    assert call(called, "拒绝").text == NO_NOTE
    assert states(called) == [PushState.SENT, PushState.SENT]
    assert call(called, "拒绝", "3月2日电话，本人说不去").fate is C.REFUSED
    assert states(called) == [PushState.DECLINED, PushState.DECLINED]
    assert called.push(0).confirmed_by == "王干部"
    assert call(called, "拒绝", "3月2日电话，本人说不去").fate is C.REPEATED


def test_what_cannot_be_read_is_asked_again(called: Sent) -> None:
    assert call(called, "想想再说").fate is C.TO_ASK_AGAIN
    assert owed(called) == ["电话结果没读懂：想想再说"]
    assert states(called) == [PushState.SENT, PushState.SENT]


def test_a_row_that_is_wrong_keeps_no_other_out(called: Sent) -> None:
    rows = [CallResult(1, "push:99:w:1", True), *parse_call_results([])]
    (bad,) = record_call_results(called.database, rows, called.office, actor="王干部")
    assert bad.fate is C.PROBLEM
    assert "行编号" in bad.text
    assert call(called, "2", "").fate is C.RECORDED
