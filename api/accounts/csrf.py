"""A request that changes something comes from our own page, and from this session (跨站请求防护).

Two walls beside SameSite=Strict: the browser says where the request comes from (Sec-Fetch-Site, else Origin), and
the page carries a token that only the session's own token yields. Where nobody is signed in yet the first wall
stands alone.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request

from matcher.errors import Forbidden

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN = "这个请求不是从本系统的页面发出的；请从页面重新操作"
STALE = "页面已过期；请刷新后再试"
_PURPOSE = b"csrf"


def token_for(session_token: str) -> str:
    """The token of a session's pages; says nothing of the session's own."""
    return hmac.new(session_token.encode("utf-8", "replace"), _PURPOSE, hashlib.sha256).hexdigest()


def check_origin(request: Request) -> None:
    """Raise Forbidden unless the browser says that our own page sent the request."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise Forbidden(FOREIGN)
        return
    origin = urlsplit(request.headers.get("origin", ""))
    if not origin.netloc or (origin.scheme, origin.netloc) != (request.url.scheme, request.url.netloc):
        raise Forbidden(FOREIGN)


async def check_token(request: Request, session_token: str) -> None:
    """Raise Forbidden unless header or form carries the session's token."""
    sent: object = request.headers.get(HEADER)
    if sent is None and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        sent = (await request.form()).get(FIELD)
    text = sent if isinstance(sent, str) else ""
    if not hmac.compare_digest(text.encode("utf-8", "replace"), token_for(session_token).encode()):
        raise Forbidden(STALE)
