"""/live: the livestreams there are, and a new one (直播场次)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.pages.live.studio import InStudio
from matcher.clock import SHANGHAI
from matcher.errors import InvalidInput
from matcher.services.live.callers import callers_offered
from matcher.services.live.schedule import lives_of
from matcher.services.live.sessions import USUAL_MINUTES, create_live

router = APIRouter(prefix="/live")
Line = Annotated[str, Form(max_length=200)]


@router.get("")
def schedule(studio: InStudio) -> Response:
    """The list, the newest first, and the form for a new one."""
    with studio.database.reading() as session:
        found, callers = lives_of(session, studio.staff), callers_offered(session)
    return studio.page("schedule.html", found=found, callers=callers, minutes=USUAL_MINUTES)


@router.post("")
def enter(
    studio: InStudio,
    name: Line = "",
    starts_at: Line = "",
    minutes: Annotated[int, Form()] = USUAL_MINUTES,
    platform: Line = "",
    caller: Annotated[list[str] | None, Form(max_length=50)] = None,
) -> Response:
    """A new livestream, and on to its console."""
    made = create_live(
        studio.database, name, _moment(starts_at), minutes=minutes, platform=platform, callers=caller or (),
        region=studio.staff.region_code or studio.pack.county_code, actor=studio.actor,
    )  # fmt: skip
    return studio.turn_to(f"/live/{made.event_id}")


def _moment(text: str) -> datetime:
    """What a field for date and time sends, as a moment of the county."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise InvalidInput("请填写开始时间，例如 2026-03-02 19:30") from None
