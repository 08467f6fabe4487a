"""/fair/{id}/wall: every posting by the number that is called out, on a large screen (墙上大屏)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import AtFair, Hall
from matcher.services.fairs.views import fair_view, wall_board

router = APIRouter(prefix="/fair/{event_id}/wall")
LINES_A_SCREEN = 7  # at 60 px and more a line of 1080


@router.get("")
def wall(hall: AtFair, event_id: int) -> Response:
    """The whole screen."""
    return _screen(hall, event_id, "wall.html", 0)


@router.get("/board")
def board(hall: AtFair, event_id: int, screen: int = 0) -> Response:
    """The next lines, asked about anew."""
    return _screen(hall, event_id, "wall_board.html", screen)


def _screen(hall: Hall, event_id: int, template: str, screen: int) -> Response:
    with hall.database.reading() as session:
        lines, view = wall_board(session, event_id), fair_view(session, event_id)
    screens = max(1, -(-len(lines) // LINES_A_SCREEN))
    here = screen % screens
    shown = lines[here * LINES_A_SCREEN : (here + 1) * LINES_A_SCREEN]
    now = hall.database.clock.now()
    return hall.page(template, fair=view, lines=shown, screen=here, screens=screens, postings=len(lines), now=now)
