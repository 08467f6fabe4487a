"""Render a template into a response that a browser treats with suspicion (页面渲染)."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.accounts.cookies import session_token
from api.accounts.csrf import FIELD, HEADER, token_for
from api.pages.navigation import nav_of
from matcher.clock import SHANGHAI
from matcher.services.accounts.staff import Staff, Step

STATIC_URL = "/static"
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""No script at all: the public pages work without one."""

STAFF_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Scripts and styles of our own only; nothing inline without the nonce of the response, no eval."""

_NONCE_BYTES = 16
_FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["static_url"] = STATIC_URL
_templates.filters["local_time"] = lambda moment: moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


class PageAssets(StaticFiles):
    """Styles and pictures of the pages; mount it at STATIC_URL."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The rendered template of a public page; every value is escaped."""
    html = _templates.get_template(template).render(**values)
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": CONTENT_POLICY})


def staff_page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The rendered template of a page, or a piece of one, for somebody with an account.

    Beside `values` the template has: staff (None before signing in), nav, nonce, csrf_token, csrf_field (for every
    form that posts), htmx_headers (for the body), path.
    """
    staff: Staff | None = getattr(request.state, "staff", None)
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    token = token_for(session_token(request)) if staff else ""
    given = {
        "staff": staff,
        "nav": nav_of(staff.role, request.url.path) if staff and staff.step is Step.DONE else (),
        "nonce": nonce,
        "csrf_token": token,
        "csrf_field": Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token),
        "htmx_headers": escape(json.dumps({HEADER: token})),
        "path": request.url.path,
    }
    html = _templates.get_template(template).render(given | values)
    headers = {
        "Content-Security-Policy": STAFF_POLICY.format(nonce=nonce),
        # without one the browser would send no Origin with a form, see api.accounts.csrf
        "Referrer-Policy": "same-origin",
        "Vary": "Cookie, HX-Request",
    }
    return HTMLResponse(html, status_code=status, headers=headers)
