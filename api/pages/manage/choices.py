"""What may be chosen in the filters (筛选项)."""

from __future__ import annotations

from datetime import date

from matcher.lexicon.places import place_of
from matcher.services.overview.overview import Overview
from matcher.services.overview.view import REGION_DIGITS, View

MONTHS = 18


def month_choices(today: date) -> list[tuple[str, str]]:
    """(2026-03, 2026年3月) of this month and those before it."""
    months = [today.year * 12 + today.month - 1 - back for back in range(MONTHS)]
    return [(f"{one // 12}-{one % 12 + 1:02d}", f"{one // 12}年{one % 12 + 1}月") for one in months]


def place_choices(shown: Overview, own_region: str | None) -> list[tuple[str, str]]:
    """(digits, name): the whole first, then the towns seen, or the one place that is looked at."""
    whole = "本辖区" if own_region else "全部区域"
    view: View = shown.view
    found = [("", whole)]
    if view.region:
        place = place_of(view.region.ljust(REGION_DIGITS, "0"))
        found.append((view.region, place.name if place else view.region))
    towns = sorted((one.name, one.code) for one in shown.promise.towns if one.code and one.code != view.region)
    return found + [(code, name) for name, code in towns]
