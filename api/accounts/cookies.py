"""The cookie of a session (会话 Cookie).

Over https its name begins with __Host-: the browser then takes it only with Secure, for this host and the whole
path. Behind a proxy the server knows of https by X-Forwarded-Proto, which uvicorn trusts from loopback alone.
"""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

PLAIN_NAME = "matcher_session"
SECURE_NAME = f"__Host-{PLAIN_NAME}"
_MOST_CHARS = 100


def session_token(request: Request) -> str:
    """The token that the browser sent, "" when there is none."""
    return request.cookies.get(_name(request), "")[:_MOST_CHARS]


def set_session(request: Request, response: Response, token: str, *, lasts_s: int | None = None) -> None:
    """Give the browser a new session. lasts_s: keep it over a restart of the browser (kiosks only)."""
    response.set_cookie(
        _name(request),
        token,
        max_age=lasts_s,
        path="/",
        secure=_secure(request),
        httponly=True,
        samesite="strict",
    )


def clear_session(request: Request, response: Response) -> None:
    """Take the session from the browser, and whatever it kept of the pages."""
    response.delete_cookie(
        _name(request), path="/", secure=_secure(request), httponly=True, samesite="strict"
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request) -> str:
    return SECURE_NAME if _secure(request) else PLAIN_NAME
