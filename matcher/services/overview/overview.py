"""All that the head of an office sees on one page (总览)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from matcher.clock import local_date
from matcher.domain.service_terms import EventType
from matcher.regions.pack import RegionPack
from matcher.services.care.employer_record import Share
from matcher.services.overview.catalogue import GROUP_LABELS
from matcher.services.overview.event_figures import (
    ANSWERED,
    EVENTS,
    REFERRED,
    URGENT,
    URGENT_FILLED,
    EmployerLine,
    employer_lines,
)
from matcher.services.overview.figure import Asked
from matcher.services.overview.labour_figures import TradeLine, trade_lines
from matcher.services.overview.load_figures import Evenness, evenness
from matcher.services.overview.people_figures import (
    CAUSE_LABELS,
    SHORT,
    TOWN_DIGITS,
    Tally,
    tallies,
)
from matcher.services.overview.town_map import Bubble, town_bubbles
from matcher.services.overview.view import REGION_DIGITS, Dimension, View
from matcher.services.planning.push_shortfalls import region_name
from matcher.services.reports.report_people import NO_TOWN, town_name
from matcher.store.database import Database
from matcher.store.tables.workers import WorkerRow

MOST_TRADES = 14
MOST_EMPLOYERS = 8


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One town or village. covered + short = people."""

    code: str
    name: str
    people: int
    covered: int

    @property
    def short(self) -> int:
        return self.people - self.covered

    @property
    def share(self) -> float:
        return self.covered / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class CountLine:
    """A code, its name and how many."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Promise:
    """每人两个以上: people who are willing, how many got enough, and why the others did not."""

    people: int
    covered: int
    short: int
    without: int
    towns: tuple[PlaceLine, ...]
    villages: tuple[PlaceLine, ...]
    causes: tuple[CountLine, ...]
    bubbles: tuple[Bubble, ...]

    @property
    def share(self) -> float:
        return self.covered / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Labour:
    """Supply and demand now."""

    openings: int
    seekers: int
    trades: tuple[TradeLine, ...]

    @property
    def ratio(self) -> float | None:
        """求人倍率."""
        return self.openings / self.seekers if self.seekers else None


@dataclass(frozen=True, slots=True)
class Activity:
    """Events of the year against the target of the region pack (0 = none), urgent requests, answers of employers.

    year_gone: share of the year that is over.
    """

    events: int
    target: int
    year_gone: float
    kinds: tuple[CountLine, ...]
    urgent: Share
    answers: Share
    employers: tuple[EmployerLine, ...]

    @property
    def event_share(self) -> float:
        return min(self.events / self.target, 1.0) if self.target else 0.0


@dataclass(frozen=True, slots=True)
class Overview:
    """One page. due: when the next monthly report is due. warnings: figures of the pack whose plan has ended."""

    view: View
    pack: RegionPack
    made_on: date
    promise: Promise
    labour: Labour
    even: Evenness
    activity: Activity
    due: date
    warnings: tuple[str, ...]


def overview(database: Database, pack: RegionPack, view: View) -> Overview:
    """The page of a month and place, out of one snapshot."""
    with database.reading() as session:
        asked = Asked(session, pack, view.whole())
        today = local_date(session.now())
        return Overview(
            view=asked.view,
            pack=pack,
            made_on=today,
            promise=_promise(asked),
            labour=_labour(asked),
            even=evenness(asked, GROUP_LABELS),
            activity=_activity(asked, today),
            due=next_due(pack, today),
            warnings=tuple(pack.expired_on(today)),
        )


def next_due(pack: RegionPack, today: date) -> date:
    """The next day on which the monthly report is due; today when it is today."""
    if today.day <= pack.report_day:
        return today.replace(day=pack.report_day)
    return (today.replace(day=1) + timedelta(days=32)).replace(day=pack.report_day)


def _promise(asked: Asked) -> Promise:
    found = tallies(asked, Dimension.TOWN)
    towns = _places(asked, Dimension.TOWN, found)
    by_village = tallies(asked, Dimension.VILLAGE) if len(asked.view.region) >= TOWN_DIGITS else {}
    villages = _places(asked, Dimension.VILLAGE, by_village)
    causes = SHORT.split(asked, Dimension.CAUSE)
    named = {one.code: one.name for one in towns if one.code and one.name != NO_TOWN}
    return Promise(
        people=sum(one.people for one in found.values()),
        covered=sum(one.covered for one in found.values()),
        short=sum(causes.values()),
        without=sum(one.without for one in found.values()),
        towns=tuple(towns),
        villages=tuple(villages),
        causes=tuple(
            CountLine(code, CAUSE_LABELS.get(code, code), count)
            for code, count in sorted(causes.items(), key=lambda one: (-one[1], one[0]))
        ),
        bubbles=tuple(
            town_bubbles(
                asked,
                named,
                {one.code: one.short for one in towns},
                {one.code: one.people for one in towns},
            )
        ),
    )


def _places(asked: Asked, by: Dimension, found: Mapping[str, Tally]) -> list[PlaceLine]:
    """Lines of the places, those with the most people who are short first."""
    names = _village_names(asked, list(found)) if by is Dimension.VILLAGE else {}
    lines = [
        PlaceLine(code, names.get(code) or _place_name(by, code), one.people, one.covered)
        for code, one in found.items()
    ]
    return sorted(lines, key=lambda one: (-one.short, -one.people, one.code))


def _village_names(asked: Asked, codes: list[str]) -> dict[str, str]:
    """What the people of each village call it; codes of villages are in no table."""
    row = WorkerRow
    query = select(row.region_code, func.min(row.place_name)).where(row.region_code.in_([one for one in codes if one]))
    return {code: name for code, name in asked.session.execute(query.group_by(row.region_code)) if code and name}


def _place_name(by: Dimension, code: str) -> str:
    if not code:
        return "未登记住址"
    return town_name(code.ljust(REGION_DIGITS, "0")) if by is Dimension.TOWN else region_name(code)


def _labour(asked: Asked) -> Labour:
    lines = trade_lines(asked)
    return Labour(
        sum(one.openings for one in lines), sum(one.seekers for one in lines), tuple(lines[:MOST_TRADES])
    )


def _activity(asked: Asked, today: date) -> Activity:
    kinds = EVENTS.split(asked, Dimension.KIND)
    seen = min(today, asked.view.month.after - timedelta(days=1))
    referred = REFERRED.count(asked)
    return Activity(
        events=EVENTS.count(asked),
        target=asked.pack.events_per_year,
        year_gone=seen.timetuple().tm_yday / 365,
        kinds=tuple(CountLine(one.value, one.label, kinds[one.value]) for one in EventType if one.value in kinds),
        urgent=Share(URGENT_FILLED.count(asked), URGENT.count(asked)),
        answers=Share(ANSWERED.count(asked), referred),
        employers=tuple(employer_lines(asked, most=MOST_EMPLOYERS)),
    )
