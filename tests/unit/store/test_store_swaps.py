"""Swaps, buses, stations and the gig board on both engines."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

from matcher.clock import local_date
from matcher.domain.event_terms import SwapState
from matcher.domain.record_terms import LabourBalance
from matcher.errors import Conflict
from matcher.services.instant.board import gig_board
from matcher.services.swaps.out_of_town import out_of_town
from matcher.services.swaps.planning import add_balance, move_swap, plan_swaps
from matcher.services.swaps.travelling import plan_buses
from matcher.store.database import Database
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.stations import StationRepository
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.swaps import LabourSwapRow
from tests.instant_world import BY, opened
from tests.push_world import add_people, add_postings, worker_id


def test_two_agreements_at_once_never_lend_the_same_people(database: Database) -> None:
    with database.writing(BY) as session:
        for name in ("甲厂", "乙厂", "丙厂"):
            EmployerRepository(session).save(name, {"name": name})
    add_balance(database, "甲厂", LabourBalance.SURPLUS, headcount=5, actor=BY)
    for name in ("乙厂", "丙厂"):
        add_balance(database, name, LabourBalance.SHORTAGE, headcount=3, actor=BY)
    swaps = [one.swap_id for one in plan_swaps(database, actor=BY).proposals]
    with database.writing(BY) as session:
        for swap_id in swaps:  # proposals from before: together more than there are
            session.get_one(LabourSwapRow, swap_id).headcount = 3
    told: list[object] = []

    def agree(swap_id: int) -> None:
        try:
            move_swap(database, swap_id, SwapState.AGREED, tripartite_signed=True, actor=BY)
            told.append("agreed")
        except Conflict as error:
            told.append(error)

    threads = [Thread(target=agree, args=(one,)) for one in swaps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert told.count("agreed") == 1
    assert len(told) == 2


def test_buses_and_work_out_of_town_are_the_same_on_both_engines(database: Database) -> None:
    day = local_date(database.clock.now()) + timedelta(days=1)
    with database.writing(BY) as session:
        add_people(session, range(5))
        add_postings(session, [0])
        session.get_one(PostingRow, "p00000").region_code = "440300000000"
        session.add_all(
            OutcomeRow(worker_id=worker_id(one), posting_id="p00000", started_on=day) for one in range(5)
        )
    made = plan_buses(database, first=day, last=day, sizes=(2, 4), actor=BY)
    assert [(bus.seats, len(bus.riders)) for bus in made] == [(4, 4), (2, 1)]
    assert plan_buses(database, first=day, last=day, actor=BY) == []
    with database.reading() as session:
        assert [(one.posting_id, one.companions) for one in out_of_town(session, ("1306",))] == [("p00000", 5)]


def test_the_board_and_its_stations_are_the_same_on_both_engines(database: Database) -> None:
    made = opened(database)
    with database.writing(BY) as session:
        StationRepository(session).add("样例驿站", "instant")
        StationRepository(session).add("空驿站", "empty")
    with database.reading() as session:
        board = gig_board(session)
    assert [(gig.posting_id, gig.station) for gig in board.gigs] == [(made.posting_id, "样例驿站")]
    assert {one.name: one.silent for one in board.stations} == {"样例驿站": False, "空驿站": True}
