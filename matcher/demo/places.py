"""Towns, villages, relocation estates and work sites of the fictional county (地点).

The coordinates lie on open water, so no point can be mistaken for anybody's home.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from matcher.demo.wording import Draw, county_table

KM_PER_DEGREE_LAT = 111.2
VILLAGE_SPREAD_KM = 2.2
_KIND_LABELS = {"town": "乡镇", "village": "村", "estate": "小区", "site": "园区", "away": "简称"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A named point. kind: town, village, estate, site or away; code: 12-digit fictional region code."""

    name: str
    kind: str
    town: str
    code: str
    lat: float
    lng: float
    weight: float = 1.0


def moved(lat: float, lng: float, east_km: float, north_km: float) -> tuple[float, float]:
    """The point east_km and north_km away, in degrees."""
    degree_km = KM_PER_DEGREE_LAT * math.cos(math.radians(lat))
    return lat + north_km / KM_PER_DEGREE_LAT, lng + east_km / degree_km


def distance_km(lat_a: float, lng_a: float, lat_b: float, lng_b: float) -> float:
    """Flat distance; good enough within a county."""
    degree_km = KM_PER_DEGREE_LAT * math.cos(math.radians((lat_a + lat_b) / 2))
    return math.hypot((lat_a - lat_b) * KM_PER_DEGREE_LAT, (lng_a - lng_b) * degree_km)


@dataclass(frozen=True, slots=True)
class Places:
    """Every spot of the county, by kind."""

    towns: tuple[Spot, ...]
    villages: tuple[Spot, ...]
    estates: tuple[Spot, ...]
    sites: tuple[Spot, ...]
    away: tuple[Spot, ...]

    @property
    def all(self) -> tuple[Spot, ...]:
        return self.towns + self.villages + self.estates + self.sites + self.away


@lru_cache(maxsize=1)
def places() -> Places:
    """The map of the county; the same for every seed."""
    table = county_table()
    lat0, lng0 = table["centre"]
    draw = Draw(999001)
    towns: list[Spot] = []
    villages: list[Spot] = []
    for row in table["town"]:
        lat, lng = moved(lat0, lng0, *row["offset_km"])
        towns.append(Spot(row["name"], "town", row["name"], row["code"], lat, lng, float(row["weight"])))
        for number, name in enumerate(row["villages"], start=1):
            angle, far = draw.between(0, 2 * math.pi), draw.between(0.6, VILLAGE_SPREAD_KM)
            vlat, vlng = moved(lat, lng, far * math.cos(angle), far * math.sin(angle))
            code = f"{row['code'][:9]}{200 + number:03d}"
            villages.append(Spot(name, "village", row["name"], code, vlat, vlng))
    codes = {town.name: town.code for town in towns}

    def spots(kind: str) -> tuple[Spot, ...]:
        return tuple(
            Spot(
                row["name"],
                kind,
                row.get("town", row["name"]),
                row.get("code") or codes[row["town"]],
                *moved(lat0, lng0, *row["offset_km"]),
                float(row.get("weight", 1)),
            )
            for row in table[kind]
        )

    return Places(tuple(towns), tuple(villages), spots("estate"), spots("site"), spots("away"))


def gazetteer_rows() -> list[dict[str, object]]:
    """Names with code and coordinates, in the columns of the lexicon's gazetteer.csv."""
    return [
        {
            "name": spot.name,
            "region": spot.code,
            "kind": _KIND_LABELS[spot.kind],
            "lng": round(spot.lng, 5),
            "lat": round(spot.lat, 5),
            "near": 0,
            "covers": "",
            "note": "样例：虚构地名",
        }
        for spot in places().all
    ]
