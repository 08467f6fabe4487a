"""Edits of the run-sheet while it runs; each answers with the board as it is afterwards (上播与流程单)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.pages.live.studio import InStudio
from matcher.services.live.airing import add_item, move_item, put_on_air, take_off

router = APIRouter(prefix="/live/{event_id}")
Version = Annotated[int, Form(description="of the run-sheet that was looked at")]
Number = Annotated[int, Form(ge=1, le=999)]


@router.post("/air")
def air(studio: InStudio, event_id: int, version: Version, short_no: Number) -> Response:
    """Refused with every reason when it may not be aired, or when somebody else edited first."""
    put_on_air(studio.database, event_id, short_no, version=version, actor=studio.actor)
    return studio.board(event_id)


@router.post("/off")
def off(studio: InStudio, event_id: int, version: Version, short_no: Number) -> Response:
    """Every console hears it."""
    take_off(studio.database, event_id, short_no, version=version, actor=studio.actor)
    return studio.board(event_id)


@router.post("/move")
def move(
    studio: InStudio, event_id: int, version: Version, short_no: Number, place: Annotated[int, Form()]
) -> Response:
    """Another place in the running order; the spoken number stays."""
    move_item(studio.database, event_id, short_no, place, version=version, actor=studio.actor)
    return studio.board(event_id)


@router.post("/items")
def add(
    studio: InStudio, event_id: int, version: Version, posting_id: Annotated[str, Form(max_length=80)]
) -> Response:
    """One more posting at the end, or one that was taken off back on."""
    add_item(studio.database, event_id, posting_id.strip(), version=version, actor=studio.actor)
    return studio.board(event_id)
