"""Pushes by hand: the caps, the gate and the outbox of any batch, and nothing the caseworker did not choose."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from matcher.clock import FixedClock
from matcher.domain.record_terms import OutboxState
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.domain.worker_terms import Literacy
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.desk.call_log import Call, PushSaid, Said, log_call
from matcher.services.desk.hand_batch import BY_HAND
from matcher.services.desk.letters_now import print_letters
from matcher.services.desk.push_by_hand import preview_push, push_by_hand
from matcher.services.sending.push_lease import SENDING, only_one
from matcher.store.database import Database
from matcher.store.identity import Identity
from matcher.store.repositories.care_facts import CareFactsRepository
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.pushes import PushEventRow, PushRow
from matcher.store.tables.records import AuditRow, OutboxRow
from matcher.store.tables.workers import WorkerRow
from tests.push_world import plain_office, posting_id, withdraw_posting, worker_id
from tests.unit.services.desk_samples import MINE, OTHER, chosen, config_of, desk_of

OFFICE = plain_office(postings=4)
NO_PHONE = {"identity": Identity(name="样例甲"), "extra": {"no_phone": True}}


def rows_of(database: Database, *tables: type) -> list[int]:
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def pushes(database: Database, person: int = 0) -> list[PushRow]:
    with database.reading() as session:
        return list(session.scalars(select(PushRow).where(PushRow.worker_id == worker_id(person))))


def test_two_postings_leave_as_the_message_that_was_previewed(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database)
    shown = preview_push(database, OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    made = push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    assert made.channel is shown.channel is Channel.SMS
    assert made.sentence == "已写入短信文件，交短信平台后发出"
    (file,) = (tmp_path / "push").glob("短信-*.xlsx")
    (row,) = list(load_workbook(io.BytesIO(file.read_bytes())).active.values)[1:]
    sent = next(str(cell) for cell in row if "样例岗位0" in str(cell))
    assert shown.text.split("/a/")[0] in sent, "the address is cut before its token, the rest is what left"
    assert {push.state for push in pushes(database)} == {PushState.SENT}


def test_a_preview_leaves_nothing_behind(database: Database) -> None:
    mine, _ = desk_of(database)
    tables = (PushBatchRow, PushBatchPersonRow, PushRow, PushEventRow, OutboxRow, AuditRow)
    before = rows_of(database, *tables)
    preview_push(database, OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    assert rows_of(database, *tables) == before


def test_a_second_click_sends_nothing_twice(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database)
    push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    with pytest.raises(Conflict, match="已经推给本人"):
        push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 2), actor=MINE)
    assert len(pushes(database)) == 2


def test_a_withdrawn_posting_stops_the_whole_push(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database)
    withdraw_posting(database, 1)
    for ask in (chosen(0, 1), chosen(1)):
        with pytest.raises(Conflict, match=posting_id(1)):
            push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), ask, actor=MINE)
    assert rows_of(database, PushBatchRow, PushRow, OutboxRow) == [0, 0, 0]


def test_a_posting_pushed_to_the_full_is_refused(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database, people=3)
    office = plain_office(referral_ratio=0.34)  # one push a posting
    push_by_hand(database, config_of(tmp_path), office, mine, worker_id(0), chosen(0), actor=MINE)
    with pytest.raises(Conflict, match="样例岗位0”名额已满"):
        push_by_hand(database, config_of(tmp_path), office, mine, worker_id(1), chosen(0), actor=MINE)


def test_nobody_pushes_to_a_person_of_another_caseworker(database: Database, tmp_path: Path) -> None:
    _, other = desk_of(database)
    with pytest.raises(NotFound):
        push_by_hand(database, config_of(tmp_path), OFFICE, other, worker_id(0), chosen(0), actor=OTHER)
    with pytest.raises(NotFound):
        preview_push(database, OFFICE, other, worker_id(0), chosen(0), actor=OTHER)


def test_whoever_may_not_be_contacted_gets_no_push(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database)
    with database.writing("样例") as session:
        ConsentRepository(session).withdraw(worker_id(0), ConsentPurpose.CONTACT)
    with pytest.raises(Conflict, match="未同意联系"):
        push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0), actor=MINE)


@pytest.mark.parametrize("ask", [[], chosen(0, 0), chosen(*range(8))])
def test_none_the_same_twice_or_too_many_are_refused(database: Database, ask: list[object]) -> None:
    mine, _ = desk_of(database, postings=8)
    with pytest.raises(InvalidInput):
        preview_push(database, OFFICE, mine, worker_id(0), ask, actor=MINE)  # type: ignore[arg-type]


def test_the_weekly_cap_holds_a_push_by_hand_too(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    mine, _ = desk_of(database)
    for number in (0, 1):
        push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(number), actor=MINE)
        clock.at += timedelta(minutes=5)
    shown = preview_push(database, OFFICE, mine, worker_id(0), chosen(2), actor=MINE)
    assert shown.waits_until is not None
    assert shown.waits_until > clock.at
    made = push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(2), actor=MINE)
    assert "还没有发出" in made.sentence
    assert pushes(database)[-1].state is PushState.PENDING
    clock.at += timedelta(days=7, minutes=1)
    push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(1), chosen(0), actor=MINE)
    assert pushes(database)[-1].state is PushState.SENT, "what was held back leaves when its time has come"


def test_while_another_batch_is_sent_a_push_by_hand_is_not_left_half_done(
    database: Database, tmp_path: Path
) -> None:
    mine, _ = desk_of(database)
    args = (database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0))
    with only_one(database, SENDING, seconds=60, actor="样例"), pytest.raises(Conflict, match="过一两分钟"):
        push_by_hand(*args, actor=MINE)
    assert [one.state for one in pushes(database)] == [PushState.VOID]
    push_by_hand(*args, actor=MINE)
    assert [one.state for one in pushes(database)] == [PushState.VOID, PushState.SENT]


@dataclass
class TickingClock:
    """A clock that goes on by a millisecond whenever it is read, as a real one does."""

    at: datetime

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


def test_a_message_with_two_postings_is_one_contact(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database)
    database.clock = TickingClock(database.clock.now())
    push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    assert len({push.sent_at for push in pushes(database)}) == 2
    shown = preview_push(database, OFFICE, mine, worker_id(0), chosen(2), actor=MINE)
    assert shown.waits_until is None


def test_without_a_phone_it_is_a_letter_printed_at_the_moment(database: Database, tmp_path: Path) -> None:
    mine, other = desk_of(database, **NO_PHONE)
    made = push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    assert made.channel is Channel.LETTER
    assert "打印" in made.sentence
    (file,) = print_letters(database, config_of(tmp_path), mine, made.batch_id, actor=MINE)
    assert file.content.startswith(b"%PDF")
    assert file.letters == 1
    with pytest.raises(Conflict):
        print_letters(database, config_of(tmp_path), other, made.batch_id, actor=OTHER)


def test_a_letter_names_no_posting_that_died_since(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database, **NO_PHONE)
    made = push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    whole = print_letters(database, config_of(tmp_path), mine, made.batch_id, actor=MINE)
    withdraw_posting(database, 0)
    (left,) = print_letters(database, config_of(tmp_path), mine, made.batch_id, actor=MINE)
    assert len(left.content) < len(whole[0].content)
    withdraw_posting(database, 1)
    with pytest.raises(Conflict, match="没有可以打印的信函"):
        print_letters(database, config_of(tmp_path), mine, made.batch_id, actor=MINE)


def test_for_whoever_cannot_read_it_is_a_call_with_its_words(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database, extra={"literacy": Literacy.NONE})
    shown = preview_push(database, OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    assert shown.channel is Channel.PHONE
    assert "给您介绍工作" in shown.text
    made = push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    assert "登记结果" in made.sentence
    first = pushes(database)[0]
    assert first.state is PushState.PENDING
    call = Call(worker_id(0), answers=(PushSaid(first.id, Said.TOLD),))
    log_call(database, load_pack(), OFFICE, mine, call, actor=MINE)
    assert pushes(database)[0].state is PushState.DELIVERED


def test_what_dies_between_choosing_and_sending_is_replaced_by_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = desk_of(database)
    from matcher.services.desk import push_by_hand as module

    real = module.send_batch

    def late(*args: object, **named: object) -> object:
        withdraw_posting(database, 0)
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "send_batch", late)
    push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0, 1), actor=MINE)
    kept = {push.posting_id: push.state for push in pushes(database)}
    assert kept == {posting_id(0): PushState.VOID, posting_id(1): PushState.SENT}


def test_one_push_by_hand_does_not_hide_that_two_were_missing(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database)
    with database.writing("样例") as session:
        from tests.push_world import plan

        batch_id = plan(session, {0: ()})
        session.get_one(PushBatchRow, batch_id).state = "running"
        from matcher.domain.record_terms import PersonProgress

        session.get_one(PushBatchPersonRow, (batch_id, worker_id(0))).progress = PersonProgress.NOTHING_LEFT

    def missing() -> int:
        with database.reading() as session:
            facts = CareFactsRepository(session)
            return facts.shortfalls(facts.scope(caseworker=None, region=None)).get(worker_id(0), (0,))[0]

    assert missing() == 2
    push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0), actor=MINE)
    assert missing() == 1
    push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(1), actor=MINE)
    assert missing() == 0


def test_the_act_is_kept_with_its_author(database: Database, tmp_path: Path) -> None:
    mine, _ = desk_of(database)
    made = push_by_hand(database, config_of(tmp_path), OFFICE, mine, worker_id(0), chosen(0), actor=MINE)
    with database.reading() as session:
        batch = session.get_one(PushBatchRow, made.batch_id)
        assert (batch.source, batch.created_by, batch.approver) == (BY_HAND, MINE, MINE)
        act = session.scalars(select(AuditRow).where(AuditRow.action == "push_by_hand")).one()
        assert (act.actor, act.entity_id) == (MINE, worker_id(0))
        assert session.scalars(select(OutboxRow.state)).all() == [OutboxState.SENT]
        assert {line["code"] for push in session.scalars(select(PushRow)) for line in push.reasons} == {"manual"}


def test_what_nobody_answered_frees_its_place_when_its_time_is_over(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    mine, _ = desk_of(database, people=3)
    with database.writing("样例") as session:
        session.get_one(WorkerRow, worker_id(1)).literacy = Literacy.NONE
    office = plain_office(referral_ratio=0.34, answer_days=7)  # one push a posting
    for person, posting in ((0, 0), (1, 1)):
        push_by_hand(
            database, config_of(tmp_path), office, mine, worker_id(person), chosen(posting), actor=MINE
        )
    told = Call(worker_id(0), answers=(PushSaid(pushes(database)[0].id, Said.TOLD),))
    log_call(database, load_pack(), office, mine, told, actor=MINE)
    clock.at += timedelta(days=6)
    with pytest.raises(Conflict, match="名额已满"):
        push_by_hand(database, config_of(tmp_path), office, mine, worker_id(2), chosen(0), actor=MINE)
    clock.at += timedelta(days=2)
    push_by_hand(database, config_of(tmp_path), office, mine, worker_id(2), chosen(0, 1), actor=MINE)
    assert [one.state for one in pushes(database)] == [PushState.UNANSWERED]
    assert [one.state for one in pushes(database, 1)] == [PushState.VOID]
