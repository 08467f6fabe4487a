"""Minutes from home to work (路上时间), from the straight line and a few published speeds.

The closed network has no road map. Distance is the great circle times a detour factor; speeds, factors and
the coarse distances between regions are in `data/travel.csv` and `data/region_km.csv`, with their reasons.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting_terms import Transport
from matcher.domain.worker_terms import Constraint, TravelMode
from matcher.ranking.masks import has
from matcher.ranking.pairs import Pairs

DATA = Path(__file__).parent / "data"
EARTH_RADIUS_KM = 6371.0
SAME_CENTRE_KM = 12.0  # a county's own breadth
EBIKE_RANGE_KM = 20.0  # one charge there and back; beyond it only those ride who say so


class Mode(IntEnum):
    """How the trip is made; the order is that of `data/travel.csv`."""

    FOOT = 0
    EBIKE = 1
    BUS = 2
    COACH = 3
    SHUTTLE = 4
    CAR = 5


# Modes open to a person by what they said of their travel; without a word: whatever is quickest but a car.
OPEN_MODES = {
    TravelMode.WALK: (Mode.FOOT,),
    TravelMode.RIDE: (Mode.FOOT, Mode.EBIKE),
    TravelMode.BUS: (Mode.FOOT, Mode.BUS, Mode.COACH),
    TravelMode.DRIVE: (Mode.FOOT, Mode.CAR),
    None: (Mode.FOOT, Mode.EBIKE, Mode.BUS, Mode.COACH),
}


@dataclass(frozen=True)
class Speed:
    """One mode of travel."""

    label: str
    km_per_hour: float
    detour: float
    fixed_minutes: float


@dataclass(frozen=True, eq=False)
class Travel:
    """Trips of k pairs, one way.

    minutes:     (k,) float32 by the quickest mode open to the person, nan unknown.
    mode:        (k,) int8 `Mode`, -1 unknown.
    km:          (k,) float32 straight line, nan unknown.
    approximate: (k,) bool, True when only region codes were known: good for ranking, never for a veto.
    """

    minutes: NDArray[np.float32]
    mode: NDArray[np.int8]
    km: NDArray[np.float32]
    approximate: NDArray[np.bool_]


@lru_cache(maxsize=1)
def speeds() -> tuple[Speed, ...]:
    """Speeds by `Mode`."""
    with (DATA / "travel.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["mode"]: row for row in csv.DictReader(file)}
    return tuple(
        Speed(row["label"], float(row["km_per_hour"]), float(row["detour"]), float(row["fixed_minutes"]))
        for row in (rows[mode.name.lower()] for mode in Mode)
    )


@lru_cache(maxsize=1)
def _region_km() -> tuple[tuple[int, float], ...]:
    """(leading digits shared, km), longest prefix first."""
    with (DATA / "region_km.csv").open(encoding="utf-8", newline="") as file:
        rows = [(int(row["digits"]), float(row["km"])) for row in csv.DictReader(file)]
    return tuple(sorted(rows, reverse=True))


def ride_minutes(km: float) -> float:
    """Minutes by bicycle over a straight line of so many km."""
    ride = speeds()[Mode.EBIKE]
    return km * ride.detour * 60 / ride.km_per_hour + ride.fixed_minutes


def great_circle_km(
    lat_a: NDArray[np.float32],
    lng_a: NDArray[np.float32],
    lat_b: NDArray[np.float32],
    lng_b: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Haversine distance in km of aligned points in degrees; nan where a coordinate is nan."""
    a, b = np.radians(lat_a), np.radians(lat_b)
    half = np.sin((b - a) / 2) ** 2
    half = half + np.cos(a) * np.cos(b) * np.sin(np.radians(lng_b - lng_a) / 2) ** 2
    km: NDArray[np.float32] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return km.astype(np.float32)


def region_km(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float32]:
    """Coarse km between 12-digit region codes; nan where one is unknown (0).

    A level counts as shared only if both codes name it: two county codes ending in zeros share their
    county, not a town.
    """
    km = np.full(a.shape, np.nan, np.float32)
    known = (a > 0) & (b > 0)
    for digits, distance in reversed(_region_km()):
        unit = 10 ** (12 - digits)
        same = known & (a // unit == b // unit)
        if digits > 2:
            parent = 10 ** (3 if digits == 9 else 2)
            same &= (a // unit) % parent != 0
        km[same] = distance
    return km


def travel(pairs: Pairs) -> Travel:
    """Trips of the pairs by the quickest mode open to each person.

    A posting with a shuttle adds that mode; a person without a vehicle does not ride.
    """
    w, p = pairs.workers, pairs.postings
    exact = great_circle_km(
        pairs.of_worker(w.lat), pairs.of_worker(w.lng), pairs.of_posting(p.lat), pairs.of_posting(p.lng)
    )
    centred = pairs.of_worker(w.centre) | pairs.of_posting(p.centre)
    approximate = np.isnan(exact) | centred
    rows = np.flatnonzero(approximate)  # region codes matter only where a point is missing
    coarse = np.full(len(pairs), np.nan, np.float32)
    coarse[rows] = region_km(pairs.of_worker(w.region)[rows], pairs.of_posting(p.region)[rows])
    # Two centres lie as far apart as they do, but a centre says nothing inside its own region.
    km = np.where(centred, np.fmax(exact, np.where(exact < SAME_CENTRE_KM, coarse, 0)), exact)
    km = np.where(np.isnan(exact), coarse, km).astype(np.float32)
    minutes, mode = _quickest(km, _open_modes(pairs), pairs.of_worker(w.travel_mode) < 0)
    return Travel(minutes, mode, km, approximate)


@lru_cache(maxsize=1)
def _open_mode_bits() -> NDArray[np.uint8]:
    """Mode bits by TravelMode ordinal; the last entry answers -1, not said."""
    stated = (*TravelMode, None)
    return np.array([sum(1 << mode for mode in OPEN_MODES[key]) for key in stated], np.uint8)


def _open_modes(pairs: Pairs) -> NDArray[np.uint8]:
    """(k,) Mode bits: what the person uses, without wheels if they have none, and the posting's shuttle."""
    bits = _open_mode_bits()[pairs.of_worker(pairs.workers.travel_mode)]
    no_vehicle = has(pairs.of_worker(pairs.workers.constraints), Constraint.NO_VEHICLE.bit)
    bits = np.where(no_vehicle, bits & ~np.uint8(1 << Mode.EBIKE | 1 << Mode.CAR), bits)
    shuttle = has(pairs.of_posting(pairs.postings.transport), Transport.SHUTTLE.bit)
    opened: NDArray[np.uint8] = np.where(shuttle, bits | np.uint8(1 << Mode.SHUTTLE), bits)
    return opened


def _quickest(
    km: NDArray[np.float32], modes: NDArray[np.uint8], unstated: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    best = np.full(km.shape, np.inf, np.float32)
    mode = np.full(km.shape, -1, np.int8)
    for option, speed in zip(Mode, speeds(), strict=True):
        usable = has(modes, 1 << option)
        if option is Mode.EBIKE:
            usable &= ~unstated | (km <= EBIKE_RANGE_KM)
        if not usable.any():
            continue
        minutes = km * np.float32(60 * speed.detour / speed.km_per_hour) + np.float32(speed.fixed_minutes)
        quicker = usable & (minutes < best)  # False for nan
        best = np.where(quicker, minutes, best)
        mode[quicker] = option
    return np.where(mode < 0, np.float32(np.nan), best), mode
