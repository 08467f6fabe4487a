"""Request and response bodies of livestreams (直播接口数据结构)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt

from api.schemas import Moment, Short, Strict
from matcher.domain.event_terms import EventState, LeadState
from matcher.services.live.airing import Edited
from matcher.services.live.leads import LeadsTaken
from matcher.services.live.planning import LOCAL_SHARE, OLDER_SHARE, USUAL_ITEMS
from matcher.services.live.sessions import LiveView

Name = Annotated[str, Field(max_length=80)]
Version = Annotated[StrictInt, Field(description="看到的流程单版本；别人先改过则 409")]
Number = Annotated[StrictInt, Field(ge=1, le=999)]
MOST_LINES = 200
LONGEST_PASTE = 200_000


class LiveAsk(Strict):
    """A new livestream."""

    name: Short
    starts_at: Moment
    minutes: StrictInt = 60
    platform: Short = ""
    callers: Annotated[tuple[Name, ...], Field(max_length=50, description="回电人员，轮流接线索")] = ()


class LiveBody(BaseModel):
    """One livestream. version: of its run-sheet."""

    event_id: int
    name: str
    state: EventState
    starts_at: datetime
    ends_at: datetime | None
    platform: str
    version: int
    callers: list[str]

    @classmethod
    def of(cls, live: LiveView) -> LiveBody:
        """From the service's view."""
        return cls(
            event_id=live.event_id,
            name=live.name,
            state=live.state,
            starts_at=live.starts_at,
            ends_at=live.ends_at,
            platform=live.platform,
            version=live.version,
            callers=list(live.callers),
        )


class StateAsk(Strict):
    """The next state of a livestream."""

    state: EventState


class CallersAsk(Strict):
    """Who calls leads back from now on."""

    callers: Annotated[list[Name], Field(max_length=50)]


class LineupAsk(Strict):
    """Whose wishes the run-sheet is drawn up for: typed lines, or a population query; one of them."""

    version: Version
    wishes: Annotated[tuple[Short, ...], Field(max_length=MOST_LINES)] = ()
    population: Annotated[dict[str, Any] | None, Field(description="服务对象查询，同推送批次")] = None
    size: StrictInt = USUAL_ITEMS
    minutes: Annotated[StrictFloat, Field(gt=0, le=1_440)] = 60
    older_share: StrictFloat = OLDER_SHARE
    local_share: StrictFloat = LOCAL_SHARE


class ItemAsk(Strict):
    """An edit of one item. place: new place in the running order, for a move."""

    version: Version
    short_no: Number
    place: StrictInt = 0
    because: Annotated[str, Field(max_length=60)] = ""


class AddAsk(Strict):
    """One more posting at the end."""

    version: Version
    posting_id: Short


class EditedBody(BaseModel):
    """The version after an edit."""

    version: int
    short_no: int

    @classmethod
    def of(cls, edited: Edited) -> EditedBody:
        """From the service's answer."""
        return cls(version=edited.version, short_no=edited.short_no)


class ViewerAsk(Strict):
    """A line of chat. top: cards at most."""

    text: Annotated[str, Field(max_length=20_000)]
    top: Annotated[StrictInt, Field(ge=1, le=5)] = 5


class PasteAsk(Strict):
    """Lines copied from the chat."""

    text: Annotated[str, Field(max_length=LONGEST_PASTE)]


class LeadsBody(BaseModel):
    """What became of a paste; phones masked."""

    new: list[dict[str, Any]]
    repeated: list[dict[str, Any]]
    ask_back: list[dict[str, Any]]

    @classmethod
    def of(cls, taken: LeadsTaken) -> LeadsBody:
        """From the service's answer."""
        return cls(
            new=[one.to_json() for one in taken.new],
            repeated=[one.to_json() for one in taken.repeated],
            ask_back=[{"line": one.line, "why": one.why, "shown": one.shown} for one in taken.ask_back],
        )


class LeadAsk(Strict):
    """What a call led to. own_phone: whose phone it is, where the call told. caller: hand it to somebody else."""

    state: LeadState | None = None
    own_phone: StrictBool | None = None
    caller: Name = ""


