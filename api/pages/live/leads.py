"""Lines pasted from the chat; the host sees the last four digits, and never more (线索)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.pages.live.studio import InStudio
from matcher.services.live.leads import take_leads

router = APIRouter(prefix="/live/{event_id}")
LONGEST_PASTE = 200_000


@router.post("/leads")
def leads(
    studio: InStudio, event_id: int, paste: Annotated[str, Form(max_length=LONGEST_PASTE)] = ""
) -> Response:
    """What became of each line: new, there already, to be asked back."""
    taken = take_leads(studio.database, event_id, paste, actor=studio.actor)
    return studio.page("leads_taken.html", taken=taken)
