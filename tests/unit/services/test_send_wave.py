"""Sending a wave: who gets what, what is checked again at that moment, and what takes the place of what died."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import push_world
import pytest
from push_world import (
    APPROVER,
    PLANNER,
    PlainJudge,
    build,
    message_key,
    plain_office,
    plan,
    posting_id,
    worker_id,
)
from sqlalchemy import update

from matcher.clock import FixedClock
from matcher.delivery.message import PushMessage
from matcher.domain.record_terms import BatchState, PersonProgress
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Literacy
from matcher.errors import Conflict
from matcher.services.sending import send_wave as module
from matcher.services.sending.batch_life import approve_batch, batch_status, stop_batch
from matcher.services.sending.push_terms import PushOffice
from matcher.services.sending.send_wave import send_wave
from matcher.store.database import Database
from matcher.store.identity import Identity
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.leases import LeaseRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow

SPARE = 8


def ready(database: Database, *, people: int = 1, wave_size: int = 500) -> int:
    """An approved batch over six planned and two spare postings."""
    batch_id = build(database, people=people, postings=6, wave_size=wave_size)
    with database.writing(PLANNER) as session:
        push_world.add_postings(session, range(6, SPARE))
    approve_batch(database, batch_id, approver=APPROVER)
    return batch_id


def planned(database: Database, chosen: dict[int, tuple[int, ...]], *, postings: int = SPARE, **headcount: int) -> int:
    """An approved batch with exactly these pushes."""
    with database.writing(PLANNER) as session:
        push_world.add_people(session, list(chosen))
        push_world.add_postings(session, range(postings), **headcount)
        batch_id = plan(session, chosen)
    approve_batch(database, batch_id, approver=APPROVER)
    return batch_id


def pushes(database: Database, batch_id: int, person: int = 0) -> list[PushRow]:
    with database.reading() as session:
        return PushRepository(session).of_person(batch_id, worker_id(person))


def message(database: Database, batch_id: int, person: int = 0, number: int = 1) -> PushMessage:
    with database.reading() as session:
        rows = OutboxRepository(session).of_person(batch_id, worker_id(person))
        return PushMessage.from_json(rows[number - 1].payload)


def progress(database: Database, batch_id: int, person: int = 0) -> PersonProgress:
    with database.reading() as session:
        row = PushBatchRepository(session).person(batch_id, worker_id(person))
        assert row is not None
        return row.progress


def judge_of(office: PushOffice) -> PlainJudge:
    assert isinstance(office.judge, PlainJudge)
    return office.judge


def test_everybody_of_the_wave_gets_one_message_with_their_postings(database: Database) -> None:
    batch_id = ready(database, people=3)
    result = send_wave(database, batch_id, plain_office())
    assert (result.people, result.messages, result.waiting) == ({PersonProgress.SENT: 3}, 3, 0)
    sent = message(database, batch_id, person=1)
    assert [item.posting_id for item in sent.items] == [posting_id(2), posting_id(3)]
    assert sent.message_id == message_key(database, batch_id, 1)
    assert worker_id(1) not in sent.message_id  # it goes to the SMS operator
    assert sent.items[0].reason == "走路12分钟"
    assert sent.answer_url.startswith("https://")


def test_a_queued_push_is_still_to_be_sent_and_says_so_in_its_events(database: Database) -> None:
    batch_id = ready(database)
    send_wave(database, batch_id, plain_office())
    push = pushes(database, batch_id)[0]
    assert push.state is PushState.PENDING
    with database.reading() as session:
        last = PushRepository(session).events(push.id)[-1]
    assert (last.state, last.via, last.reason) == (PushState.PENDING, Channel.SMS, "已进入待发队列")


def test_waves_come_one_at_a_time_and_a_limit_cuts_one_short(database: Database) -> None:
    batch_id = ready(database, people=5, wave_size=2)
    assert send_wave(database, batch_id, plain_office()).waiting == 3
    assert send_wave(database, batch_id, plain_office(), limit=1).waiting == 2
    result = send_wave(database, batch_id, plain_office(), wave=9)
    assert (result.messages, result.waiting) == (2, 0)


def test_sending_again_sends_nothing_twice(database: Database) -> None:
    batch_id = ready(database, people=3)
    send_wave(database, batch_id, plain_office())
    again = send_wave(database, batch_id, plain_office())
    assert (again.messages, again.people.total()) == (0, 0)
    assert batch_status(database, batch_id).messages.keys() == {"pending"}
    assert sum(batch_status(database, batch_id).messages.values()) == 3


@pytest.mark.parametrize("state", [BatchState.DRAFT, BatchState.STOPPED, BatchState.DONE, BatchState.CANCELLED])
def test_a_batch_that_may_not_be_sent_says_why(database: Database, state: BatchState) -> None:
    batch_id = build(database)
    with database.writing("test") as session:
        PushBatchRepository(session).get(batch_id).state = state
    with pytest.raises(Conflict, match="不能"):
        send_wave(database, batch_id, plain_office())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: PostingRepository(s).set_headcount_left(posting_id(0), 0), "岗位已招满"),
        (lambda s: PostingRepository(s).set_states([posting_id(0)], publish_state="withdrawn"), "岗位不在发布中"),
    ],
)
def test_a_posting_that_died_since_planning_is_voided_and_replaced_at_once(
    database: Database, change: object, reason: str
) -> None:
    batch_id = ready(database)
    with database.writing("test") as session:
        change(session)  # type: ignore[operator]
    result = send_wave(database, batch_id, plain_office(SPARE))
    assert (result.voided, result.replaced) == ({reason: 1}, 1)
    dead, kept, new = pushes(database, batch_id)
    assert (dead.state, kept.state, new.state) == (PushState.VOID, PushState.PENDING, PushState.PENDING)
    assert (new.replaces_id, new.position, new.posting_id) == (dead.id, 2, posting_id(2))
    assert {item.posting_id for item in message(database, batch_id).items} == {posting_id(1), posting_id(2)}


def test_a_posting_the_person_may_no_longer_be_offered_is_replaced(database: Database) -> None:
    batch_id, office = ready(database), plain_office(SPARE)
    judge_of(office).unfit |= {posting_id(1), posting_id(2)}
    result = send_wave(database, batch_id, office)
    assert result.voided == {"已不符合本人条件": 1}
    assert pushes(database, batch_id)[-1].posting_id == posting_id(3)


def test_alternatives_are_looked_for_only_when_something_died_and_outside_of_the_transaction(
    database: Database,
) -> None:
    batch_id, office = ready(database, people=2), plain_office(SPARE)

    class Looking(PlainJudge):
        def alternatives(self, worker, now):  # type: ignore[no-untyped-def]
            with database.writing("somebody else") as session:
                ConsentRepository(session).is_live(worker.worker_id, ConsentPurpose.CONTACT)
            return super().alternatives(worker, now)

    looking = replace(office, judge=Looking(SPARE))
    push_world.withdraw_posting(database, 0)
    send_wave(database, batch_id, looking)
    assert judge_of(looking).asked == 1


def test_a_replacement_is_new_to_the_person_and_not_full(database: Database) -> None:
    batch_id = planned(database, {0: (0, 1), 1: (2, 3)}, headcount=1)
    with database.writing(PLANNER) as session:
        before = plan(session, {0: (4,)})
        PushBatchRepository(session).get(before).state = BatchState.STOPPED
        (pushed,) = PushRepository(session).of_person(before, worker_id(0))
        pushed.sent_at = session.now()
        pushed.state = PushState.UNSUITABLE
    push_world.withdraw_posting(database, 0)
    send_wave(database, batch_id, plain_office(SPARE, referral_ratio=1.0))
    # 1 is theirs already, 2 and 3 are full with the other person, 4 was pushed to them lately
    assert pushes(database, batch_id)[-1].posting_id == posting_id(5)


def test_a_replacement_is_of_another_employer_than_those_the_person_keeps(database: Database) -> None:
    with database.writing(PLANNER) as session:
        push_world.add_people(session, [0])
        push_world.add_postings(session, [0])
        push_world.add_postings(session, [1, 2, 3], employer="样例大厂")
        push_world.add_postings(session, [4])
        batch_id = plan(session, {0: (0, 1)})
    approve_batch(database, batch_id, approver=APPROVER)
    push_world.withdraw_posting(database, 0)
    send_wave(database, batch_id, plain_office(5))
    assert pushes(database, batch_id)[-1].posting_id == posting_id(4)


def test_two_replacements_are_of_two_employers(database: Database) -> None:
    with database.writing(PLANNER) as session:
        push_world.add_people(session, [0])
        push_world.add_postings(session, [0, 1])
        push_world.add_postings(session, [2, 3], employer="样例大厂")
        push_world.add_postings(session, [4])
        batch_id = plan(session, {0: (0, 1)})
    approve_batch(database, batch_id, approver=APPROVER)
    push_world.withdraw_posting(database, 0, 1)
    send_wave(database, batch_id, plain_office(5))
    assert [push.posting_id for push in pushes(database, batch_id)[2:]] == [posting_id(2), posting_id(4)]


def test_a_replacement_is_of_no_employer_that_has_heard_from_as_many_people_as_it_wants_to(
    database: Database,
) -> None:
    batch_id = planned(database, {0: (0, 1), 1: (2,)})
    with database.writing(PLANNER) as session:
        EmployerRepository(session).save("e1", {"name": "样例单位", "contacts_per_day": 1})
        mine = PostingRow.posting_id.in_([posting_id(2), posting_id(3)])
        session.execute(update(PostingRow).where(mine).values(employer_id="e1"))
    push_world.withdraw_posting(database, 0)
    send_wave(database, batch_id, plain_office(6))
    # 1 is theirs already; 2 is about to be sent to the other person, and 3 is of the same employer
    assert pushes(database, batch_id)[-1].posting_id == posting_id(4)


def test_when_nothing_is_left_the_person_is_named_with_what_is_missing(database: Database) -> None:
    batch_id = ready(database)
    push_world.withdraw_posting(database, *range(SPARE))
    result = send_wave(database, batch_id, plain_office(SPARE))
    assert result.people == {PersonProgress.NOTHING_LEFT: 1}
    with database.reading() as session:
        short = PushBatchRepository(session).shortfall(batch_id, worker_id(0))
    assert short is not None
    assert (short.found, short.missing, short.cause) == (0, 2, "nothing_left")


def test_one_posting_that_is_left_goes_out_and_the_other_is_a_shortfall(database: Database) -> None:
    batch_id = ready(database)
    push_world.withdraw_posting(database, 0, *range(2, SPARE))
    send_wave(database, batch_id, plain_office(SPARE))
    assert [item.posting_id for item in message(database, batch_id).items] == [posting_id(1)]
    assert progress(database, batch_id) is PersonProgress.SENT
    with database.reading() as session:
        short = PushBatchRepository(session).shortfall(batch_id, worker_id(0))
    assert short is not None
    assert (short.found, short.missing) == (1, 1)


def test_places_that_shrank_since_planning_go_to_the_pushes_made_first(database: Database) -> None:
    batch_id = planned(database, dict.fromkeys(range(4), (0,)), postings=1)
    with database.writing("test") as session:
        PostingRepository(session).set_headcount_left(posting_id(0), 2)
    result = send_wave(database, batch_id, plain_office(0, referral_ratio=1.0))
    assert result.voided == {"名额已满": 2}
    assert [progress(database, batch_id, n) for n in range(4)] == [
        PersonProgress.SENT,
        PersonProgress.SENT,
        PersonProgress.NOTHING_LEFT,
        PersonProgress.NOTHING_LEFT,
    ]


def test_a_draft_takes_up_no_place_of_a_batch_that_is_sent(database: Database) -> None:
    with database.writing(PLANNER) as session:
        push_world.add_people(session, range(2))
        push_world.add_postings(session, range(1), headcount=1)
        plan(session, {0: (0,)})
        batch_id = plan(session, {1: (0,)})
    approve_batch(database, batch_id, approver=APPROVER)
    assert send_wave(database, batch_id, plain_office(0, referral_ratio=1.0)).voided == {}


def test_a_batch_keeps_to_the_ratio_it_was_planned_with(database: Database) -> None:
    batch_id = planned(database, dict.fromkeys(range(4), (0,)), postings=1, headcount=1)
    with database.writing("test") as session:
        PushBatchRepository(session).get(batch_id).policy = {"referral_ratio": 4.0}
    assert send_wave(database, batch_id, plain_office(0, referral_ratio=1.0)).voided == {}


def test_a_posting_another_batch_sent_meanwhile_is_not_sent_again(database: Database, clock: FixedClock) -> None:
    first = planned(database, {0: (0, 1)})
    with database.writing(PLANNER) as session:
        second = plan(session, {0: (0, 2)})
        for push in PushRepository(session).of_person(first, worker_id(0)):
            push.sent_at, push.state = session.now(), PushState.SENT
    approve_batch(database, second, approver=APPROVER)
    result = send_wave(database, second, plain_office(SPARE))
    assert result.voided == {"30 天内已推过": 1}
    with database.writing(PLANNER) as session:
        third = plan(session, {0: (0,)})
    approve_batch(database, third, approver=APPROVER)
    clock.at += timedelta(days=31)
    assert send_wave(database, third, plain_office(SPARE)).voided == {}


def test_who_took_back_the_consent_to_matching_gets_nothing(database: Database) -> None:
    batch_id = ready(database)
    with database.writing("test") as session:
        ConsentRepository(session).withdraw(worker_id(0), ConsentPurpose.MATCHING)
    result = send_wave(database, batch_id, plain_office())
    assert result.people == {PersonProgress.WITHDRAWN: 1}
    assert {push.state for push in pushes(database, batch_id)} == {PushState.VOID}
    assert batch_status(database, batch_id).messages == {}


def test_who_left_matching_gets_nothing(database: Database) -> None:
    batch_id = ready(database)
    with database.writing("test") as session:
        WorkerRepository(session).withdraw([worker_id(0)])
    assert send_wave(database, batch_id, plain_office()).people == {PersonProgress.WITHDRAWN: 1}


@pytest.mark.parametrize(("asked", "reason"), [(True, "未同意联系"), (False, "是否同意联系不明")])
def test_who_did_not_agree_to_be_contacted_gets_nothing_and_the_reason_is_named(
    database: Database, asked: bool, reason: str
) -> None:
    matching = push_world.consent(ConsentPurpose.MATCHING)
    with database.writing(PLANNER) as session:
        push_world.add_people(session, [0], consents=(matching,))
        push_world.add_postings(session, range(2))
        batch_id = plan(session, {0: (0, 1)})
        if asked:
            consents = ConsentRepository(session)
            consents.grant(worker_id(0), push_world.consent(ConsentPurpose.CONTACT))
            consents.withdraw(worker_id(0), ConsentPurpose.CONTACT)
    approve_batch(database, batch_id, approver=APPROVER)
    result = send_wave(database, batch_id, plain_office())
    assert result.people == {PersonProgress.NO_CONTACT: 1}
    assert result.voided == {reason: 2}


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({"identity": Identity(name="样例甲")}, Channel.LETTER),
        ({"identity": Identity(name="样例甲"), "worker": Worker("w00000", place=None)}, Channel.VISIT),
        ({"extra": {"literacy": Literacy.NONE}}, Channel.PHONE),
        ({"extra": {"no_phone": True}}, Channel.LETTER),
    ],
)
def test_without_phone_or_reading_another_way_is_taken(
    database: Database, changes: dict[str, object], channel: Channel
) -> None:
    with database.writing(PLANNER) as session:
        push_world.add_people(session, [0], **changes)
        push_world.add_postings(session, range(2))
        batch_id = plan(session, {0: (0, 1)})
    approve_batch(database, batch_id, approver=APPROVER)
    send_wave(database, batch_id, plain_office())
    assert message(database, batch_id).channel is channel


def test_a_worker_without_region_is_served_like_anybody(database: Database) -> None:
    with database.writing(PLANNER) as session:
        push_world.add_people(session, [0], worker=Worker("w00000", place=Place("")))
        push_world.add_postings(session, range(2))
        batch_id = plan(session, {0: (0, 1)})
    approve_batch(database, batch_id, approver=APPROVER)
    assert send_wave(database, batch_id, plain_office()).people == {PersonProgress.SENT: 1}


def test_a_person_for_whom_nothing_was_planned_ends_with_nothing_and_keeps_their_shortfall(
    database: Database,
) -> None:
    batch_id = planned(database, {0: ()})
    with database.writing("test") as session:
        PushBatchRepository(session).note_shortfall(batch_id, worker_id(0), found=0, missing=2, cause="crowded")
    assert send_wave(database, batch_id, plain_office(SPARE)).people == {PersonProgress.NOTHING_LEFT: 1}
    with database.reading() as session:
        short = PushBatchRepository(session).shortfall(batch_id, worker_id(0))
    assert short is not None
    assert short.cause == "crowded"


def test_a_second_sender_leaves_quietly_while_one_works(database: Database) -> None:
    batch_id = ready(database)
    with database.writing("other") as session:
        LeaseRepository(session).take("push-send", "other", seconds=60)
    assert send_wave(database, batch_id, plain_office()).busy
    assert progress(database, batch_id) is PersonProgress.WAITING


def test_a_sender_that_was_overtaken_commits_nothing_more(database: Database, clock: FixedClock) -> None:
    batch_id = ready(database, people=3)
    waiting = overtaken_after_first(database, clock, batch_id)
    assert waiting == 2


def test_that_test_sees_a_fence_that_is_not_checked(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LeaseRepository, "hold", lambda self, lease: None)
    batch_id = ready(database, people=3)
    with pytest.raises(pytest.fail.Exception):
        overtaken_after_first(database, clock, batch_id)


def overtaken_after_first(database: Database, clock: FixedClock, batch_id: int) -> int:
    """How many people wait after a sender lost its lease behind the first of them."""

    def lose(done: int, total: int) -> None:
        clock.at += timedelta(hours=1)
        with database.writing("other") as session:
            LeaseRepository(session).take("push-send", "other", seconds=9_999)

    with pytest.raises(Conflict, match="另一个进程"):
        send_wave(database, batch_id, plain_office(), progress=lose)
    with database.reading() as session:
        return PushBatchRepository(session).progress_counts(batch_id)[PersonProgress.WAITING]


def test_a_stop_in_the_middle_of_a_wave_ends_it(database: Database) -> None:
    batch_id = ready(database, people=3)

    def stop(done: int, total: int) -> None:
        if done == 1:
            stop_batch(database, batch_id, actor=APPROVER, reason="样例")

    result = send_wave(database, batch_id, plain_office(), progress=stop)
    assert (result.stopped, result.messages, result.waiting) == (True, 1, 0)


def test_a_person_somebody_else_handled_meanwhile_is_left_alone(database: Database) -> None:
    batch_id = ready(database, people=2)

    def handle(done: int, total: int) -> None:
        with database.writing("other") as session:
            batches = PushBatchRepository(session)
            person = batches.person(batch_id, worker_id(1))
            assert person is not None
            batches.set_progress(person, PersonProgress.WITHDRAWN)

    result = send_wave(database, batch_id, plain_office(), progress=handle)
    assert (result.messages, result.people) == (1, {PersonProgress.SENT: 1})
    assert progress(database, batch_id, 1) is PersonProgress.WITHDRAWN


def test_a_failure_in_the_middle_leaves_the_person_as_they_were(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = ready(database)
    push_world.withdraw_posting(database, 0)

    def broken(*args: object, **named: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(module, "queue_message", broken)
        with pytest.raises(RuntimeError):
            send_wave(database, batch_id, plain_office(SPARE))
    assert [push.state for push in pushes(database, batch_id)] == [PushState.PENDING] * 2
    assert progress(database, batch_id) is PersonProgress.WAITING
    assert send_wave(database, batch_id, plain_office(SPARE)).messages == 1
