"""/live/{event_id}/funnel: what became of the leads, at once, after a day, after a week (播后漏斗)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.live.studio import InStudio
from matcher.services.live.funnel import funnel
from matcher.services.live.run_sheet import run_sheet

router = APIRouter(prefix="/live/{event_id}")


@router.get("/funnel")
def after_show(studio: InStudio, event_id: int) -> Response:
    """The figures of this moment; what nobody has said is unknown."""
    with studio.database.reading() as session:
        sheet, found = run_sheet(session, studio.sign, event_id), funnel(session, event_id)
    titles = {item.short_no: item.card.get("title", "") for item in sheet.items}
    return studio.page("funnel.html", sheet=sheet, funnel=found, titles=titles)
