"""Public pages of a livestream: the overlay for OBS, and the form behind its QR code (直播公开页).

The overlay's token is taken out of the address at the first load: it moves into a cookie that scripts cannot read
and that goes to this page alone. Every link that opens nothing gets one and the same page.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from api.live_stream import signal_stream
from api.pages.rendering import page
from api.pages.token_rate import TokenRate
from api.state import runtime_of
from matcher.delivery.live_links import LiveScope
from matcher.delivery.renderings import Sign
from matcher.delivery.tokens import LONGEST_TOKEN
from matcher.errors import InvalidInput, MatcherError, NotFound
from matcher.regions.loading import load_pack
from matcher.services.live.public_pages import form_view, live_links, overlay_card, send_form
from matcher.services.live.sessions import one_live
from matcher.services.renderings import sign_of
from matcher.services.runtime import Runtime

router = APIRouter(include_in_schema=False)

COOKIE = "live_overlay"
COOKIE_DAYS = 2
FORM_USES, SENDS, OVERLAY_USES = 600, 6, 600
OVERLAY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The overlay follows the signals, so it has a script; it is ours, from our own address."""

_form_rate, _send_rate, _overlay_rate = TokenRate(FORM_USES), TokenRate(SENDS), TokenRate(OVERLAY_USES)
Given = Annotated[str, Query(alias="token", max_length=LONGEST_TOKEN)]
Kept = Annotated[str, Cookie(alias=COOKIE, max_length=LONGEST_TOKEN)]


@router.get("/live/{event_id}/overlay")
def overlay(request: Request, event_id: int, given: Given = "", kept: Kept = "") -> Response:
    """The page that OBS shows over the picture."""
    runtime = runtime_of(request)
    refused = _closed(runtime, event_id, given or kept)
    if refused:
        return refused
    address = f"/live/{event_id}/overlay"
    if given:
        moved = RedirectResponse(address, status_code=303)
        moved.set_cookie(
            COOKIE, given, max_age=COOKIE_DAYS * 86_400, path=address, httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return moved
    shown = page("live/overlay.html", address=address)
    shown.headers["Content-Security-Policy"] = OVERLAY_POLICY
    return shown


@router.get("/live/{event_id}/overlay/card")
def card(request: Request, event_id: int, kept: Kept = "") -> Response:
    """What is on the screen at this moment, as a piece of the page; nothing when nothing may be shown."""
    runtime = runtime_of(request)
    refused = _closed(runtime, event_id, kept)
    if refused:
        return refused
    links = live_links(runtime.database, runtime.config)
    shown = overlay_card(runtime.database, _sign(runtime), event_id, links)
    return page("live/overlay_card.html", card=shown) if shown else Response(status_code=204)


@router.get("/live/{event_id}/overlay/signals")
def signals(request: Request, event_id: int, kept: Kept = "") -> Response:
    """The signals for the overlay: numbers, no words."""
    runtime = runtime_of(request)
    refused = _closed(runtime, event_id, kept)
    if refused:
        return refused
    with runtime.database.reading() as session:
        one_live(session, event_id)
    return signal_stream(request, event_id, None)


@router.get("/l/{token}")
def show_form(request: Request, token: str) -> Response:
    """The posting and the form."""
    if not _form_rate.allows(token[:LONGEST_TOKEN]):
        return _busy()
    return _form(request, token)


@router.post("/l/{token}")
def send(
    request: Request,
    token: str,
    phone: Annotated[str, Form(max_length=40)] = "",
    whose: Annotated[str, Form(max_length=10)] = "",
    question: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take down a phone. The answer is the same whether it was known or not."""
    client = request.client.host if request.client else ""
    if not _form_rate.allows(token[:LONGEST_TOKEN]) or not _send_rate.allows(f"{client}|{token[:LONGEST_TOKEN]}"):
        return _busy()
    runtime = runtime_of(request)
    try:
        links = live_links(runtime.database, runtime.config)
        send_form(runtime.database, token, links, phone=phone, own=whose != "other", question=question)
    except InvalidInput as error:
        return _form(request, token, status=422, notice=error.message)
    except MatcherError as error:
        return _sorry(error)
    return page("live/form_sent.html", own=whose != "other")


def _form(request: Request, token: str, *, status: int = 200, notice: str = "") -> Response:
    runtime = runtime_of(request)
    try:
        links = live_links(runtime.database, runtime.config)
        view = form_view(runtime.database, _sign(runtime), token, links)
    except MatcherError as error:
        return _sorry(error)
    return page("live/form.html", status=status, view=view, token=token, notice=notice)


def _closed(runtime: Runtime, event_id: int, token: str) -> Response | None:
    """The page for a token that does not open this overlay, None when it does."""
    if not _overlay_rate.allows(token):
        return _busy()
    try:
        links = live_links(runtime.database, runtime.config)
        target = links.read(token, now=runtime.database.clock.now())
    except NotFound as error:
        return _sorry(error)
    opens = target.scope is LiveScope.OVERLAY and target.event_id == event_id
    return None if opens else page("dead_link.html", status=404)


def _sign(runtime: Runtime) -> Sign:
    return sign_of(load_pack(runtime.config.region, runtime.config.home))


def _busy() -> Response:
    return page("busy.html", status=429, text="点得太快了，请等一分钟再点。")


def _sorry(error: MatcherError) -> Response:
    if isinstance(error, NotFound):
        return page("dead_link.html", status=404)
    return page("busy.html", status=503, text="系统正忙，请过一会儿再打开这个链接。")
