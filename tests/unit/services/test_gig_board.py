"""The daily board: what is on it, from when to when, and which stations are silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from output_samples import add

from matcher.clock import FixedClock
from matcher.domain.posting_terms import PostingKind
from matcher.domain.service_terms import BlacklistReason
from matcher.errors import Conflict, InvalidInput
from matcher.services.instant.board import ELSEWHERE, Board, gig_board
from matcher.store.database import Database
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.repositories.stations import StationRepository
from matcher.store.tables.postings import PostingRow
from tests.instant_world import BY, opened

LATE_EVENING = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai


def board(database: Database, **options: str) -> Board:
    with database.reading() as session:
        return gig_board(session, **options)


def station(database: Database, source: str = "county", name: str = "样例驿站") -> None:
    with database.writing(BY) as session:
        StationRepository(session).add(name, source)


def test_gigs_are_on_the_board_until_people_must_be_there(database: Database, clock: FixedClock) -> None:
    made = opened(database)
    shown = board(database)
    assert [gig.posting_id for gig in shown.gigs] == [made.posting_id]
    assert shown.gigs[0].urgent
    assert shown.gigs[0].station == ELSEWHERE
    clock.at += timedelta(hours=3)
    assert board(database).gigs == ()


def test_the_hour_people_must_be_there_ends_a_gig_that_is_valid_for_longer(
    database: Database, clock: FixedClock
) -> None:
    add(database, "gig", kind=PostingKind.GIG, need_by=clock.at + timedelta(hours=1))
    assert len(board(database).gigs) == 1
    clock.at += timedelta(hours=1)
    assert board(database).gigs == ()


def test_permanent_jobs_and_barred_employers_are_not_on_the_board(database: Database) -> None:
    add(database, "permanent")
    add(database, "gig", kind=PostingKind.GIG)
    assert [gig.posting_id for gig in board(database).gigs] == ["gig"]
    with database.writing(BY) as session:
        employer_id = session.get_one(PostingRow, "gig").employer_id
        EmployerRepository(session).blacklist(employer_id or "", BlacklistReason.UNPAID_WAGES, "样例〔2026〕1号")
    assert board(database).gigs == ()


def test_the_day_rolls_over_at_five(database: Database, clock: FixedClock) -> None:
    clock.at = LATE_EVENING
    add(database, "tonight", kind=PostingKind.GIG, start_at=LATE_EVENING)
    station(database)
    clock.at = LATE_EVENING + timedelta(hours=6, minutes=59)  # 04:59
    assert len(board(database).gigs) == 1
    assert not board(database).stations[0].silent
    clock.at += timedelta(minutes=1)
    rolled = board(database)
    assert rolled.gigs == ()
    assert rolled.stations[0].silent
    assert rolled.day == date(2026, 3, 3)


def test_a_station_without_any_posting_is_silent(database: Database) -> None:
    station(database, "empty", "空驿站")
    station(database)
    add(database, "gig", kind=PostingKind.GIG)
    silent = {one.name: one.silent for one in board(database).stations}
    assert silent == {"空驿站": True, "样例驿站": False}
    assert board(database).gigs[0].station == "样例驿站"


def test_the_feed_names_nobody_and_can_be_cut_to_a_region(database: Database) -> None:
    add(database, "gig", kind=PostingKind.GIG, columns={"contact_name": "样例甲", "contact_phone": "13800001234"})
    feed = str(board(database).to_json())
    assert "样例甲" not in feed
    assert "1380000" not in feed
    assert len(board(database, region="130629").gigs) == 1
    assert board(database, region="4206").gigs == ()


def test_two_stations_cannot_share_a_source(database: Database) -> None:
    station(database)
    with pytest.raises(Conflict, match="county"):
        station(database, name="另一驿站")
    with pytest.raises(InvalidInput):
        station(database, source=" ")
