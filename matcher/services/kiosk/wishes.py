"""From three taps, or one sentence, to what the engine looks for (求职意向)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime

from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import Benefit, EmploymentForm, PostingKind, Settlement, Shift
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint, TravelMode
from matcher.ranking.travel import ride_minutes
from matcher.regions.pack import Reach as ServiceCircle
from matcher.services.kiosk.trades import Trade
from matcher.text.worker_reader import worker_from_row

SOMEBODY = "kiosk"
"""Who asks: nobody in particular."""

LONGEST_WORDS = 100
RIDE_MINUTES = 30


class Aim(Labelled):
    """The first question (想找什么活)."""

    TODAY = "today", "今天就干"
    STEADY = "steady", "长期稳定"
    NEAR = "near", "离家近"
    BOARD = "board", "包吃包住"
    FAMILY = "family", "能照顾家"


class Reach(Labelled):
    """The third question (最远走多久); the figures of the county's service circle go before some of the labels."""

    WALK = "walk", "走路"
    CIRCLE = "circle", "以内"
    RIDE_30 = "ride_30", "骑车30分钟"
    ANYWHERE = "anywhere", "哪都行"


def reach_label(reach: Reach, circle: ServiceCircle) -> str:
    """An answer as it stands on its button: 走路15分钟, 5公里以内."""
    if reach is Reach.WALK:
        return f"{reach.label}{circle.town_walk_minutes}分钟"
    if reach is Reach.CIRCLE:
        return f"{circle.rural_km:g}公里{reach.label}"
    return reach.label


def reach_limit(reach: Reach, circle: ServiceCircle) -> tuple[TravelMode, int] | None:
    """How they go and for how many minutes at most; None without a limit. The country circle is ridden."""
    if reach is Reach.WALK:
        return TravelMode.WALK, circle.town_walk_minutes
    if reach is Reach.CIRCLE:
        return TravelMode.RIDE, math.ceil(ride_minutes(circle.rural_km))
    return (TravelMode.RIDE, RIDE_MINUTES) if reach is Reach.RIDE_30 else None


_STEADY_PAY = (Settlement.MONTHLY, Settlement.HALF_MONTHLY)
"""Who wants to stay is not shown a day's work first."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody tapped or wrote; everything may be left open. words: their own, "" = none."""

    aim: Aim | None = None
    trade: Trade | None = None
    reach: Reach | None = None
    words: str = ""


def wished_worker(wish: Wish, spot: Place | None, circle: ServiceCircle, now: datetime) -> Worker:
    """The wish as the engine reads it, from where the kiosk stands. spot: None when that is not known.

    circle: how far the county's service circle reaches.
    """
    person = _of_words(wish.words, spot, now) if wish.words else Worker(SOMEBODY)
    if wish.trade is not None:
        person = replace(person, wish_text=wish.trade.words, occupations=wish.trade.occupations)
    limit = reach_limit(wish.reach, circle) if wish.reach else None
    if limit is not None:
        person = replace(person, travel_mode=limit[0], max_minutes=limit[1])
    if person.place is None:
        person = replace(person, place=spot)
    return _with_aim(person, wish.aim)


def _of_words(words: str, spot: Place | None, now: datetime) -> Worker:
    row = {"id": SOMEBODY, "text": words[:LONGEST_WORDS]}
    return worker_from_row(row, now=now, near=spot.region_code if spot else None)


def _with_aim(person: Worker, aim: Aim | None) -> Worker:
    if aim is Aim.TODAY:
        return replace(person, kinds=(PostingKind.GIG,), settlements=(Settlement.DAILY, Settlement.NEXT_DAY))
    if aim is Aim.STEADY:
        return replace(person, forms=(EmploymentForm.FULL_TIME,), settlements=_STEADY_PAY)
    if aim is Aim.NEAR:
        return replace(person, near_home=True)
    if aim is Aim.BOARD:
        return replace(person, needs=(Benefit.MEALS, Benefit.LODGING))
    if aim is Aim.FAMILY:
        return replace(person, constraints=(Constraint.CHILD_PICKUP,), refused_shifts=(Shift.NIGHT,))
    return person
