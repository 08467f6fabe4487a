"""Where the towns lie and how much is missing in each, as bubbles of a drawing (乡镇缺口图).

No boundaries of towns exist as open data, so a town is a point: its own where the gazetteer has one, else the
middle of the people who live there, else a place on a ring, and then the drawing says so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from matcher.lexicon.places import place_of
from matcher.services.overview.figure import SMALLEST_GROUP, Asked
from matcher.services.overview.people_figures import town_of
from matcher.store.tables.workers import WorkerRow

WIDTH, HEIGHT, MARGIN = 640, 440, 64
LEAST_RADIUS, MOST_RADIUS = 13.0, 46.0
GAP = 16.0  # room between two bubbles for the name under the upper one
ROUNDS = 200
STEPS = (0.1, 0.25, 0.5)
"""Share of the willing who are short, from which a darker colour is used."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One town. x, y, r: in units of the drawing. short, people: of those who are willing. step: 0 (pale) to 3.

    approximate: the point is not known and was made up.
    """

    code: str
    name: str
    short: int
    people: int
    x: float
    y: float
    r: float
    step: int
    approximate: bool


def town_bubbles(
    asked: Asked, names: Mapping[str, str], short: Mapping[str, int], people: Mapping[str, int]
) -> list[Bubble]:
    """A bubble for each named town, its area as the people who are short; the largest first, so that small ones lie on top.

    names: nine digits → name. short, people: by nine digits.
    """
    codes = [one for one in names if len(one) == len(one.strip()) and one]
    points, made_up = _points(asked, codes)
    placed = _fitted(points)
    most = max((short.get(one, 0) for one in codes), default=0)
    bubbles = [
        Bubble(
            code=one,
            name=names[one],
            short=short.get(one, 0),
            people=people.get(one, 0),
            x=placed[one][0],
            y=placed[one][1],
            r=_radius(short.get(one, 0), most),
            step=_step(short.get(one, 0), people.get(one, 0)),
            approximate=one in made_up,
        )
        for one in codes
    ]
    return sorted(_apart(bubbles), key=lambda one: (-one.r, one.code))


def _points(asked: Asked, codes: Sequence[str]) -> tuple[dict[str, Point], set[str]]:
    """(x east, y north) in km-like units of each town, and those that had to be made up."""
    known: dict[str, Point] = {}
    for code in codes:
        place = place_of(code.ljust(12, "0"))
        if place is not None and place.lat is not None and place.lng is not None:
            known[code] = (place.lat, place.lng)
    shared = {point for point, towns in Counter(known.values()).items() if towns > 1}
    own = {code: point for code, point in known.items() if point not in shared}
    living = _middle_of_people(asked, [code for code in codes if code not in own])
    found = living | own
    made_up = [code for code in codes if code not in found]
    centre = _mean([*found.values(), *known.values()]) or (0.0, 0.0)
    spread = _spread(found.values(), centre)
    for place_no, code in enumerate(made_up):
        angle = 2 * math.pi * place_no / len(made_up)
        found[code] = (centre[0] + spread * math.sin(angle), centre[1] + spread * math.cos(angle))
    shrink = math.cos(math.radians(centre[0]))
    return {code: (lng * shrink, lat) for code, (lat, lng) in found.items()}, set(made_up)


def _middle_of_people(asked: Asked, codes: Sequence[str]) -> dict[str, Point]:
    """Mean point of the people of each town, where SMALLEST_GROUP of them and more have one."""
    row = WorkerRow
    town = town_of(row.region_code)
    query = (
        select(town, func.avg(row.lat), func.avg(row.lng))
        .where(town.in_(codes), row.lat.is_not(None), row.lng.is_not(None))
        .group_by(town)
        .having(func.count() >= SMALLEST_GROUP)
    )
    return {code: (lat, lng) for code, lat, lng in asked.session.execute(query)}


def _mean(points: Sequence[Point]) -> Point | None:
    if not points:
        return None
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def _spread(points: object, centre: Point) -> float:
    found = [math.dist(point, centre) for point in points]  # type: ignore[attr-defined]
    return max(found, default=0.0) or 1.0


def _fitted(points: Mapping[str, Point]) -> dict[str, Point]:
    """The points in the drawing, north up, in true proportion."""
    if not points:
        return {}
    xs, ys = [x for x, _ in points.values()], [y for _, y in points.values()]
    wide, high = max(xs) - min(xs) or 1e-9, max(ys) - min(ys) or 1e-9
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    left, top = (WIDTH - scale * wide) / 2, (HEIGHT - scale * high) / 2
    if len(points) == 1:
        return dict.fromkeys(points, (WIDTH / 2, HEIGHT / 2))
    return {
        code: (left + scale * (x - min(xs)), top + scale * (max(ys) - y)) for code, (x, y) in points.items()
    }


def _radius(short: int, most: int) -> float:
    """Area as the people who are short."""
    return max(LEAST_RADIUS, MOST_RADIUS * math.sqrt(short / most)) if most else LEAST_RADIUS


def _step(short: int, people: int) -> int:
    share = short / people if people else 0.0
    return sum(share >= limit for limit in STEPS) if short else 0


def _apart(bubbles: Sequence[Bubble]) -> list[Bubble]:
    """The bubbles pushed apart until none hides another, each kept inside the drawing."""
    moved = list(bubbles)
    for _ in range(ROUNDS):
        still = True
        for i in range(len(moved)):
            for k in range(i + 1, len(moved)):
                a, b = moved[i], moved[k]
                dx, dy = b.x - a.x, b.y - a.y
                far = math.hypot(dx, dy) or 1e-6
                over = a.r + b.r + GAP - far
                if over > 0.5:
                    ux, uy = (dx / far, dy / far) if far > 1e-3 else (1.0, 0.0)
                    moved[i] = _inside(replace(a, x=a.x - ux * over / 2, y=a.y - uy * over / 2))
                    moved[k] = _inside(replace(b, x=b.x + ux * over / 2, y=b.y + uy * over / 2))
                    still = False
        if still:
            break
    return [replace(one, x=round(one.x, 1), y=round(one.y, 1), r=round(one.r, 1)) for one in moved]


def _inside(bubble: Bubble) -> Bubble:
    side = max(bubble.r, 34.0)
    return replace(
        bubble,
        x=min(max(bubble.x, side), WIDTH - side),
        y=min(max(bubble.y, bubble.r + 4), HEIGHT - bubble.r - 20),
    )
