"""The page behind the QR code of a slip: one posting as it stands now, no login, no script (小票二维码页)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.rendering import page
from api.pages.token_rate import TokenRate
from api.state import runtime_of
from matcher.delivery.tokens import LONGEST_TOKEN
from matcher.errors import Conflict, MatcherError, NotFound
from matcher.services.kiosk.slips import public_slip

router = APIRouter(include_in_schema=False)
USES_PER_MINUTE = 40
_rate = TokenRate(USES_PER_MINUTE)


@router.get("/j/{token}")
def posting(request: Request, token: str) -> Response:
    """The posting; one and the same page for every link that opens nothing."""
    if len(token) > LONGEST_TOKEN:
        return page("dead_link.html", status=404)
    if not _rate.allows(token):
        return page("busy.html", status=429, text="点得太快了，请等一分钟再点。")
    try:
        slip = public_slip(runtime_of(request), token)
    except NotFound:
        return page("dead_link.html", status=404)
    except Conflict:
        return page("kiosk/gone.html", status=410)
    except MatcherError:
        return page("busy.html", status=503, text="系统正忙，请过一会儿再打开这个链接。")
    return page("kiosk/posting.html", slip=slip)
