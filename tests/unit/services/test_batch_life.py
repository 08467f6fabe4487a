"""Approve, cancel, stop, close: what is allowed when, and what each leaves behind."""

from __future__ import annotations

from datetime import timedelta

import push_world
import pytest
from push_world import APPROVER, PLANNER, Recorder, build, plain_office

from matcher.clock import FixedClock
from matcher.delivery.channels import Outcome
from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress
from matcher.domain.service_terms import Channel, PushState, Role
from matcher.errors import Conflict, Forbidden, InvalidInput, NotFound
from matcher.services.sending.batch_life import (
    approve_batch,
    batch_figures,
    batch_status,
    cancel_draft,
    close_batch,
    list_batches,
    stop_batch,
)
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.outbox_claim import claim_messages
from matcher.services.sending.send_wave import send_wave
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.leases import LeaseRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.tables.accounts import AccountRow

OFFICE = plain_office(6)


def approved(database: Database, **size: int) -> int:
    batch_id = build(database, **size)
    approve_batch(database, batch_id, approver=APPROVER)
    return batch_id


def sent_out(database: Database, batch_id: int, outcome: Outcome = Outcome.SENT) -> Recorder:
    channel = Recorder(outcome)
    send_wave(database, batch_id, OFFICE)
    deliver_outbox(database, {Channel.SMS: Way(lambda _: channel)}, OFFICE)
    return channel


def add_account(database: Database) -> None:
    with database.writing("test") as session:
        session.add(AccountRow(login="样例丁", role=Role.MANAGER))


def test_an_approved_batch_says_who_planned_and_who_approved_it(database: Database) -> None:
    status = approve_batch(database, build(database), approver=APPROVER)
    assert (status.state, status.planned_by, status.approver) == (BatchState.APPROVED, PLANNER, APPROVER)


def test_approving_numbers_the_waves_anew_when_their_size_changes(database: Database) -> None:
    batch_id = build(database, people=5)
    approve_batch(database, batch_id, approver=APPROVER, wave_size=2)
    with database.reading() as session:
        batches = PushBatchRepository(session)
        sizes = [len(batches.waiting(batch_id, through_wave=wave)) for wave in range(3)]
    assert sizes == [2, 4, 5]


def test_with_accounts_the_planner_may_not_approve_their_own_batch(database: Database) -> None:
    batch_id = build(database)
    add_account(database)
    with pytest.raises(Forbidden, match="另一名"):
        approve_batch(database, batch_id, approver=PLANNER)
    assert batch_status(database, batch_id).state is BatchState.DRAFT
    approve_batch(database, batch_id, approver=PLANNER, four_eyes=False)


def test_without_accounts_one_person_may_do_both_unless_the_office_says_no(database: Database) -> None:
    batch_id = build(database)
    with pytest.raises(Forbidden):
        approve_batch(database, batch_id, approver=PLANNER, four_eyes=True)
    approve_batch(database, batch_id, approver=PLANNER)


@pytest.mark.parametrize("size", [0, -1, 1_000_001])
def test_a_wave_of_nobody_or_too_many_is_refused(database: Database, size: int) -> None:
    with pytest.raises(InvalidInput, match="每批人数"):
        approve_batch(database, build(database), approver=APPROVER, wave_size=size)


def test_approving_twice_is_refused_in_words(database: Database) -> None:
    batch_id = approved(database)
    with pytest.raises(Conflict, match="现在是“已批准”，不能批准"):
        approve_batch(database, batch_id, approver=APPROVER)


def test_a_batch_that_does_not_exist_is_not_found(database: Database) -> None:
    for act in (
        lambda: approve_batch(database, 99, approver=APPROVER),
        lambda: stop_batch(database, 99, actor=APPROVER, reason="样例"),
        lambda: batch_status(database, 99),
        lambda: send_wave(database, 99, OFFICE),
    ):
        with pytest.raises(NotFound, match="99"):
            act()


