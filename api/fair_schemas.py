"""Request bodies of fairs (招聘会接口数据结构)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from api.schemas import Moment, Short, Strict
from matcher.domain.event_terms import OverrideKind
from matcher.domain.record_terms import ConsentChannel, ShortlistState
from matcher.domain.service_terms import Campaign, ConsentPurpose, EventType, ResponseReason

Id = Annotated[str, Field(min_length=1, max_length=120)]


class FairAsk(Strict):
    """A new fair."""

    name: Short
    starts_at: Moment
    slots: StrictInt
    slot_minutes: StrictInt = 10
    type: EventType = EventType.SPECIAL_FAIR
    campaign: Campaign | None = None
    place_name: Short = ""
    capacity: StrictInt | None = None
    region_code: Annotated[str | None, Field(pattern=r"^\d{6,12}$")] = None


class BoothAsk(Strict):
    """A booth. posting_ids empty: everything of the employer that may be shown."""

    booth_no: Annotated[str, Field(min_length=1, max_length=20)]
    employer_id: Id
    posting_ids: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    tables: StrictInt = 1


class DecisionAsk(Strict):
    """A pin or a ban. slot: from 0."""

    worker_id: Id
    posting_id: Id
    kind: OverrideKind
    slot: StrictInt | None = None
    reason: Annotated[str, Field(max_length=100)]


class ReplyAsk(Strict):
    """An answer to an invitation."""

    worker_id: Id
    coming: StrictBool


class CheckinAsk(Strict):
    """What was said or scanned, or the person picked from candidates; neither: somebody is counted."""

    said: Annotated[str, Field(max_length=60)] = ""
    worker_id: Annotated[str, Field(max_length=120)] = ""


class PersonAsk(Strict):
    """One person."""

    worker_id: Id


class NewcomerAsk(Strict):
    """Somebody without a file: their own words, what they agreed to and how. once: the same again is one person."""

    words: Annotated[str, Field(max_length=2_000, examples=["会贴砖，想在附近干，日结"])]
    agreed: Annotated[tuple[ConsentPurpose, ...], Field(max_length=4)]
    channel: ConsentChannel = ConsentChannel.DESK
    name: Short = ""
    phone: Short = ""
    region: Short = ""
    once: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""


class MarkAsk(Strict):
    """What came of a meeting."""

    worker_id: Id
    posting_id: Id
    state: ShortlistState
    reason: ResponseReason | None = None
