"""Today's gigs and stations for the wall and for other systems (每日零工榜).

INVARIANTS
- The day rolls over at 05:00. A gig is on the board until the moment people have to be there.
- Every posting passes the gate when the board is made; nothing on it says who works or who asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matcher.clock import gig_day
from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.services.output_gate import cleared
from matcher.store.repositories.stations import StationRepository, StationView
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import UrgentRequestRow

ELSEWHERE = "其他来源"


@dataclass(frozen=True, slots=True)
class BoardGig:
    """One gig as everybody may read it; "" and None mean unknown. urgent: people are wanted within hours."""

    posting_id: str
    title: str
    employer: str
    place: str
    pay: str
    settlement: str
    need_by: datetime | None
    places_left: int | None
    urgent: bool
    station: str

    def to_json(self) -> dict[str, Any]:
        """Plain values, times with their zone."""
        return {
            "posting_id": self.posting_id,
            "title": self.title,
            "employer": self.employer,
            "place": self.place,
            "pay": self.pay,
            "settlement": self.settlement,
            "need_by": self.need_by.isoformat() if self.need_by else None,
            "places_left": self.places_left,
            "urgent": self.urgent,
            "station": self.station,
        }


@dataclass(frozen=True, slots=True)
class BoardStation:
    """A station and its gigs of today. silent: it has brought in nothing since 05:00."""

    name: str
    address: str
    gigs: int
    updated_at: datetime | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The board of one gig day, made at `at`."""

    day: date
    at: datetime
    gigs: tuple[BoardGig, ...]
    stations: tuple[BoardStation, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for a feed."""
        return {
            "day": self.day.isoformat(),
            "at": self.at.isoformat(),
            "gigs": [gig.to_json() for gig in self.gigs],
            "stations": [
                {
                    "name": one.name,
                    "address": one.address,
                    "gigs": one.gigs,
                    "updated_at": one.updated_at.isoformat() if one.updated_at else None,
                    "silent_today": one.silent,
                }
                for one in self.stations
            ],
        }


def gig_board(session: StoreSession, *, region: str = "") -> Board:
    """The board of this moment. region: leading digits of the 行政区划代码; a gig without one stays on."""
    now = session.now()
    repository = StationRepository(session)
    stations = {one.posting_source: one for one in repository.open_ones()}
    postings = cleared(session, repository.live_gig_ids())
    requests = UrgentRepository(session).of_posting(list(postings))
    gigs = tuple(
        _gig(posting, requests.get(posting_id), stations)
        for posting_id, posting in postings.items()
        if _is_of_today(posting, now) and _is_in(posting, region)
    )
    return Board(gig_day(now), now, gigs, tuple(_station(one, gigs, now) for one in stations.values()))


def _is_of_today(posting: Posting, now: datetime) -> bool:
    """Wanted from now on: neither over, nor begun on an earlier gig day with a moment that has passed."""
    moment = posting.need_by or posting.start_at
    if moment is None:
        return True
    return moment > now if posting.need_by else gig_day(moment) >= gig_day(now)


def _is_in(posting: Posting, region: str) -> bool:
    code = posting.place.region_code if posting.place else None
    return not code or code.startswith(region)


def _gig(posting: Posting, request: UrgentRequestRow | None, stations: dict[str, StationView]) -> BoardGig:
    station = stations.get(posting.source)
    return BoardGig(
        posting_id=posting.posting_id,
        title=posting.title,
        employer=posting.employer_name,
        place=posting.place.name if posting.place else "",
        pay=pay_label(posting.pay),
        settlement=posting.settlement.label if posting.settlement else "",
        need_by=posting.need_by,
        places_left=posting.headcount if posting.headcount_left is None else posting.headcount_left,
        urgent=request is not None,
        station=station.name if station else ELSEWHERE,
    )


def _station(station: StationView, gigs: tuple[BoardGig, ...], now: datetime) -> BoardStation:
    updated = station.updated_at
    return BoardStation(
        name=station.name,
        address=station.address,
        gigs=sum(gig.station == station.name for gig in gigs),
        updated_at=updated,
        silent=updated is None or gig_day(updated) < gig_day(now),
    )
