"""/fair/{id}/booths/{booth}: marks on a phone (展位标记)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair, Hall
from api.pages.staff_request import Form, text
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import ResponseReason
from matcher.errors import MatcherError, NotFound
from matcher.services.fairs.marking import mark_meeting
from matcher.services.fairs.views import booth_sheets, moment
from matcher.store.repositories.events import EventRepository

router = APIRouter(prefix="/fair/{event_id}/booths/{booth_id}")
S = ShortlistState
NO_SUCH_BOOTH = "本场没有这个展位"
BUTTONS = ((S.MET, "面谈"), (S.INTENT, "意向"), (S.INTERVIEW, "约面试"), (S.HIRED, "录用"))


@router.get("")
def booth(hall: AtFair, event_id: int, booth_id: int) -> Response:
    """Who comes to the booth, the next on top."""
    return _page(hall, event_id, booth_id)


@router.post("")
def mark(hall: AtFair, event_id: int, booth_id: int, form: Form) -> Response:
    """What came of a meeting; another mark corrects it."""
    _require_booth(hall, event_id, booth_id)
    try:
        state, said = S.read(text(form, "state"), field="标记"), text(form, "reason")
        reason = ResponseReason.read(said, field="原因") if said else None
        done = mark_meeting(
            hall.database, event_id, text(form, "worker"), text(form, "posting"), state, reason=reason,
            actor=hall.actor,
        )  # fmt: skip
    except REFUSED as error:
        return _page(hall, event_id, booth_id, error)
    return _page(hall, event_id, booth_id, done="；".join((f"已标记：{state.label}", *done.notices)))


def _require_booth(hall: Hall, event_id: int, booth_id: int) -> None:
    with hall.database.reading() as session:
        if booth_id not in {one.id for one in EventRepository(session).booths(event_id)}:
            raise NotFound(NO_SUCH_BOOTH)


def _page(
    hall: Hall, event_id: int, booth_id: int, error: MatcherError | None = None, *, done: str = ""
) -> Response:
    with hall.database.reading() as session:
        sheets = booth_sheets(session, event_id, booth_id)
        if not sheets:
            raise NotFound(NO_SUCH_BOOTH)
        event = EventRepository(session).get(event_id)
        times = [moment(event, slot) for slot in range(event.slots or 0)]
    sheet = sheets[0]
    waiting = [line for line in sheet.lines if line.state is S.PLANNED]
    marked = [line for line in sheet.lines if line.state is not S.PLANNED]
    return hall.fair_page(
        event_id, "booth.html", error, done, sheet=sheet, waiting=waiting, marked=marked, times=times,
        buttons=BUTTONS, reasons=tuple(ResponseReason), here="set_up",
    )  # fmt: skip
