"""Buses for people who start work far away on the same day (点对点接送)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.allocation.swaps import BUS_SEATS, pack_buses
from matcher.domain.masking import mask_phone
from matcher.errors import InvalidInput
from matcher.lexicon.places import place_of
from matcher.store.database import Database
from matcher.store.repositories.transport import TransportRepository, Traveller
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession

COUNTY_DIGITS = 6
LONGEST_PERIOD_DAYS = 60


@dataclass(frozen=True, slots=True)
class Bus:
    """One vehicle. origin, destination: names of counties. riders: masked name and phone."""

    group_id: int
    origin: str
    destination: str
    day: date
    seats: int
    riders: tuple[tuple[str, str], ...]


def plan_buses(
    database: Database,
    *,
    first: date,
    last: date,
    sizes: Sequence[int] = BUS_SEATS,
    least: int = 2,
    actor: str,
) -> list[Bus]:
    """Put placements of these days that go from one county to another on buses, each once.

    sizes: seats of the vehicles at hand. least: fewer people than this make no group. Idempotent: who has a seat
    keeps it. Raises InvalidInput for sizes or a period that make no sense.
    """
    if last < first or (last - first).days > LONGEST_PERIOD_DAYS:
        raise InvalidInput(f"日期范围须从早到晚，最多 {LONGEST_PERIOD_DAYS} 天")
    pack_buses(0, sizes)
    with database.writing(actor) as session:
        repository = TransportRepository(session)
        made = []
        for (origin, destination, day), people in _grouped(repository.waiting(first, last)):
            if len(people) < least:
                continue
            at = 0
            for seats in pack_buses(len(people), sizes):
                riders = [one.outcome_id for one in people[at : at + seats]]
                at += seats
                made.append(repository.add_group(origin, destination, day, seats, riders))
        wanted = set(made)
        return [bus for bus in _buses(session, first, last) if bus.group_id in wanted]


def buses(session: StoreSession, first: date, last: date) -> list[Bus]:
    """Vehicles of these days with their passengers, masked."""
    return list(_buses(session, first, last))


def _grouped(
    travellers: Sequence[Traveller],
) -> Iterator[tuple[tuple[str, str, date], list[Traveller]]]:
    """Travellers by county of origin, county of work and day; those who stay in their county need no bus."""
    groups: dict[tuple[str, str, date], list[Traveller]] = defaultdict(list)
    for one in travellers:
        origin, destination = _county(one.origin), _county(one.destination)
        if origin != destination:
            groups[origin, destination, one.day].append(one)
    yield from sorted(groups.items())


def _county(region_code: str) -> str:
    return region_code[:COUNTY_DIGITS].ljust(12, "0")


def _buses(session: StoreSession, first: date, last: date) -> Iterator[Bus]:
    repository, people = TransportRepository(session), WorkerRepository(session)
    for row in repository.groups(first, last):
        identities = [people.masked_identity(one) for one in repository.passengers(row.id)]
        riders = tuple((who.name, who.phones[0] if who.phones else mask_phone(None)) for who in identities)
        yield Bus(
            row.id, _name(row.origin_region), _name(row.destination_region), row.travels_on, row.seats, riders
        )


def _name(region_code: str) -> str:
    place = place_of(region_code)
    return place.name if place else region_code