def test_cancelling_a_draft_voids_its_pushes(database: Database) -> None:
    batch_id = build(database, people=3)
    status = cancel_draft(database, batch_id, actor=APPROVER, reason="名单有误")
    assert status.state is BatchState.CANCELLED
    assert status.pushes == {PushState.VOID: 6}
    assert status.people == {PersonProgress.STOPPED: 3}
    with pytest.raises(Conflict):
        approve_batch(database, batch_id, approver=APPROVER)


def test_an_approved_batch_is_stopped_not_cancelled(database: Database) -> None:
    with pytest.raises(Conflict, match="不能取消"):
        cancel_draft(database, approved(database), actor=APPROVER, reason="样例")


def test_stopping_takes_back_what_has_not_left_and_says_what_has(database: Database) -> None:
    batch_id = approved(database, people=6, wave_size=2)
    sent_out(database, batch_id)
    send_wave(database, batch_id, OFFICE)
    stopped = stop_batch(database, batch_id, actor=APPROVER, reason="企业来电叫停")
    assert (stopped.out, stopped.withdrawn, stopped.people, stopped.under_way) == (2, 2, 4, 0)
    assert "已发出 2 条" in stopped.sentence()
    assert "撤回未发的 2 条，4 人不再发送" in stopped.sentence()
    status = batch_status(database, batch_id)
    assert status.people == {PersonProgress.SENT: 2, PersonProgress.STOPPED: 4}
    assert status.pushes == {PushState.SENT: 4, PushState.VOID: 8}
    assert status.messages == {OutboxState.SENT: 2, OutboxState.CANCELLED: 2}


def test_nothing_goes_out_after_a_stop(database: Database) -> None:
    batch_id = approved(database)
    send_wave(database, batch_id, OFFICE)
    stop_batch(database, batch_id, actor=APPROVER, reason="样例")
    channel = Recorder()
    deliver_outbox(database, {Channel.SMS: Way(lambda _: channel)}, OFFICE)
    assert channel.given == []
    with pytest.raises(Conflict, match="已叫停"):
        send_wave(database, batch_id, OFFICE)


def test_a_stop_while_messages_are_at_the_channel_counts_them_and_their_outcome_is_kept(
    database: Database,
) -> None:
    batch_id = approved(database, people=2)
    send_wave(database, batch_id, OFFICE)
    seen = []

    class StoppedMeanwhile(Recorder):
        def deliver(self, parcels):  # type: ignore[no-untyped-def]
            seen.append(stop_batch(database, batch_id, actor=APPROVER, reason="样例"))
            return super().deliver(parcels)

    deliver_outbox(database, {Channel.SMS: Way(lambda _: StoppedMeanwhile())}, OFFICE)
    assert (seen[0].under_way, seen[0].withdrawn) == (2, 0)
    assert "2 条已交给通道、无法撤回" in seen[0].sentence()
    assert batch_status(database, batch_id).pushes == {PushState.SENT: 4}


def test_a_message_at_the_channel_of_a_stopped_batch_is_not_tried_again(database: Database) -> None:
    batch_id = approved(database, people=1)
    send_wave(database, batch_id, OFFICE)

    class StoppedMeanwhile(Recorder):
        def deliver(self, parcels):  # type: ignore[no-untyped-def]
            stop_batch(database, batch_id, actor=APPROVER, reason="样例")
            return super().deliver(parcels)

    deliver_outbox(database, {Channel.SMS: Way(lambda _: StoppedMeanwhile(Outcome.NOT_SENT))}, OFFICE)
    status = batch_status(database, batch_id)
    assert status.messages == {OutboxState.CANCELLED: 1}
    assert status.pushes == {PushState.VOID: 2}


def test_a_message_left_by_a_dead_process_is_never_said_not_to_have_left(database: Database) -> None:
    batch_id = approved(database, people=1)
    send_wave(database, batch_id, OFFICE)
    with database.writing("test") as session:
        lease = LeaseRepository(session).take("push-deliver", "dead", seconds=1)
        assert lease is not None
        claim_messages(session, lease, Channel.SMS, limit=9, batch_id=None, contacts_per_week=2)
    database.clock.at += timedelta(seconds=5)
    stop_batch(database, batch_id, actor=APPROVER, reason="样例")
    (trouble,) = batch_status(database, batch_id).troubles
    assert "不知道是否送出" in trouble


