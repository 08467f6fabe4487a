"""Handing messages over: what is checked at that moment, what each answer means, and what nothing can confuse."""

from __future__ import annotations

from datetime import timedelta

import push_world
import pytest
from push_world import APPROVER, PLANNER, Recorder, build, message_key, plain_office, posting_id, worker_id

from matcher.clock import FixedClock
from matcher.delivery.channels import Failure, Outcome, Parcel, Receipt
from matcher.delivery.message import PushMessage
from matcher.domain.record_terms import OutboxState, PersonProgress
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.errors import Conflict
from matcher.services.sending.batch_life import approve_batch, batch_status
from matcher.services.sending.deliver_outbox import DeliveryResult, Way, deliver_outbox
from matcher.services.sending.push_receipts import record_receipts
from matcher.services.sending.send_batch import send_batch
from matcher.services.sending.send_wave import send_wave
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.contacts import ContactRepository
from matcher.store.repositories.leases import LeaseRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import OutboxRow

OFFICE = plain_office(6)


def queued(database: Database, people: int = 1) -> int:
    batch_id = build(database, people=people)
    approve_batch(database, batch_id, approver=APPROVER)
    send_wave(database, batch_id, OFFICE)
    return batch_id


def hand_over(database: Database, channel: object, **way: bool) -> DeliveryResult:
    return deliver_outbox(database, {Channel.SMS: Way(lambda _: channel, **way)}, OFFICE)  # type: ignore[arg-type, return-value]


def pushes(database: Database, batch_id: int, person: int = 0) -> list[PushRow]:
    with database.reading() as session:
        return PushRepository(session).of_person(batch_id, worker_id(person))


def row(database: Database, batch_id: int, person: int = 0) -> OutboxRow:
    with database.reading() as session:
        return OutboxRepository(session).of_person(batch_id, worker_id(person))[0]


def test_a_message_the_channel_took_is_sent_and_no_more(database: Database) -> None:
    batch_id = queued(database)
    assert hand_over(database, Recorder()).sent == 1
    assert {push.state for push in pushes(database, batch_id)} == {PushState.SENT}
    assert not any(push.counts_toward_quota for push in pushes(database, batch_id))
    assert row(database, batch_id).state is OutboxState.SENT


def test_the_channel_gets_name_and_phone_and_the_log_notes_for_how_many(database: Database) -> None:
    queued(database, people=2)
    channel = Recorder()
    hand_over(database, channel)
    assert {parcel.recipient.phone for parcel in channel.given} == {push_world.PHONE}
    assert "样例" not in repr(channel.given)
    with database.reading() as session:
        assert AuditRepository(session).verify().intact
        details = session.connection().exec_driver_sql(
            "SELECT details FROM audit_log WHERE action = 'hand_over_messages'"
        )
        assert '"messages":2' in details.scalar_one()


def test_what_was_delivered_counts(database: Database) -> None:
    batch_id = queued(database)
    hand_over(database, Recorder(Outcome.DELIVERED))
    delivered = pushes(database, batch_id)
    assert {push.state for push in delivered} == {PushState.DELIVERED}
    assert all(push.counts_toward_quota and push.sent_at for push in delivered)
    assert batch_status(database, batch_id).served == 1


def test_what_was_delivered_after_its_posting_died_does_not_count(database: Database) -> None:
    batch_id = queued(database)
    hand_over(database, Recorder())
    push_world.withdraw_posting(database, 0)
    record_receipts(database, [Receipt(message_key(database, batch_id), Outcome.DELIVERED)], OFFICE)
    assert [push.counts_toward_quota for push in pushes(database, batch_id)] == [False, True]


def test_what_was_delivered_to_somebody_it_no_longer_fits_does_not_count(database: Database) -> None:
    batch_id, office = queued(database), plain_office()
    hand_over(database, Recorder())
    office.judge.unfit.add(posting_id(1))  # type: ignore[attr-defined]
    record_receipts(database, [Receipt(message_key(database, batch_id), Outcome.DELIVERED)], office)
    assert [push.counts_toward_quota for push in pushes(database, batch_id)] == [True, False]


