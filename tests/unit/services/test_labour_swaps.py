"""Lending hands, work out of town, and buses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from output_samples import add
from sqlalchemy import func, select

from matcher.clock import local_date
from matcher.domain.event_terms import SwapState
from matcher.domain.posting_terms import Benefit, PublishState, Transport
from matcher.domain.record_terms import LabourBalance
from matcher.domain.service_terms import BlacklistReason
from matcher.domain.values import Place
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.swaps.out_of_town import out_of_town
from matcher.services.swaps.planning import SwapPlanning, add_balance, move_swap, plan_swaps
from matcher.services.swaps.travelling import buses, plan_buses
from matcher.store.database import Database
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.swaps import LabourSwapRow
from tests.push_world import add_people, worker_id

BY = "样例甲"
MASON, LOADER = "6-29-01-01", "4-02-05-01"
FAR = Place("样例市", "440300000000", 22.5, 114.0)


def firms(database: Database, *names: str) -> None:
    with database.writing(BY) as session:
        for place, name in enumerate(names):
            EmployerRepository(session).save(name, {"name": name, "lat": 39.0 + place * 0.1, "lng": 116.0})


def balance(database: Database, firm: str, direction: LabourBalance, heads: int, **options: object) -> int:
    values = {"occupation_code": MASON} | options
    return add_balance(database, firm, direction, headcount=heads, actor=BY, **values)  # type: ignore[arg-type]


def lent(planned: SwapPlanning) -> list[tuple[str, str, int]]:
    return [(one.lender, one.borrower, one.headcount) for one in planned.proposals]


def test_surplus_goes_where_it_is_near_related_and_wanted(database: Database) -> None:
    firms(database, "甲厂", "乙厂", "丙厂")
    balance(database, "甲厂", LabourBalance.SURPLUS, 10)
    balance(database, "乙厂", LabourBalance.SHORTAGE, 6)
    balance(database, "丙厂", LabourBalance.SHORTAGE, 8)
    planned = plan_swaps(database, actor=BY)
    assert lent(planned) == [("甲厂", "乙厂", 6), ("甲厂", "丙厂", 4)]
    assert (planned.unmet, planned.idle) == (4, 0)
    assert planned.certificate.holds
    assert lent(plan_swaps(database, actor=BY)) == lent(planned)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LabourSwapRow)) == 2
        assert session.scalar(select(func.count()).select_from(OutcomeRow)) == 0


def test_other_trades_other_dates_and_the_firm_itself_are_not_matched(database: Database) -> None:
    firms(database, "甲厂", "乙厂")
    today = local_date(database.clock.now())
    balance(database, "甲厂", LabourBalance.SURPLUS, 5, ends_on=today + timedelta(days=5))
    balance(database, "甲厂", LabourBalance.SHORTAGE, 5)
    balance(database, "乙厂", LabourBalance.SHORTAGE, 5, starts_on=today + timedelta(days=6))
    balance(database, "乙厂", LabourBalance.SHORTAGE, 5, occupation_code="2-05-01-01")
    assert lent(plan_swaps(database, actor=BY)) == []


def test_nobody_is_lent_without_the_three_sided_agreement(database: Database) -> None:
    firms(database, "甲厂", "乙厂")
    balance(database, "甲厂", LabourBalance.SURPLUS, 5)
    balance(database, "乙厂", LabourBalance.SHORTAGE, 5)
    swap = plan_swaps(database, actor=BY).proposals[0].swap_id
    with pytest.raises(Conflict, match="三方协议"):
        move_swap(database, swap, SwapState.AGREED, actor=BY)
    with pytest.raises(Conflict, match="建议"):
        move_swap(database, swap, SwapState.ENDED, actor=BY)
    for state in (SwapState.AGREED, SwapState.RUNNING, SwapState.ENDED):
        move_swap(database, swap, state, tripartite_signed=True, actor=BY)
    with pytest.raises(NotFound):
        move_swap(database, 999, SwapState.AGREED, actor=BY)


def test_agreed_heads_are_gone_for_everybody_else(database: Database) -> None:
    firms(database, "甲厂", "乙厂", "丙厂")
    surplus = balance(database, "甲厂", LabourBalance.SURPLUS, 5)
    balance(database, "乙厂", LabourBalance.SHORTAGE, 4)
    third = balance(database, "丙厂", LabourBalance.SHORTAGE, 4)
    first = plan_swaps(database, actor=BY).proposals[0]
    move_swap(database, first.swap_id, SwapState.AGREED, tripartite_signed=True, actor=BY)
    assert lent(plan_swaps(database, actor=BY)) == [("甲厂", "丙厂", 1)]
    with database.writing(BY) as session:  # a proposal from before somebody else agreed
        row = session.scalars(select(LabourSwapRow).where(LabourSwapRow.shortage_id == third)).one()
        row.headcount = 2
    with pytest.raises(Conflict, match="剩下的不够"):
        move_swap(database, row.id, SwapState.AGREED, tripartite_signed=True, actor=BY)
    assert surplus


def test_a_barred_firm_neither_lends_nor_borrows(database: Database) -> None:
    firms(database, "甲厂", "乙厂")
    balance(database, "甲厂", LabourBalance.SURPLUS, 5)
    balance(database, "乙厂", LabourBalance.SHORTAGE, 5)
    swap = plan_swaps(database, actor=BY).proposals[0].swap_id
    with database.writing(BY) as session:
        EmployerRepository(session).blacklist("乙厂", BlacklistReason.UNPAID_WAGES, "样例〔2026〕1号")
    with pytest.raises(Conflict, match="黑名单"):
        move_swap(database, swap, SwapState.AGREED, tripartite_signed=True, actor=BY)
    assert lent(plan_swaps(database, actor=BY)) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"heads": 0}, "余缺人数"),
        ({"heads": 1, "occupation_code": "9-99"}, "职业代码"),
        ({"heads": 1, "ends_on": date(2020, 1, 1)}, "已经过去"),
        ({"heads": 1, "starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, "早于"),
    ],
)
def test_balances_that_make_no_sense_are_refused(database: Database, options: dict, told: str) -> None:
    firms(database, "甲厂")
    with pytest.raises(InvalidInput, match=told):
        balance(database, "甲厂", LabourBalance.SURPLUS, options.pop("heads"), **options)
    with pytest.raises(NotFound):
        balance(database, "无此厂", LabourBalance.SURPLUS, 1)


def test_work_out_of_town_says_lodging_travel_and_companions_and_only_what_is_live(database: Database) -> None:
    add(database, "near")
    add(database, "bare", place=FAR, benefits=())
    add(database, "lodged", place=FAR, transport=(Transport.CHARTERED,), benefits=(Benefit.COUPLE_ROOM,))
    add(database, "gone", place=FAR)
    placed(database, "lodged", people=3)
    with database.writing(BY) as session:
        PostingRepository(session).set_states(["gone"], publish_state=PublishState.WITHDRAWN)
    with database.reading() as session:
        found = out_of_town(session, ("1306",))
        with pytest.raises(InvalidInput):
            out_of_town(session, ())
    assert [one.posting_id for one in found] == ["lodged", "bare"]
    assert (found[0].lodging, found[0].travel, found[0].companions) == (("夫妻房",), ("点对点包车",), 3)
    assert found[1].companions == 0


def placed(database: Database, posting_id: str, *, people: int, first: int = 0) -> None:
    """People who start at a posting tomorrow."""
    tomorrow = local_date(database.clock.now()) + timedelta(days=1)
    numbers = range(first, first + people)
    with database.writing(BY) as session:
        add_people(session, numbers)
        session.add_all(
            OutcomeRow(worker_id=worker_id(one), posting_id=posting_id, started_on=tomorrow) for one in numbers
        )


def test_people_of_one_day_and_way_share_buses_and_are_listed_masked(database: Database) -> None:
    add(database, "far", place=FAR)
    add(database, "near")
    placed(database, "far", people=9)
    placed(database, "near", people=2, first=20)
    day = local_date(database.clock.now())
    made = plan_buses(database, first=day, last=day + timedelta(days=7), sizes=(4, 6), actor=BY)
    assert sorted(bus.seats for bus in made) == [4, 6]
    assert sum(len(bus.riders) for bus in made) == 9
    assert all("*" in name and "*" in phone for bus in made for name, phone in bus.riders)
    assert plan_buses(database, first=day, last=day + timedelta(days=7), sizes=(4, 6), actor=BY) == []
    with database.reading() as session:
        assert buses(session, day, day + timedelta(days=7)) == made


def test_buses_that_make_no_sense_are_refused(database: Database) -> None:
    day = local_date(database.clock.now())
    with pytest.raises(InvalidInput, match="座位数"):
        plan_buses(database, first=day, last=day, sizes=(0,), actor=BY)
    with pytest.raises(InvalidInput, match="日期范围"):
        plan_buses(database, first=day, last=day - timedelta(days=1), actor=BY)
