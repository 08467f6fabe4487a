"""Answers over a link: what is shown, what an answer does, and what is never told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sent_batch import Sent, posting_id, send

from matcher.clock import FixedClock
from matcher.delivery.links import DEAD_LINK, LinkScope
from matcher.delivery.offer import AnswerChoice, OfferView
from matcher.domain.service_terms import Channel, FollowUpKind, PushState, ResponseReason
from matcher.errors import Conflict, Forbidden, InvalidInput, NotFound
from matcher.services.care.push_answering import (
    CALL_WANTED,
    GONE,
    OBJECTED,
    contest_refusal,
    record_refusal,
    reopen_refusal,
)
from matcher.services.care.push_answers import offer, take_answer
from matcher.store.database import Database
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.workers import WorkerRepository
from tests.push_world import withdraw_posting, worker_id

YES, NO, CALL = AnswerChoice.INTERESTED, AnswerChoice.UNSUITABLE, AnswerChoice.CALL_ME


@pytest.fixture
def sent(database: Database) -> Sent:
    return send(database)


def view(sent: Sent, **token: object) -> OfferView:
    return offer(sent.database, sent.token(**token))  # type: ignore[arg-type]


def choose(
    sent: Sent, choice: AnswerChoice, number: int | None = 1, reason: ResponseReason | None = None
) -> None:
    take_answer(sent.database, sent.token(), choice, reason, number, sent.office)


def events(sent: Sent, place: int = 0) -> list[PushState]:
    with sent.database.reading() as session:
        return [event.state for event in PushRepository(session).events(sent.push_id(0, place))]


def owed(sent: Sent) -> list[str | None]:
    with sent.database.reading() as session:
        return [row.result for row in FollowUpRepository(session).open_of(worker_id(0))]


def test_the_page_shows_both_postings_as_they_stand_and_nobody(sent: Sent) -> None:
    shown = view(sent)
    assert [item.number for item in shown.items] == [1, 2]
    assert [item.shown.title for item in shown.items if item.shown] == ["样例岗位0", "样例岗位1"]
    assert not [word for word in ("样甲", "13900000000", "w00000", "样例村") if word in repr(shown)]


def test_looking_changes_nothing(sent: Sent) -> None:
    before = events(sent)
    view(sent)
    assert events(sent) == before
    assert sent.push(0).read_at is None


def test_a_link_to_one_posting_shows_that_one(sent: Sent) -> None:
    shown = view(sent, scope=LinkScope.PUSH, place=1)
    assert [item.number for item in shown.items] == [2]


def test_nothing_is_told_of_a_posting_that_is_gone(sent: Sent) -> None:
    withdraw_posting(sent.database, 0)
    first, second = view(sent).items
    assert first.shown is None
    assert second.shown is not None


def test_the_page_reads_the_posting_afresh(sent: Sent) -> None:
    with sent.database.writing("样例丙") as session:
        PostingRepository(session).set_headcount_left(posting_id(0), 1)
    shown = view(sent).items[0].shown
    assert shown is not None
    assert shown.headcount_left == 1


def test_wanting_to_go_is_written_down_with_its_arrival(sent: Sent) -> None:
    assert sent.push(0).state is PushState.SENT
    choose(sent, YES)
    push = sent.push(0)
    assert (push.state, push.responded_via, push.counts_toward_quota) == (
        PushState.INTERESTED, Channel.SMS, True
    )  # fmt: skip
    assert push.delivered_at == push.responded_at == sent.database.clock.now()
    assert events(sent)[-2:] == [PushState.DELIVERED, PushState.INTERESTED]
    assert view(sent).items[0].choice is YES
    assert sent.push(0, 1).state is PushState.SENT


def test_the_same_answer_again_changes_nothing(sent: Sent) -> None:
    choose(sent, NO, reason=ResponseReason.TOO_FAR)
    before = events(sent)
    choose(sent, NO, reason=ResponseReason.TOO_FAR)
    assert events(sent) == before


def test_an_answer_can_be_changed_and_its_reason_corrected(sent: Sent) -> None:
    choose(sent, NO, reason=ResponseReason.TOO_FAR)
    choose(sent, NO, reason=ResponseReason.LOW_PAY)
    assert sent.push(0).response_reason is ResponseReason.LOW_PAY
    choose(sent, YES)
    assert (sent.push(0).state, sent.push(0).response_reason) == (PushState.INTERESTED, None)


def test_not_suiting_is_never_a_refusal(sent: Sent) -> None:
    choose(sent, NO, reason=ResponseReason.NOT_GENUINE)
    assert PushState.DECLINED not in events(sent)


def test_nobody_can_want_a_posting_that_went_meanwhile(sent: Sent) -> None:
    withdraw_posting(sent.database, 0)
    with pytest.raises(Conflict, match=GONE):
        choose(sent, YES)
    assert sent.push(0).state is PushState.SENT


def test_an_answer_to_a_push_taken_back_gets_a_sentence(sent: Sent) -> None:
    sent.move(0, 0, PushState.VOID)
    assert view(sent).items[0].shown is None
    for choice in (YES, NO):
        with pytest.raises(Conflict, match=GONE):
            choose(sent, choice)


def test_a_late_answer_to_a_push_counted_as_unanswered_is_taken(sent: Sent) -> None:
    sent.move(0, 0, PushState.DELIVERED, PushState.UNANSWERED)
    choose(sent, YES)
    assert sent.push(0).state is PushState.INTERESTED


def test_asking_for_a_call_owes_one_contact(sent: Sent) -> None:
    choose(sent, CALL, number=None)
    choose(sent, CALL, number=None)
    assert owed(sent) == [CALL_WANTED]
    assert view(sent).call_wanted
    with sent.database.reading() as session:
        (row,) = FollowUpRepository(session).open_of(worker_id(0))
    assert (row.kind, row.due_at) == (FollowUpKind.PUSH, sent.database.clock.now())


@pytest.mark.parametrize("number", [None, 0, 3, 9])
def test_a_posting_must_be_named_where_there_are_two(sent: Sent, number: int | None) -> None:
    with pytest.raises(InvalidInput, match="选一个岗位"):
        choose(sent, YES, number=number)


def test_a_dead_link_is_one_and_the_same_whatever_is_wrong(sent: Sent, clock: FixedClock) -> None:
    good = sent.token()
    foreign = sent.links.token(LinkScope.MESSAGE, sent.batch_id + 1, 1, now=clock.now())
    nobody = sent.links.token(LinkScope.MESSAGE, sent.batch_id, 999, now=clock.now())
    for token in (good[:-1] + ("A" if good[-1] != "A" else "B"), foreign, nobody, "", "x" * 500, "中文"):
        with pytest.raises(NotFound, match=DEAD_LINK):
            offer(sent.database, token)
    clock.at += timedelta(days=40)
    with pytest.raises(NotFound, match=DEAD_LINK):
        take_answer(sent.database, good, YES, None, 1, sent.office)


def test_the_link_of_somebody_who_withdrew_opens_nothing(sent: Sent) -> None:
    with sent.database.writing("样例丙") as session:
        WorkerRepository(session).withdraw([worker_id(0)])
    with pytest.raises(NotFound, match=DEAD_LINK):
        view(sent)


def test_only_a_caseworker_records_a_refusal_and_with_a_note(sent: Sent) -> None:
    sent.move(0, 0, PushState.DELIVERED)
    with pytest.raises(InvalidInput, match="写明经过"):
        record_refusal(sent.database, 1, " ", actor="王干部")
    record_refusal(sent.database, 1, "3月2日电话，本人说不去", actor="王干部")
    push = sent.push(0)
    assert (push.state, push.confirmed_by, push.refusal_note) == (
        PushState.DECLINED, "王干部", "3月2日电话，本人说不去"
    )  # fmt: skip
    with pytest.raises(NotFound, match="99"):
        record_refusal(sent.database, 99, "样例", actor="王干部")


def test_a_push_that_never_arrived_cannot_be_refused(sent: Sent) -> None:
    sent.move(0, 0, PushState.FAILED)
    with pytest.raises(Conflict, match="失败"):
        record_refusal(sent.database, 1, "样例", actor="王干部")


def test_a_persons_own_yes_against_a_refusal_is_kept_as_an_objection(sent: Sent) -> None:
    sent.move(0, 0, PushState.DELIVERED)
    record_refusal(sent.database, 1, "样例经过", actor="王干部")
    with pytest.raises(Conflict, match=OBJECTED):
        choose(sent, YES)
    assert sent.push(0).contested_at == sent.database.clock.now()
    assert owed(sent) == ["本人对拒绝记录有异议，请联系核实"]
    reopen_refusal(sent.database, 1, PushState.INTERESTED, actor="王干部")
    assert sent.push(0).state is PushState.INTERESTED


def test_a_refusal_nobody_objected_to_is_not_taken_back(sent: Sent) -> None:
    sent.move(0, 0, PushState.DELIVERED)
    record_refusal(sent.database, 1, "样例经过", actor="王干部")
    with pytest.raises((Conflict, Forbidden)):
        reopen_refusal(sent.database, 1, PushState.UNANSWERED, actor="王干部")
    contest_refusal(sent.database, 1)
    contest_refusal(sent.database, 1)
    assert len(owed(sent)) == 1
    reopen_refusal(sent.database, 1, PushState.UNANSWERED, actor="王干部")
    with pytest.raises(Conflict, match="没有拒绝记录"):
        contest_refusal(sent.database, 1)