def test_a_final_refusal_names_the_reason_and_the_wrong_number_is_not_used_again(database: Database) -> None:
    batch_id = queued(database)
    answer = Receipt(message_key(database, batch_id), Outcome.FAILED, Failure.EMPTY_NUMBER)
    result = hand_over(database, Recorder(by_id={message_key(database, batch_id): answer}))
    assert result.failed == {"空号": 1}
    assert [(push.state, push.failure) for push in pushes(database, batch_id)] == [(PushState.FAILED, "空号")] * 2
    assert row(database, batch_id).state is OutboxState.DEAD
    with database.reading() as session:
        assert not ContactRepository(session).reachability(worker_id(0)).has_phone


@pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.UNKNOWN])
def test_what_is_not_known_to_have_left_stays_pending_with_the_reason_and_is_tried_again(
    database: Database, clock: FixedClock, outcome: Outcome
) -> None:
    batch_id = queued(database)
    key = message_key(database, batch_id)
    channel = Recorder(by_id={key: Receipt(key, outcome, note="短信网关答复 500")})
    result = hand_over(database, channel)
    assert result.waiting == {"短信网关答复 500": 1}
    assert {push.state for push in pushes(database, batch_id)} == {PushState.PENDING}
    assert batch_status(database, batch_id).troubles == {"短信网关答复 500": 1}
    assert hand_over(database, channel).handled == 0
    clock.at += timedelta(minutes=2)
    assert hand_over(database, Recorder()).sent == 1


def test_a_gateway_that_names_its_time_is_not_asked_before(database: Database, clock: FixedClock) -> None:
    batch_id = queued(database)
    busy = Receipt(message_key(database, batch_id), Outcome.NOT_SENT, note="忙", retry_after_s=3_600)
    hand_over(database, Recorder(by_id={message_key(database, batch_id): busy}))
    clock.at += timedelta(minutes=30)
    assert hand_over(database, Recorder()).handled == 0


def test_after_enough_attempts_a_message_is_dead_with_a_reason_people_can_read(
    database: Database, clock: FixedClock
) -> None:
    batch_id = queued(database)
    for _ in range(OFFICE.terms.most_attempts):
        hand_over(database, Recorder(Outcome.UNKNOWN))
        clock.at += timedelta(days=1)
    assert row(database, batch_id).state is OutboxState.DEAD
    assert "送达结果不明" in (row(database, batch_id).failure or "")
    assert {push.state for push in pushes(database, batch_id)} == {PushState.FAILED}
    record_receipts(database, [Receipt(message_key(database, batch_id), Outcome.DELIVERED)], OFFICE)
    assert {push.state for push in pushes(database, batch_id)} == {PushState.DELIVERED}


class Silent(Recorder):
    def deliver(self, parcels: list[Parcel]) -> list[Receipt]:  # type: ignore[override]
        return []


class Lying(Recorder):
    """Says that another message was delivered, twice."""

    def deliver(self, parcels: list[Parcel]) -> list[Receipt]:  # type: ignore[override]
        return [Receipt("push:1:nobody:1", Outcome.DELIVERED)] * 2


class Broken(Recorder):
    def deliver(self, parcels: list[Parcel]) -> list[Receipt]:  # type: ignore[override]
        raise TimeoutError("13800001234")


@pytest.mark.parametrize(
    ("channel", "reason"), [(Silent(), "没有给出"), (Lying(), "没有给出"), (Broken(), "通道出错（TimeoutError）")]
)
def test_a_channel_that_is_silent_lies_or_breaks_leaves_the_message_pending(
    database: Database, capsys: pytest.CaptureFixture[str], channel: Recorder, reason: str
) -> None:
    batch_id = queued(database)
    hand_over(database, channel)
    assert {push.state for push in pushes(database, batch_id)} == {PushState.PENDING}
    assert reason in (row(database, batch_id).failure or "")
    assert push_world.PHONE not in capsys.readouterr().out


def test_a_posting_that_died_in_the_outbox_is_taken_out_and_filled_by_the_next_round(database: Database) -> None:
    batch_id = queued(database)
    push_world.withdraw_posting(database, 0)
    channel = Recorder()
    result = hand_over(database, channel)
    assert result.voided == {"岗位不在发布中": 1}
    assert [[i.posting_id for i in parcel.message.items] for parcel in channel.given] == [[posting_id(1)]]
    assert send_wave(database, batch_id, OFFICE).replaced == 1
    hand_over(database, channel)
    assert [i.posting_id for i in channel.given[1].message.items] == [posting_id(2)]
    assert channel.given[1].message.message_id.endswith(":2")


