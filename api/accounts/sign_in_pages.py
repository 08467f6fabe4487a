"""Signing in and out, the second step, one's own account (登录页面)."""

from __future__ import annotations

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from api.accounts.cookies import clear_session, set_session
from api.accounts.rate_limits import BY_ADDRESS, BY_CODE, BY_LOGIN, BY_PAIRING, address_of, limits_of
from api.accounts.staff import staff_of, visitor_of
from api.pages.navigation import HOME
from api.pages.problem_pages import SIGN_IN, STEP_PAGES
from api.pages.rendering import staff_page
from api.state import runtime_of
from matcher.domain.service_terms import Role
from matcher.errors import Forbidden, InvalidInput
from matcher.services.accounts.devices import pair_device
from matcher.services.accounts.second_factor import enrolment_address, enrolment_secret, pass_second_step
from matcher.services.accounts.sessions import LIFETIMES, end_all_sessions, end_session
from matcher.services.accounts.signing_in import SignedIn, change_password, sign_in

router = APIRouter(include_in_schema=False)

LONGEST_FIELD = 400
Text = Annotated[str, Form(max_length=LONGEST_FIELD)]
_NEW_TWICE = "两次输入的新口令不一样"


@router.get("/")
def start(request: Request) -> Response:
    """To the home of whoever is signed in, else to the sign-in page."""
    staff = visitor_of(request)
    address = SIGN_IN if staff is None else STEP_PAGES.get(staff.step, HOME[staff.role])
    return RedirectResponse(address, status_code=303)


@router.get("/sign-in")
def show_sign_in(request: Request, next: str = "") -> Response:
    """The form."""
    if visitor_of(request) is not None:
        return RedirectResponse("/", status_code=303)
    return _sign_in_page(request, next)


@router.post("/sign-in")
def send_sign_in(request: Request, login: Text = "", password: Text = "", next: Text = "") -> Response:
    """Check and open a session."""
    limits = limits_of(request)
    limits.count(BY_ADDRESS, "address", address_of(request))
    limits.count(BY_LOGIN, "login", login.strip().lower())
    try:
        opened = sign_in(runtime_of(request).database, login, password)
    except Forbidden as error:
        return _sign_in_page(request, next, login=login.strip(), notice=error.message, status=403)
    return _onward(request, opened, next)


@router.get("/sign-in/device")
def show_device(request: Request) -> Response:
    """Where a machine that is to be a kiosk types its pairing code."""
    return staff_page(request, "sign_in_device.html", notice="")


@router.post("/sign-in/device")
def send_device(request: Request, code: Text = "") -> Response:
    """Pair the machine."""
    limits_of(request).count(BY_PAIRING, "pairing", address_of(request))
    try:
        opened = pair_device(runtime_of(request).database, code)
    except Forbidden as error:
        return staff_page(request, "sign_in_device.html", 403, notice=error.message)
    return _onward(request, opened, "")


@router.get("/sign-in/enrol")
def show_enrol(request: Request) -> Response:
    """The QR code for the authenticator app."""
    return _enrol_page(request)


@router.post("/sign-in/enrol")
def send_enrol(request: Request, code: Text = "") -> Response:
    """The first code: it proves that the app holds the secret."""
    try:
        return _second_step(request, code)
    except Forbidden as error:
        return _enrol_page(request, notice=error.message, status=403)


@router.get("/sign-in/code")
def show_code(request: Request) -> Response:
    """The form for the code."""
    return staff_page(request, "sign_in_code.html", notice="")


@router.post("/sign-in/code")
def send_code(request: Request, code: Text = "") -> Response:
    """Check the code."""
    try:
        return _second_step(request, code)
    except Forbidden as error:
        return staff_page(request, "sign_in_code.html", 403, notice=error.message)


@router.get("/sign-in/new-password")
def show_new_password(request: Request) -> Response:
    """The form for one's own password in place of the one given out."""
    return staff_page(request, "sign_in_new_password.html", notice="")


@router.post("/sign-in/new-password")
def send_new_password(request: Request, old: Text = "", new: Text = "", again: Text = "") -> Response:
    """Set it."""
    try:
        _change(request, old, new, again)
    except (Forbidden, InvalidInput) as error:
        return staff_page(request, "sign_in_new_password.html", 422, notice=error.message)
    return RedirectResponse(HOME[staff_of(request).role], status_code=303)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session, in the database and in the browser."""
    staff = visitor_of(request)
    if staff is not None:
        end_session(runtime_of(request).database, staff)
    return _signed_out(request)


@router.post("/sign-out/everywhere")
def sign_out_everywhere(request: Request) -> Response:
    """End every session of the account."""
    end_all_sessions(runtime_of(request).database, staff_of(request))
    return _signed_out(request)


@router.get("/account")
def show_account(request: Request) -> Response:
    """One's own account."""
    return staff_page(request, "account.html", notice="", done="")


@router.post("/account/password")
def send_password(request: Request, old: Text = "", new: Text = "", again: Text = "") -> Response:
    """Change one's own password."""
    try:
        _change(request, old, new, again)
    except (Forbidden, InvalidInput) as error:
        return staff_page(request, "account.html", 422, notice=error.message, done="")
    return staff_page(request, "account.html", notice="", done="口令已修改，其他地方的登录都已退出")


def _change(request: Request, old: str, new: str, again: str) -> None:
    staff = staff_of(request)
    limits_of(request).count(BY_CODE, "password", str(staff.account_id))
    if new != again:
        raise InvalidInput(_NEW_TWICE)
    change_password(runtime_of(request).database, staff, old, new)


def _second_step(request: Request, code: str) -> Response:
    staff = staff_of(request)
    limits_of(request).count(BY_CODE, "code", str(staff.account_id))
    return _onward(request, pass_second_step(runtime_of(request).database, staff, code), "")


def _onward(request: Request, opened: SignedIn, asked: str) -> Response:
    """With the new session to the step that is due, to the page asked for, or home."""
    address = STEP_PAGES.get(opened.step) or (asked if _is_ours(asked) else HOME[opened.role])
    response = RedirectResponse(address, status_code=303)
    device = opened.role is Role.KIOSK_DEVICE
    lasts_s = int(LIFETIMES[opened.role].whole.total_seconds()) if device else None
    set_session(request, response, opened.token, lasts_s=lasts_s)
    return response


def _is_ours(address: str) -> bool:
    """Whether an address is a path of this site: a browser reads //host and /\\host as another one."""
    plain = address.isprintable() and "\\" not in address
    return plain and address.startswith("/") and not address.startswith("//") and address != "/"


def _signed_out(request: Request) -> Response:
    response = RedirectResponse(SIGN_IN, status_code=303)
    clear_session(request, response)
    return response


def _sign_in_page(
    request: Request, asked: str, *, login: str = "", notice: str = "", status: int = 200
) -> Response:
    return staff_page(request, "sign_in.html", status, next=asked, login=login, notice=notice)


def _enrol_page(request: Request, *, notice: str = "", status: int = 200) -> Response:
    staff = staff_of(request)
    secret = enrolment_secret(runtime_of(request).database, staff)
    drawn = io.BytesIO()
    address = enrolment_address(staff, secret)
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=2, xmldecl=False, svgns=True)
    values = {"qr": Markup(drawn.getvalue().decode()), "secret": secret, "notice": notice}  # noqa: S704 - drawn here
    return staff_page(request, "sign_in_enrol.html", status, **values)


