"""Leads are called back by whoever holds them; of others a caller sees only what nobody looks after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from account_samples import COUNTY, ELSEWHERE, TOWN, account, staff
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.event_terms import EventState, LeadState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.accounts.staff import Staff
from matcher.services.live.callers import caller_names, callers_offered
from matcher.services.live.calling import (
    TAKEN_FOR,
    Call,
    Calls,
    calls_of,
    claim_lead,
    log_lead_call,
    reveal_claimed,
)
from matcher.services.live.leads import CALL_WITHIN, next_states, take_leads
from matcher.services.live.sessions import move_live
from matcher.store.database import Database
from matcher.store.tables.live import LiveLeadRow
from matcher.store.tables.records import AuditRow
from tests.live_world import BY, SIGN, job, put, stream, take_down

A, B = "13800001234", "13900005678"
People = Callable[..., Staff]

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def of(database: Database) -> People:
    """Call with a login (and a region) for a caseworker who is signed in."""

    def make(login: str, **options: str) -> Staff:
        account(database, login, **options)
        return staff(database, login)

    return make


def show(database: Database, *callers: str, region: str | None = None) -> int:
    """A livestream of two postings and two leads, the first with a question."""
    put(database, job("p0"), job("p1"))
    event_id = stream(database, ["p0", "p1"], callers=callers, region=region).event_id
    take_leads(database, event_id, f"1号 {A} 包吃吗\n2号 {B}", actor=BY)
    return event_id


def calls(database: Database, person: Staff) -> Calls:
    with database.reading() as session:
        return calls_of(session, SIGN, person)


def first(database: Database, person: Staff) -> Call:
    return calls(database, person).waiting[0]


def test_a_caller_sees_what_is_theirs_and_not_what_is_in_time_with_somebody_else(
    database: Database, of: People
) -> None:
    one, other = of("bangfu1"), of("bangfu2")
    show(database, "bangfu1")
    mine = calls(database, one).waiting
    assert [(call.mine, call.lead.short_no, call.job.title if call.job else "") for call in mine] == [
        (True, 1, "样例电焊工"),
        (True, 2, "样例电焊工"),
    ]
    assert mine[0].minutes_left == 30
    assert calls(database, other) == Calls((), ())
    for act in (
        lambda: claim_lead(database, other, mine[0].lead.lead_id),
        lambda: reveal_claimed(database, other, mine[0].lead.lead_id, "回电"),
        lambda: log_lead_call(database, other, mine[0].lead.lead_id, LeadState.REACHED),
        lambda: reveal_claimed(database, one, 999, "回电"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_lead_of_nobody_shows_four_digits_until_it_is_claimed(database: Database, of: People) -> None:
    person = of("bangfu1")
    show(database)
    seen = first(database, person)
    assert (seen.mine, seen.lead.question, seen.steps, seen.lead.worker_id) == (False, "", (), None)
    with pytest.raises(NotFound):
        reveal_claimed(database, person, seen.lead.lead_id, "回电")
    claim_lead(database, person, seen.lead.lead_id)
    claim_lead(database, person, seen.lead.lead_id)
    held = first(database, person)
    assert (held.mine, held.lead.question, held.lead.phone) == (True, "包吃吗", "138****1234")
    assert held.steps == next_states(LeadState.NEW)
    assert calls(database, of("bangfu2")).waiting[0].lead.short_no == 2


def test_the_whole_phone_is_read_for_a_reason_that_is_kept(database: Database, of: People) -> None:
    person = of("bangfu1")
    show(database, "bangfu1")
    lead_id = first(database, person).lead.lead_id
    with pytest.raises(InvalidInput):
        reveal_claimed(database, person, lead_id, "  ")
    assert reveal_claimed(database, person, lead_id, "回电推荐岗位") == A
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "reveal_lead")).one()
        assert (row.actor, row.entity_id, row.reason) == ("bangfu1", str(lead_id), "回电推荐岗位")


def test_a_late_lead_may_be_taken_over_once_and_is_then_left_in_peace(
    database: Database, of: People, clock: FixedClock
) -> None:
    one, two, three = of("bangfu1"), of("bangfu2"), of("bangfu3")
    show(database, "bangfu1")
    lead_id = first(database, one).lead.lead_id
    clock.at += CALL_WITHIN
    late = first(database, two)
    assert (late.lead.overdue, late.minutes_left, late.mine) == (True, 0, False)
    claim_lead(database, two, lead_id)
    assert lead_id not in {call.lead.lead_id for call in calls(database, three).waiting}
    with pytest.raises(NotFound):
        reveal_claimed(database, one, lead_id, "回电")
    clock.at += TAKEN_FOR
    assert lead_id in {call.lead.lead_id for call in calls(database, three).waiting}


def test_what_a_call_led_to_moves_the_lead_on(database: Database, of: People) -> None:
    person = of("bangfu1")
    show(database, "bangfu1")
    lead_id = first(database, person).lead.lead_id
    log_lead_call(database, person, lead_id, LeadState.REACHED, own_phone=True)
    found = calls(database, person)
    assert [call.lead.lead_id for call in found.following] == [lead_id]
    assert (found.following[0].lead.owner_known, len(found.waiting)) == (True, 1)
    with pytest.raises(Conflict):
        log_lead_call(database, person, lead_id, LeadState.NOT_REACHED)
    log_lead_call(database, person, lead_id, LeadState.NOT_INTERESTED)
    assert calls(database, person).following == ()


def test_the_longest_overdue_comes_first_and_a_posting_that_is_gone_is_not_told(
    database: Database, of: People, clock: FixedClock
) -> None:
    person = of("bangfu1")
    event_id = show(database, "bangfu1")
    clock.at += timedelta(minutes=5)
    take_leads(database, event_id, f"2号 {A}", actor=BY)
    take_down(database, "p0")
    assert [(call.lead.short_no, call.minutes_left, call.job is None) for call in calls(database, person).waiting] == [
        (1, 25, True),
        (2, 25, False),
        (2, 30, False),
    ]


@pytest.mark.parametrize(("region", "sees"), [(TOWN, True), (COUNTY, True), (ELSEWHERE, False), (None, True)])
def test_leads_of_nobody_are_for_the_caseworkers_of_the_place(
    database: Database, of: People, region: str | None, sees: bool
) -> None:
    show(database, region=COUNTY)
    person = of("bangfu1", **({"region_code": region} if region else {}))
    assert bool(calls(database, person).waiting) is sees


def test_leads_of_a_livestream_that_was_called_off_are_not_called(database: Database, of: People) -> None:
    person = of("bangfu1")
    event_id = show(database, "bangfu1")
    move_live(database, event_id, EventState.CANCELLED, actor=BY)
    assert calls(database, person).waiting == ()


def test_callers_are_open_accounts_of_caseworkers_and_have_names(database: Database, of: People) -> None:
    of("bangfu1", name="样例甲")
    with database.reading() as session:
        assert [(one.login, one.name) for one in callers_offered(session)] == [("bangfu1", "样例甲")]
        assert caller_names(session, ("bangfu1", "样例乙")) == ("样例甲", "样例乙")


def test_the_row_that_is_taken_over_keeps_when_it_was_asked(
    database: Database, of: People, clock: FixedClock
) -> None:
    person = of("bangfu2")
    show(database, "bangfu1")
    asked = clock.now()
    clock.at += CALL_WITHIN
    claim_lead(database, person, 1)
    with database.reading() as session:
        row = session.scalars(select(LiveLeadRow).where(LiveLeadRow.id == 1)).one()
        assert (row.asked_at, row.handed_to) == (asked, "bangfu2")
