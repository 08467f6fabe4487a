"""/desk: today's queue by rule (今日待办)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.pages.desk.office import AtDesk
from matcher.services.desk.today import Tab, today

router = APIRouter(prefix="/desk")


@router.get("")
def queue(desk: AtDesk, tab: str = Tab.ALL, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """The queue of whoever is signed in, one tab of it."""
    chosen = Tab.read(tab, field="待办分类")
    with desk.database.reading() as session:
        found = today(session, desk.pack, desk.sight, chosen, page)
    template = "queue_lines.html" if desk.request.headers.get("HX-Target") == "queue" else "queue.html"
    return desk.page(template, found=found, tabs=tuple(Tab), now=desk.database.clock.now())
