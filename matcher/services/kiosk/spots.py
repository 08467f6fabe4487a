"""Where a kiosk stands, and how long it takes from there (自助机位置, 路上时间).

INVARIANTS
- Minutes are told only between two real points; a county's centre is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from matcher.domain.values import Place
from matcher.lexicon.places import place_of
from matcher.ranking.travel import Mode, great_circle_km, speeds
from matcher.retrieval.codebook import lexicon_codebook
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import StationRow

WALK_UP_TO = 30
RIDE_UP_TO = 60
"""Minutes; a longer way is told by its place."""
_LEVELS = (2, 4, 6, 9, 12)
"""Digits of province, city, county, town and village."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a kiosk stands. place: None when nothing is known; exact: its coordinates are those of the machine."""

    place: Place | None = None
    exact: bool = False


def kiosk_spot(session: StoreSession, name: str, region_code: str | None) -> Spot:
    """The gig station that bears the device's name, else the only one of its region, else the region itself."""
    row = StationRow
    stations = list(session.scalars(select(row).where(row.closed_at.is_(None)).order_by(row.id)))
    named = [one for one in stations if one.name == name]
    inside = _prefix(region_code)
    near = [one for one in stations if inside and (one.region_code or "").startswith(inside)]
    chosen = named or (near if len(near) == 1 else [])
    if not chosen:
        return Spot(place_of(region_code) if region_code else None)
    one = chosen[0]
    place = Place(one.name, one.region_code or region_code, one.lat, one.lng)
    return Spot(place, exact=one.lat is not None and one.lng is not None)


def way_text(spot: Spot, place: Place | None) -> str:
    """走路约12分钟 or 骑车约25分钟; "" when either point is not known or the way is longer."""
    here = spot.place
    if here is None or place is None or not (spot.exact and _is_point(here) and _is_point(place)):
        return ""
    points = (here.lat, here.lng, place.lat, place.lng)
    km = float(great_circle_km(*(np.array([value], np.float32) for value in points))[0])
    for mode, most, said in ((Mode.FOOT, WALK_UP_TO, "走路"), (Mode.EBIKE, RIDE_UP_TO, "骑车")):
        speed = speeds()[mode]
        minutes = round(km * 60 * speed.detour / speed.km_per_hour + speed.fixed_minutes)
        if minutes <= most:
            return f"{said}约{max(minutes, 1)}分钟"
    return ""


def _prefix(region_code: str | None) -> str:
    """The digits that all places of a region share: 130629000000 → 130629; "" for no region."""
    code = region_code or ""
    return next((code[:digits] for digits in _LEVELS if not code[digits:].strip("0")), code) if code else ""


def _is_point(place: Place) -> bool:
    if place.lat is None or place.lng is None:
        return False
    return not (place.region_code and lexicon_codebook().is_centre(place.region_code, place.lat, place.lng))
