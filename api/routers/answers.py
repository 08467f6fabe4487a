"""The public answer page behind a link or QR code: no login, no personal data, no script (答复页).

GET never changes anything, because phones and messengers open links to preview them. Every link that opens
nothing gets one and the same page, whatever is wrong with it.
"""

from __future__ import annotations

from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from api.pages.rendering import page
from api.pages.token_rate import TokenRate
from api.state import runtime_of
from matcher.delivery.offer import AnswerChoice, OfferView
from matcher.delivery.tokens import LONGEST_TOKEN
from matcher.domain.service_terms import ResponseReason
from matcher.errors import Conflict, InvalidInput, MatcherError, NotFound
from matcher.services.runtime import Runtime

USES_PER_MINUTE = 40


class AnswerDesk(Protocol):
    """The service behind the page; the module `matcher.services.care.push_answers` is one.

    Both raise NotFound for a token that opens nothing; `record_answer` raises Conflict, with a sentence that the
    page shows, for a posting that is gone, and InvalidInput for a number that is not on the offer.
    """

    def show_offer(self, runtime: Runtime, token: str) -> OfferView: ...

    def record_answer(
        self,
        runtime: Runtime,
        token: str,
        choice: AnswerChoice,
        reason: ResponseReason | None,
        number: int | None,
    ) -> None: ...


def answer_router(desk: AnswerDesk) -> APIRouter:
    """The routes GET and POST /a/{token}."""
    router = APIRouter(include_in_schema=False)
    rate = TokenRate(USES_PER_MINUTE)

    @router.get("/a/{token}")
    def show(request: Request, token: str) -> Response:
        refused = _refused(token, rate)
        if refused:
            return refused
        return _offer(desk, request, token)

    @router.post("/a/{token}")
    def answer(
        request: Request,
        token: str,
        choice: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        number: Annotated[str, Form()] = "",
    ) -> Response:
        refused = _refused(token, rate)
        if refused:
            return refused
        try:
            chosen = AnswerChoice.read(choice, field="答复")
            why = ResponseReason.read(reason, field="原因") if reason else None
            which = int(number) if number.isascii() and number.isdigit() and len(number) == 1 else None
            desk.record_answer(runtime_of(request), token, chosen, why, which)
        except Conflict as error:
            return _offer(desk, request, token, status=409, notice=error.message)
        except InvalidInput:
            pass  # not a button of the page; what follows shows how things stand
        except MatcherError as error:
            return _sorry(error)
        return RedirectResponse(f"/a/{token}", status_code=303)

    return router


def _offer(
    desk: AnswerDesk, request: Request, token: str, *, status: int = 200, notice: str = ""
) -> Response:
    """The page as things stand. notice: a sentence above it, "" = none."""
    try:
        offer = desk.show_offer(runtime_of(request), token)
    except MatcherError as error:
        return _sorry(error)
    values = {"offer": offer, "token": token, "reasons": list(ResponseReason), "notice": notice}
    return page("answer.html", status=status, **values)


def _refused(token: str, rate: TokenRate) -> Response | None:
    if len(token) > LONGEST_TOKEN:
        return page("dead_link.html", status=404)
    if not rate.allows(token):
        return page("busy.html", status=429, text="点得太快了，请等一分钟再点。")
    return None


def _sorry(error: MatcherError) -> Response:
    if isinstance(error, NotFound):
        return page("dead_link.html", status=404)
    return page("busy.html", status=503, text="系统正忙，请过一会儿再打开这个链接。")