def test_a_message_whose_postings_all_died_is_taken_back(database: Database) -> None:
    batch_id = queued(database)
    push_world.withdraw_posting(database, 0, 1)
    channel = Recorder()
    assert hand_over(database, channel).taken_back == {"岗位都已失效": 1}
    assert channel.given == []
    assert batch_status(database, batch_id).people == {PersonProgress.WAITING: 1}


def test_one_call_queues_hands_over_and_fills(database: Database) -> None:
    batch_id = build(database, people=2)
    approve_batch(database, batch_id, approver=APPROVER)
    channel = Recorder()

    class DyingMeanwhile(Recorder):
        def deliver(self, parcels: list[Parcel]) -> list[Receipt]:  # type: ignore[override]
            return channel.deliver(parcels)

    def opened(claim: int) -> Recorder:
        return DyingMeanwhile()

    real_wave = send_wave(database, batch_id, OFFICE, limit=1)
    assert real_wave.messages == 1
    push_world.withdraw_posting(database, 0)
    result = send_batch(database, batch_id, OFFICE, {Channel.SMS: Way(opened)})  # type: ignore[arg-type]
    assert (result.delivery.sent, result.wave.waiting, result.wave.replaced) == (3, 0, 1)
    assert batch_status(database, batch_id).people == {PersonProgress.SENT: 2}
    assert result.to_json()["voided"] == {"岗位不在发布中": 1}


def test_who_took_back_the_consent_meanwhile_is_not_contacted(database: Database) -> None:
    batch_id = queued(database, people=2)
    with database.writing("test") as session:
        ConsentRepository(session).withdraw(worker_id(0), ConsentPurpose.CONTACT)
    channel = Recorder()
    result = hand_over(database, channel)
    assert [parcel.message.worker_id for parcel in channel.given] == [worker_id(1)]
    assert result.taken_back == {"本人已退出或不再同意联系": 1}
    assert {push.state for push in pushes(database, batch_id)} == {PushState.VOID}


def test_pushes_that_have_a_result_already_are_not_sent_any_more(database: Database) -> None:
    batch_id = queued(database)
    with database.writing("test") as session:
        for push in PushRepository(session).of_person(batch_id, worker_id(0)):
            PushRepository(session).change(push, PushState.DELIVERED)
    channel = Recorder()
    assert hand_over(database, channel).taken_back == {"这些岗位已经有了结果，不再发": 1}
    assert channel.given == []


def test_a_list_for_people_is_no_failed_attempt_and_comes_again_the_next_day(
    database: Database, clock: FixedClock
) -> None:
    batch_id = queued(database)
    for _ in range(20):
        hand_over(database, Recorder(Outcome.NOT_SENT), by_file=True, by_hand=True)
        clock.at += timedelta(days=1)
    assert (row(database, batch_id).state, row(database, batch_id).attempts) == (OutboxState.PENDING, 0)


