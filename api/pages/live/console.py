"""/live/{event_id}: the operator's console, what it hears, and what is prepared before the show (导播台)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from api.live_stream import signal_stream
from api.pages.live.studio import InStudio, Studio
from matcher.domain.event_terms import EventState
from matcher.domain.population import PopulationQuery
from matcher.errors import InvalidInput
from matcher.services.live.answering import answer_viewer
from matcher.services.live.callers import caller_names, callers_offered
from matcher.services.live.planning import LOCAL_SHARE, OLDER_SHARE, USUAL_ITEMS, LineupRequest, plan_lineup
from matcher.services.live.public_pages import live_links
from matcher.services.live.sessions import move_live, one_live, set_callers
from matcher.services.live.wishes import Wish, typed_wishes, wishes_of_population

router = APIRouter(prefix="/live/{event_id}")
LONGEST_WORDS, LONGEST_WISHES = 20_000, 10_000
PERCENT = 100


@router.get("")
def console(studio: InStudio, event_id: int) -> Response:
    """The whole console as things stand."""
    with studio.database.reading() as session:
        live = one_live(session, event_id)
        names, offered = caller_names(session, live.callers), callers_offered(session)
    usual = {"size": USUAL_ITEMS, "older": round(OLDER_SHARE * PERCENT), "local": round(LOCAL_SHARE * PERCENT)}
    return studio.board(event_id, "console.html", live=live, names=names, offered=offered, usual=usual)


@router.get("/board")
def board(studio: InStudio, event_id: int) -> Response:
    """The parts of the console that change: run-sheet, counts, log."""
    return studio.board(event_id)


@router.get("/signals")
def signals(
    studio: InStudio, event_id: int, after: Annotated[int | None, Query(ge=0)] = None
) -> Response:
    """The signals of the livestream: numbers, no words. Last-Event-ID catches up."""
    with studio.database.reading() as session:
        one_live(session, event_id)
    return signal_stream(studio.request, event_id, after)


@router.post("/state")
def state(studio: InStudio, event_id: int, to: Annotated[str, Form(max_length=20)]) -> Response:
    """Begin, end or call off; after the end on to the funnel."""
    moved = move_live(studio.database, event_id, EventState.read(to, field="状态"), actor=studio.actor)
    over = moved.state is EventState.CLOSED
    return studio.turn_to(f"/live/{event_id}/funnel" if over else f"/live/{event_id}")


@router.post("/lineup")
def lineup(
    studio: InStudio,
    event_id: int,
    version: Annotated[int, Form()],
    wishes: Annotated[str, Form(max_length=LONGEST_WISHES)] = "",
    registered: Annotated[bool, Form()] = False,
    size: Annotated[int, Form()] = USUAL_ITEMS,
    minutes: Annotated[float, Form()] = 60,
    older: Annotated[float, Form()] = OLDER_SHARE * PERCENT,
    local: Annotated[float, Form()] = LOCAL_SHARE * PERCENT,
) -> Response:
    """Choose, order and number the postings; says how good the line-up is."""
    asked = LineupRequest(size, minutes, older / PERCENT, local / PERCENT, studio.pack.county)
    wanted = _wishes(studio, wishes, registered=registered)
    plan = plan_lineup(studio.runtime, event_id, wanted, asked, version=version, actor=studio.actor)
    return studio.page("lineup_done.html", plan=plan)


@router.post("/callers")
def callers(
    studio: InStudio, event_id: int, caller: Annotated[list[str] | None, Form(max_length=50)] = None
) -> Response:
    """Leads from now on go to them in turn."""
    set_callers(studio.database, event_id, caller or (), actor=studio.actor)
    return studio.turn_to(f"/live/{event_id}")


@router.post("/answer")
def answer(
    studio: InStudio, event_id: int, words: Annotated[str, Form(max_length=LONGEST_WORDS)] = ""
) -> Response:
    """A viewer's words, answered; they are neither kept nor in an address."""
    found = answer_viewer(studio.runtime, words, event_id, near=studio.pack.county or None) if words.strip() else None
    return studio.page("answer.html", answer=found, event_id=event_id)


@router.post("/overlay-link")
def overlay_link(studio: InStudio, event_id: int) -> Response:
    """The address for OBS, shown once; it opens nothing but the overlay."""
    with studio.database.reading() as session:
        one_live(session, event_id)
        links = live_links(studio.database, studio.runtime.config)
        token = links.overlay_token(event_id, now=session.now())
    base = str(studio.request.base_url).rstrip("/")
    return studio.page("overlay_link.html", address=f"{base}/live/{event_id}/overlay?token={token}")


def _wishes(studio: Studio, written: str, *, registered: bool) -> list[Wish]:
    """What viewers will ask: typed lines, or what registered people look for, without anybody's name."""
    if registered and written.strip():
        raise InvalidInput("“按登记求职者排”和“观众会问的话”选一样")
    if registered:
        regions = (studio.pack.county,) if studio.pack.county else ()
        return wishes_of_population(studio.database, PopulationQuery(categories=(), regions=regions))
    lines = written.splitlines()
    return typed_wishes(lines, now=studio.database.clock.now(), near=studio.pack.county or None)
