"""Leads of a livestream: read from a chat, taken down once, masked, called within half an hour, counted honestly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.event_terms import LeadState
from matcher.domain.worker_terms import PhoneOwner
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.live.funnel import funnel
from matcher.services.live.lead_lines import BAD_PHONE, NO_NUMBER, NO_PHONE, read_leads
from matcher.services.live.leads import LeadsTaken, hand_lead, leads_of, move_lead, reveal_lead, take_leads
from matcher.services.live.signalling import LEADS, signals_after
from matcher.store.database import Database
from matcher.store.identity import Identity, Phone
from matcher.store.repositories.live import LiveRepository
from matcher.store.tables.live import LiveLeadRow
from matcher.store.tables.records import AuditRow
from tests.live_world import BY, job, put, stream
from tests.push_world import add_people

A, B, C = "13800001234", "13900005678", "13700009012"


@pytest.fixture
def live(database: Database) -> int:
    put(database, *(job(f"p{number}") for number in range(3)))
    return stream(database, ["p0", "p1", "p2"]).event_id


def taken(database: Database, live: int, paste: str) -> LeadsTaken:
    return take_leads(database, live, paste, actor=BY)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"3号 {A}", [(3, A)]),
        ("３号，１３８　０００　０１２３４", [(3, A)]),
        ("3号:+86-138-0000-1234", [(3, A)]),
        (f"三号岗位 86{A}", [(3, A)]),
        (f"十二号{A}", [(12, A)]),
        (f"#7 {A} 包吃吗", [(7, A)]),
        (f"3号5号 {A}", [(3, A), (5, A)]),
        (f"3号 {A} 5号 {B}", [(3, A), (5, B)]),
        (f"{A} 3号 {B} 5号", [(3, A), (5, B)]),
        (f"3号 {A} {B}", [(3, A), (3, B)]),
        (f"3号 {A}，3号 {A}", [(3, A), (3, A)]),
        ("3号 0312-5551234", [(3, "03125551234")]),
    ],
)
def test_phones_and_numbers_are_read_in_every_spelling(line: str, found: list[tuple[int, str]]) -> None:
    read = read_leads(line)
    assert [(lead.short_no, lead.phone) for lead in read.leads] == found
    assert read.ask_back == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("3号 我要报名", NO_PHONE),
        (f"我要报名 {A}", NO_NUMBER),
        ("3号 1380000123", BAD_PHONE),
        ("3号 138000012345", BAD_PHONE),
        ("主播好", f"{NO_NUMBER}，也{NO_PHONE}"),
        (f"10号线边上有吗 {A}", NO_NUMBER),
    ],
)
def test_what_is_missing_is_asked_back_and_not_guessed(line: str, why: str) -> None:
    read = read_leads(line)
    assert read.leads == ()
    assert [one.why for one in read.ask_back] == [why]
    assert A not in read.ask_back[0].shown
    assert "1380000123" not in read.ask_back[0].shown


def test_a_blank_or_endless_paste_is_refused(database: Database, live: int) -> None:
    with pytest.raises(InvalidInput, match="没有收到内容"):
        taken(database, live, "  \n ")
    with pytest.raises(InvalidInput, match="最多粘贴 500 行"):
        taken(database, live, f"1号 {A}\n" * 501)


def test_one_phone_and_posting_make_one_lead_in_whatever_spelling(database: Database, live: int) -> None:
    first = taken(database, live, f"1号 {A}\n1号 +86 138 0000 1234\n2号 {A}")
    assert [lead.short_no for lead in first.new] == [1, 2]
    assert first.repeated == ()
    again = taken(database, live, f"1号 138-0000-1234\n3号 {B}")
    assert [lead.lead_id for lead in again.repeated] == [first.new[0].lead_id]
    with database.reading() as session:
        counts = [one.payload for one in signals_after(session, live, 0) if one.kind == LEADS]
    assert counts[-1] == {"total": 3, "by_number": {"1": 1, "2": 1, "3": 1}}


def test_phones_are_masked_everywhere_but_behind_a_reason_that_is_kept(database: Database, live: int) -> None:
    lead = taken(database, live, f"1号 {A} 包吃吗").new[0]
    assert lead.phone == "138****1234"
    assert lead.question == "包吃吗"
    assert A not in repr(read_leads(f"1号 {A}"))
    with database.reading() as session:
        assert A not in str([one.to_json() for one in leads_of(session, live)])
        assert A.encode() not in session.connection().connection.driver_connection.serialize()
    with pytest.raises(InvalidInput, match="用途"):
        reveal_lead(database, live, lead.lead_id, reason=" ", actor=BY)
    assert reveal_lead(database, live, lead.lead_id, reason="回电", actor=BY) == A
    with database.reading() as session:
        assert session.scalars(select(AuditRow.action)).all() == ["reveal_lead"]


def test_a_number_that_is_on_no_run_sheet_is_asked_back(database: Database, live: int) -> None:
    found = taken(database, live, f"88号 {A}")
    assert found.new == ()
    assert found.ask_back[0].why == "没有 88 号岗位"
    with pytest.raises(NotFound):
        taken(database, 999, f"1号 {A}")


def test_the_phone_is_linked_to_its_owner_and_to_nobody_where_that_is_not_sure(
    database: Database, live: int
) -> None:
    with database.writing(BY) as session:
        add_people(session, [1], identity=Identity(name="样例甲", phones=(Phone(A),)))
        add_people(session, [2], identity=Identity(name="样例乙", phones=(Phone(B, PhoneOwner.FAMILY),)))
        add_people(session, [3, 4], identity=Identity(name="样例丙", phones=(Phone(C),)))
    new = taken(database, live, f"1号 {A}\n2号 {A} 帮我弟问的\n1号 {B}\n1号 {C}\n1号 13600000000").new
    assert [(lead.owner_known, lead.worker_id) for lead in new] == [
        (True, "w00001"),
        (False, None),
        (False, None),
        (False, None),
        (None, None),
    ]


def test_callers_take_turns_and_the_clock_runs_for_half_an_hour(
    database: Database, live: int, clock: FixedClock
) -> None:
    taken(database, live, f"1号 {A}\n2号 {A}")
    taken(database, live, f"3号 {A}\n1号 {B}")
    with database.reading() as session:
        waiting = leads_of(session, live, only_due=True)
    assert [lead.handed_to for lead in waiting] == ["样例乙", "样例丙", "样例乙", "样例丙"]
    assert not any(lead.overdue for lead in waiting)
    clock.at += timedelta(minutes=30)
    move_lead(database, live, waiting[1].lead_id, LeadState.NOT_REACHED, actor=BY)
    with database.reading() as session:
        assert [lead.overdue for lead in leads_of(session, live, only_due=True)] == [True, True, True]
    assert hand_lead(database, live, waiting[0].lead_id, "样例丙", actor=BY).handed_to == "样例丙"
    with pytest.raises(InvalidInput, match="回电人员"):
        hand_lead(database, live, waiting[0].lead_id, "路人", actor=BY)


def test_a_lead_moves_on_by_what_calls_say_and_never_back_to_new(database: Database, live: int) -> None:
    lead = taken(database, live, f"1号 {A}").new[0].lead_id
    with pytest.raises(Conflict, match="不能改为“在岗7天”"):
        move_lead(database, live, lead, LeadState.DAY_7, actor=BY)
    first = move_lead(database, live, lead, LeadState.REACHED, own_phone=True, actor=BY)
    assert first.owner_known is True
    for state in (LeadState.REACHED, LeadState.INTERVIEW, LeadState.STARTED, LeadState.DAY_7):
        moved = move_lead(database, live, lead, state, actor=BY)
        assert moved.first_call_at == first.first_call_at
    with pytest.raises(Conflict):
        move_lead(database, live, lead, LeadState.NEW, actor=BY)
    with pytest.raises(NotFound):
        move_lead(database, live, 999, LeadState.REACHED, actor=BY)


def test_the_funnel_adds_up_and_unknown_is_no_no(database: Database, live: int, clock: FixedClock) -> None:
    ids = [one.lead_id for one in taken(database, live, f"1号 {A}\n1号 {B}\n1号 {C}\n2号 {A}").new]
    move_lead(database, live, ids[0], LeadState.STARTED, actor=BY)
    clock.at += timedelta(minutes=31)
    move_lead(database, live, ids[1], LeadState.WRONG_NUMBER, actor=BY)
    move_lead(database, live, ids[3], LeadState.NOT_INTERESTED, actor=BY)
    clock.at += timedelta(days=1)
    with database.reading() as session:
        found = funnel(session, live)
    assert (found.total.leads, found.total.people) == (4, 3)
    assert (found.total.called_in_time, found.total.called_late, found.total.not_called) == (1, 2, 1)
    reached, interview = found.total.day
    assert (reached.yes, reached.no, reached.unknown) == (2, 1, 1)
    assert (interview.yes, interview.no, interview.unknown) == (1, 2, 1)
    started, stayed = found.total.week
    assert (started.yes, started.no, started.unknown) == (1, 2, 1)
    assert (stayed.yes, stayed.no, stayed.unknown) == (0, 2, 2), "nobody has said that day 7 was not reached"
    assert found.total.day_over
    assert not found.total.week_over
    assert found.by_number[1].leads + found.by_number[2].leads == 4
    for step in (*found.total.day, *found.total.week):
        assert step.yes + step.no + step.unknown == 4


def test_the_store_itself_refuses_a_second_lead_of_the_same_phone(database: Database, live: int) -> None:
    taken(database, live, f"1号 {A}")
    with database.reading() as session:
        phone_hash = session.scalars(select(LiveLeadRow.phone_hash)).one()
    with pytest.raises(Conflict):
        doubled(database, live, phone_hash)


def doubled(database: Database, live: int, phone_hash: str) -> None:
    with database.writing(BY) as session:
        LiveRepository(session).add_lead(event_id=live, short_no=1, phone=A, phone_hash=phone_hash)
