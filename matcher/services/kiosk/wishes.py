"""From three taps, or one sentence, to what the engine looks for (求职意向)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import Benefit, EmploymentForm, PostingKind, Settlement, Shift
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint, TravelMode
from matcher.services.kiosk.trades import Trade
from matcher.text.worker_reader import worker_from_row

SOMEBODY = "kiosk"
"""Who asks: nobody in particular."""

LONGEST_WORDS = 100


class Aim(Labelled):
    """The first question (想找什么活)."""

    TODAY = "today", "今天就干"
    STEADY = "steady", "长期稳定"
    NEAR = "near", "离家近"
    BOARD = "board", "包吃包住"
    FAMILY = "family", "能照顾家"


class Reach(Labelled):
    """The third question (最远走多久)."""

    WALK_15 = "walk_15", "走路15分钟"
    RIDE_30 = "ride_30", "骑车30分钟"
    ANYWHERE = "anywhere", "哪都行"


_REACH = {Reach.WALK_15: (TravelMode.WALK, 15), Reach.RIDE_30: (TravelMode.RIDE, 30)}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody tapped or wrote; everything may be left open. words: their own, "" = none."""

    aim: Aim | None = None
    trade: Trade | None = None
    reach: Reach | None = None
    words: str = ""


def wished_worker(wish: Wish, spot: Place | None, now: datetime) -> Worker:
    """The wish as the engine reads it, from where the kiosk stands. spot: None when that is not known."""
    person = _of_words(wish.words, spot, now) if wish.words else Worker(SOMEBODY)
    if wish.trade is not None:
        person = replace(person, wish_text=wish.trade.words, occupations=wish.trade.occupations)
    if wish.reach in _REACH:
        mode, minutes = _REACH[wish.reach]
        person = replace(person, travel_mode=mode, max_minutes=minutes)
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
        return replace(person, forms=(EmploymentForm.FULL_TIME,))
    if aim is Aim.NEAR:
        return replace(person, near_home=True)
    if aim is Aim.BOARD:
        return replace(person, needs=(Benefit.MEALS, Benefit.LODGING))
    if aim is Aim.FAMILY:
        return replace(person, constraints=(Constraint.CHILD_PICKUP,), refused_shifts=(Shift.NIGHT,))
    return person
