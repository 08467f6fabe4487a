"""Request and response bodies of urgent requests, the gig board and swaps (快招与调剂接口数据结构)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt

from api.schemas import Day, Moment, Short, Strict
from matcher.allocation.swaps import BUS_SEATS
from matcher.domain.event_terms import SwapState
from matcher.domain.labels import pay_label
from matcher.domain.record_terms import LabourBalance, UrgentState
from matcher.services.instant.answering import Answered, Seat
from matcher.services.instant.arriving import Recorded, Side
from matcher.services.instant.opening import Opened
from matcher.services.instant.reading import UrgentDraft
from matcher.services.instant.waves import Wave

Place = Annotated[str, Field(max_length=60)]
MOST_BUS_SIZES = 10


class UrgentAsk(Strict):
    """A request in somebody's words; the other fields are for what the words leave open."""

    words: Annotated[str, Field(min_length=1, max_length=500, examples=["明早6点要5个小工 安新高铁站 260一天"])]
    employer_name: Short = ""
    people: StrictInt | None = None
    need_by: Moment | None = None
    ends_at: Moment | None = None
    place: Place = ""
    title: Short = ""
    station: Annotated[str, Field(min_length=1, max_length=60, description="零工驿站的岗位来源")] = "instant"
    sure: Annotated[StrictFloat, Field(ge=0.5, lt=1)] = 0.9
    again: StrictBool = False
    draft: Annotated[StrictBool, Field(description="只读，不发起")] = False


class UrgentBody(BaseModel):
    """What was read. request_id is null while something is missing, or for a draft."""

    request_id: int | None
    posting_id: str | None
    title: str
    people: int | None
    need_by: datetime | None
    place: str
    pay: str
    employer_name: str
    missing: list[str]
    warnings: list[str]

    @classmethod
    def of(cls, draft: UrgentDraft, opened: Opened | None) -> UrgentBody:
        """From the draft and, when it was opened, the request."""
        return cls(
            request_id=opened.request_id if opened else None,
            posting_id=opened.posting_id if opened else None,
            title=draft.title,
            people=draft.needed,
            need_by=draft.need_by,
            place=draft.place.name if draft.place else "",
            pay=pay_label(draft.pay),
            employer_name=draft.employer_name,
            missing=list(draft.missing()),
            warnings=list(opened.warnings) if opened else [],
        )


class WaveBody(BaseModel):
    """What one wave did; people by id alone."""

    asked: list[str]
    reserves: list[str]
    answer_by: datetime | None
    last: bool
    reached: float
    usable: int
    expected: int
    state: UrgentState
    note: str
    busy: bool

    @classmethod
    def of(cls, wave: Wave) -> WaveBody:
        """From the service's answer."""
        return cls(
            asked=list(wave.asked),
            reserves=list(wave.reserves),
            answer_by=wave.answer_by,
            last=wave.last,
            reached=wave.reached,
            usable=wave.usable,
            expected=wave.told,
            state=wave.state,
            note=wave.note,
            busy=wave.busy,
        )


class AnswerAsk(Strict):
    """One person's answer to an offer."""

    worker_id: Short
    yes: StrictBool


class AnswerBody(BaseModel):
    """What it led to, and what the person is told."""

    place: Seat
    text: str
    repeated: bool

    @classmethod
    def of(cls, done: Answered) -> AnswerBody:
        """From the service's answer."""
        return cls(place=done.place, text=done.text, repeated=done.repeated)


class ArrivalAsk(Strict):
    """What one side says of one person. came false: the other side did not keep it."""

    worker_id: Short
    side: Side
    came: StrictBool
    late: StrictBool = False


class ArrivalBody(BaseModel):
    """What changed. promoted: the reserve who is told to come instead."""

    state: UrgentState
    promoted: str | None
    sent_away: int
    repeated: bool

    @classmethod
    def of(cls, done: Recorded) -> ArrivalBody:
        """From the service's answer."""
        return cls(
            state=done.state, promoted=done.promoted, sent_away=done.sent_away, repeated=done.repeated
        )


class CloseAsk(Strict):
    """cancelled: nobody is wanted any more, and everybody is told."""

    cancelled: StrictBool = False


class FreeAsk(Strict):
    """Until when somebody is free; null = no longer."""

    worker_id: Short
    until: Moment | None


class BalanceAsk(Strict):
    """What a firm has too many or too few of."""

    employer_id: Short
    direction: LabourBalance
    headcount: StrictInt
    occupation_code: Annotated[str | None, Field(max_length=20)] = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class SwapMove(Strict):
    """The next state of a swap."""

    state: SwapState
    tripartite_signed: StrictBool = False


class BusesAsk(Strict):
    """Put the placements of these days on buses."""

    first: Day
    last: Day
    sizes: Annotated[tuple[StrictInt, ...], Field(min_length=1, max_length=MOST_BUS_SIZES)] = BUS_SEATS