def test_a_stop_needs_a_reason_and_a_batch_that_runs(database: Database) -> None:
    batch_id = build(database)
    with pytest.raises(InvalidInput, match="理由"):
        stop_batch(database, batch_id, actor=APPROVER, reason=" ")
    with pytest.raises(Conflict, match="草稿"):
        stop_batch(database, batch_id, actor=APPROVER, reason="样例")


def test_a_batch_is_closed_only_when_all_is_handled_and_the_answers_had_time(
    database: Database, clock: FixedClock
) -> None:
    batch_id = approved(database, people=3)
    send_wave(database, batch_id, OFFICE)
    with pytest.raises(Conflict, match="3 条消息没有结果"):
        close_batch(database, batch_id, actor=APPROVER, answer_days=7)
    sent_out(database, batch_id, Outcome.DELIVERED)
    with pytest.raises(Conflict, match="答复期还没有过"):
        close_batch(database, batch_id, actor=APPROVER, answer_days=7)
    clock.at += timedelta(days=7)
    status = close_batch(database, batch_id, actor=APPROVER, answer_days=7)
    assert status.state is BatchState.DONE
    assert status.pushes == {PushState.UNANSWERED: 6}
    assert status.served == 3


def test_closing_fixes_the_totals_from_the_rows(database: Database, clock: FixedClock) -> None:
    batch_id = approved(database, people=3)
    sent_out(database, batch_id, Outcome.DELIVERED)
    clock.at += timedelta(days=8)
    close_batch(database, batch_id, actor=APPROVER, answer_days=7)
    closing = batch_figures(database, batch_id)["closing"]
    assert (closing["people"], closing["served"], closing["short"]) == (3, 3, 0)
    assert closing["pushes"] == {"unanswered": 6}
    with pytest.raises(Conflict, match="不能叫停"):
        stop_batch(database, batch_id, actor=APPROVER, reason="样例")


def test_a_batch_of_nobody_can_be_approved_sent_and_closed(database: Database, clock: FixedClock) -> None:
    with database.writing(PLANNER) as session:
        batch_id = push_world.plan(session, {})
    approve_batch(database, batch_id, approver=APPROVER, wave_size=10)
    result = send_wave(database, batch_id, OFFICE)
    assert (result.wave, result.messages, result.waiting) == (None, 0, 0)
    assert close_batch(database, batch_id, actor=APPROVER, answer_days=7).state is BatchState.DONE


def test_every_step_is_in_the_audit_log_with_its_reason(database: Database) -> None:
    batch_id = approved(database)
    stop_batch(database, batch_id, actor=APPROVER, reason="企业来电")
    with database.reading() as session:
        assert AuditRepository(session).verify().intact
        rows = session.connection().exec_driver_sql("SELECT action, actor, reason FROM audit_log").all()
    assert ("approve_push_batch", APPROVER, "批准发送") in rows
    assert ("stop_push_batch", APPROVER, "企业来电") in rows


def test_batches_are_listed_newest_first_and_page_by_number(database: Database) -> None:
    first = build(database)
    with database.writing(PLANNER) as session:
        second = push_world.plan(session, {})
    assert [one.batch_id for one in list_batches(database)] == [second, first]
    assert [one.batch_id for one in list_batches(database, before=second)] == [first]


def test_what_an_interface_keeps_is_in_the_transaction_of_the_effect(database: Database) -> None:
    batch_id = build(database)

    def refuse(session: object, status: object) -> None:
        raise Conflict("同一个请求已经处理完")

    with pytest.raises(Conflict):
        approve_batch(database, batch_id, approver=APPROVER, kept=refuse)
    assert batch_status(database, batch_id).state is BatchState.DRAFT
