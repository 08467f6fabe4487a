"""我要去: the slip, and late and by choice a phone number, the window, or the number on a letter (小票与留电话)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.responses import Response

from api.pages.kiosk.screens import jobs_screen, show_list, start_again
from api.pages.kiosk.visitor import AtKiosk, Visitor
from matcher.clock import SHANGHAI
from matcher.delivery.links import qr_svg
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.kiosk.inbox import jobs_of_letter, want_to_go
from matcher.services.kiosk.leave_phone import CONSENT_LINES, leave_phone
from matcher.services.kiosk.slips import slip_of
from matcher.services.sending.push_office import push_office

router = APIRouter()
_RATES = FixedWindowRateLimiter(MemoryStorage())  # of this process; a restart forgives at most one window
_CODES = parse_many("5/minute;50/day")
"""Attempts of one machine: 10^8 codes a push ÷ 50 a day stay beyond guessing."""
_PHONES = parse_many("6/minute;200/day")
TOO_OFTEN = "试得太多了，请过一分钟再试，或到窗口问"


@router.post("/kiosk/slip")
def slip(here: AtKiosk, posting: Annotated[str, Form()] = "") -> Response:
    """Print a slip; one that may not be printed any more is said to be gone, with the next cards."""
    if not here.token:
        return start_again(here)
    wanted = posting or here.visit.chosen
    try:
        made = slip_of(here.runtime, wanted, here.device)
    except Conflict as gone:
        here.change(chosen="", prints=0)
        return jobs_screen(here, gone.message)
    again = here.visit.prints if wanted == here.visit.chosen else 0
    here.change(chosen=wanted, prints=again + 1)
    qr = qr_svg(made.url, scalable=True) if made.url else ""
    return here.screen("slip", slip=made, qr=qr, reprint=again > 0, noted=_noted(here, wanted))


@router.post("/kiosk/phone")
def phone(here: AtKiosk) -> Response:
    """The big keypad, with what is done with the number."""
    if not here.token:
        return start_again(here)
    return _phone(here)


@router.post("/kiosk/phone/leave")
def leave(here: AtKiosk, phone: Annotated[str, Form()] = "", agreed: Annotated[str, Form()] = "") -> Response:
    """Keep the number, or nothing at all without a yes."""
    if not here.token:
        return start_again(here)
    if agreed != "yes":
        return here.screen("phone_left", masked="")
    if not _allowed(here, "phone"):
        return _phone(here, TOO_OFTEN)
    try:
        left = leave_phone(here.runtime.database, phone, here.device, posting_id=here.visit.chosen)
    except InvalidInput as error:
        return _phone(here, error.message)
    return here.screen("phone_left", masked=left.masked)


@router.post("/kiosk/window")
def window(here: AtKiosk) -> Response:
    """A ticket for the window: what was looked for, nothing of who asks."""
    if not here.token:
        return start_again(here)
    now = here.runtime.database.clock.now().astimezone(SHANGHAI)
    return here.screen("window", at=now, station=here.device.name)


@router.post("/kiosk/code")
def code(here: AtKiosk, code: Annotated[str, Form()] = "") -> Response:
    """The number on a letter opens the postings that were sent; without one, the keypad."""
    if not here.token:
        return start_again(here)
    if not code:
        return here.screen("code", notice="")
    if not _allowed(here, "code"):
        return here.screen("code", status=429, notice=TOO_OFTEN)
    try:
        jobs = jobs_of_letter(here.runtime.database, code)
    except NotFound as unknown:
        return here.screen("code", notice=unknown.message)
    return show_list(here, jobs, everything=False)


def _noted(here: Visitor, posting_id: str) -> str:
    """What is told of an answer to a letter; "" when the list on the screen is not one's letters."""
    pushes = [one.push_id for one in here.visit.shown if one.posting_id == posting_id and one.push_id is not None]
    return want_to_go(here.runtime.database, push_office(here.runtime), pushes[0]) if pushes else ""


def _phone(here: Visitor, notice: str = "") -> Response:
    return here.screen("phone", lines=CONSENT_LINES, notice=notice)


def _allowed(here: Visitor, what: str) -> bool:
    limits = _CODES if what == "code" else _PHONES
    return all(_RATES.hit(limit, what, str(here.account_id)) for limit in limits)
