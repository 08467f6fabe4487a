"""/fair/{id}: employers, booths, postings and their flags (筹备)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair, Hall, number
from api.pages.staff_request import Form, text, turn_to
from matcher.errors import MatcherError
from matcher.services.fairs.booth_choice import employers_called, hidden_because
from matcher.services.fairs.marking import close_fair, give_away_no_shows
from matcher.services.fairs.opening import add_booth, cancel_fair

router = APIRouter(prefix="/fair/{event_id}")


@router.get("")
def set_up(hall: AtFair, event_id: int, q: str = "", left_out: int = 0) -> Response:
    """Booths with flags. q: part of an employer's name to look for."""
    done = f"有 {left_out} 家单位没排上：现在没有可展示的岗位，或同一时间在别的场" if left_out else ""
    return _page(hall, event_id, words=q, done=done)


@router.post("/booths")
def new_booth(hall: AtFair, event_id: int, form: Form) -> Response:
    """A booth for an employer with all it may show now."""
    try:
        add_booth(
            hall.database, event_id, booth_no=text(form, "booth_no"), employer_id=text(form, "employer"),
            tables=number(form, "tables", "洽谈桌", empty=1) or 0, actor=hall.actor,
        )  # fmt: skip
    except REFUSED as error:
        return _page(hall, event_id, error, words=text(form, "q"))
    return turn_to(f"/fair/{event_id}")


@router.post("/cancel")
def cancel(hall: AtFair, event_id: int) -> Response:
    """The fair does not take place."""
    try:
        cancel_fair(hall.database, event_id, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return turn_to(f"/fair/{event_id}")


@router.post("/release")
def release(hall: AtFair, event_id: int) -> Response:
    """Free the places of people who did not come."""
    try:
        freed = give_away_no_shows(hall.database, event_id, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, done=f"让出 {freed} 个时段，现场来人可以用")


@router.post("/close")
def close(hall: AtFair, event_id: int) -> Response:
    """The fair is over."""
    try:
        close_fair(hall.database, event_id, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return turn_to(f"/fair/{event_id}/report")


def _page(
    hall: Hall, event_id: int, error: MatcherError | None = None, *, words: str = "", done: str = ""
) -> Response:
    with hall.database.reading() as session:
        found, hidden = employers_called(session, words), hidden_because(session, event_id)
    return hall.fair_page(event_id, "set_up.html", error, done, found=found, hidden=hidden, q=words, here="set_up")
