"""/live/{event_id}/prompter: what the host reads, large (提词器)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.live.studio import InStudio, Studio
from matcher.services.live.prompter import prompt

router = APIRouter(prefix="/live/{event_id}/prompter")


@router.get("")
def prompter(studio: InStudio, event_id: int) -> Response:
    """The page; it follows the signals."""
    return _shown(studio, event_id, "prompter.html")


@router.get("/card")
def card(studio: InStudio, event_id: int) -> Response:
    """What is on air at this moment."""
    return _shown(studio, event_id, "prompter_card.html")


def _shown(studio: Studio, event_id: int, template: str) -> Response:
    with studio.database.reading() as session:
        found = prompt(session, studio.sign, event_id)
    return studio.page(template, prompt=found)