def test_a_file_is_named_alike_when_its_outcome_was_never_written(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(database, people=3)
    names: list[tuple[int, int]] = []

    class Named(Recorder):
        claim = 0

        def deliver(self, parcels: list[Parcel]) -> list[Receipt]:  # type: ignore[override]
            names.append((self.claim, len(parcels)))
            return super().deliver(parcels)

    def opened(claim: int) -> Named:
        channel = Named()
        channel.claim = claim
        return channel

    way = {Channel.SMS: Way(opened, by_file=True)}  # type: ignore[arg-type]
    with monkeypatch.context() as patch:
        patch.setattr("matcher.services.sending.deliver_outbox.apply_receipt", _cut_short)
        with pytest.raises(KeyboardInterrupt):
            deliver_outbox(database, way, OFFICE)
    clock.at += timedelta(hours=1)
    deliver_outbox(database, way, OFFICE)
    assert names[0] == names[1]
    assert names[0][1] == 3


def _cut_short(*args: object, **named: object) -> bool:
    raise KeyboardInterrupt


def test_a_second_deliverer_leaves_quietly_while_one_works(database: Database) -> None:
    batch_id = queued(database)
    with database.writing("other") as session:
        LeaseRepository(session).take("push-deliver", "other", seconds=60)
    channel = Recorder()
    assert hand_over(database, channel).busy
    assert channel.given == []
    assert row(database, batch_id).fence is None


def test_an_overtaken_deliverer_writes_no_outcome(database: Database, clock: FixedClock) -> None:
    batch_id = queued(database)

    class Slow(Recorder):
        def deliver(self, parcels: list[Parcel]) -> list[Receipt]:  # type: ignore[override]
            clock.at += timedelta(hours=1)
            hand_over(database, Recorder(Outcome.NOT_SENT))
            return super().deliver(parcels)

    with pytest.raises(Conflict, match="另一个进程"):
        hand_over(database, Slow(Outcome.FAILED))
    assert {push.state for push in pushes(database, batch_id)} == {PushState.PENDING}
    assert (row(database, batch_id).state, row(database, batch_id).attempts) == (OutboxState.PENDING, 1)


def test_only_one_batch_and_only_so_many_are_handed_over_when_asked(database: Database) -> None:
    batch_id = queued(database, people=4)
    channel = Recorder()
    ways = {Channel.SMS: Way(lambda _: channel)}
    assert deliver_outbox(database, ways, OFFICE, batch_id=batch_id + 1).handled == 0
    assert deliver_outbox(database, ways, OFFICE, batch_id=batch_id, limit=3).sent == 3
    assert len(channel.given) == 3


def test_nobody_gets_more_messages_a_week_than_the_region_allows(
    database: Database, clock: FixedClock
) -> None:
    first = queued(database)
    with database.writing(PLANNER) as session:
        later = [push_world.plan(session, {0: chosen}) for chosen in ((2, 3), (4, 5))]
    for batch_id in later:
        approve_batch(database, batch_id, approver=APPROVER)
        send_wave(database, batch_id, OFFICE)
    channel = Recorder()
    result = hand_over(database, channel)
    assert (result.sent, result.waiting) == (2, {"7 天内已联系 2 次，到期再发": 1})
    assert hand_over(database, channel).handled == 0
    clock.at += timedelta(days=7, minutes=1)
    assert hand_over(database, channel).sent == 1
    batches = [parcel.message.batch_id for parcel in channel.given]
    assert sorted(batches) == sorted([first, *later])


def test_receipts_of_the_operator_are_taken_once_and_strangers_are_counted(database: Database) -> None:
    batch_id = queued(database, people=3)
    hand_over(database, Recorder())
    receipts = [
        Receipt(message_key(database, batch_id, 0), Outcome.DELIVERED),
        Receipt(message_key(database, batch_id, 1), Outcome.FAILED, Failure.SUSPENDED),
        Receipt("push:9:nobody:1", Outcome.DELIVERED),
        Receipt(message_key(database, batch_id, 2), Outcome.UNKNOWN),
    ]
    first = record_receipts(database, receipts, OFFICE)
    assert (first.delivered, first.failed, first.unknown, first.repeated) == (1, {"停机": 1}, 1, 1)
    again = record_receipts(database, receipts, OFFICE)
    assert (again.delivered, again.failed, again.repeated) == (0, {}, 3)
    assert {push.state for push in pushes(database, batch_id, 1)} == {PushState.FAILED}


def test_a_receipt_never_takes_back_an_answer(database: Database) -> None:
    batch_id = queued(database)
    hand_over(database, Recorder())
    with database.writing("test") as session:
        push = PushRepository(session).of_person(batch_id, worker_id(0))[0]
        PushRepository(session).change(push, PushState.INTERESTED)
    for outcome in (Outcome.DELIVERED, Outcome.FAILED):
        record_receipts(database, [Receipt(message_key(database, batch_id), outcome)], OFFICE)
    assert pushes(database, batch_id)[0].state is PushState.INTERESTED


def test_a_delivery_receipt_settles_a_message_whose_sending_was_in_doubt(database: Database) -> None:
    batch_id = queued(database)
    hand_over(database, Recorder(Outcome.UNKNOWN))
    record_receipts(database, [Receipt(message_key(database, batch_id), Outcome.DELIVERED)], OFFICE)
    assert row(database, batch_id).state is OutboxState.SENT
    assert {push.state for push in pushes(database, batch_id)} == {PushState.DELIVERED}


def test_the_payload_is_sealed_and_holds_no_phone(database: Database) -> None:
    batch_id = queued(database)
    with database.reading() as session:
        raw = session.connection().exec_driver_sql("SELECT payload FROM outbox").scalar_one()
    assert "样例岗位".encode() not in bytes(raw)
    text = PushMessage.from_json(row(database, batch_id).payload).to_json()
    assert push_world.PHONE not in text
