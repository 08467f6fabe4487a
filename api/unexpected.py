"""What nobody foresaw: one sentence for whoever asked, kind and place for the log, the error's words for nobody (未预料的错误).

Starlette would answer as well, but hands the error on to the server, which writes its words and so perhaps
somebody's name into the log.
"""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.problem_pages import for_people, problem_page
from api.problems import problem
from matcher.errors import trail

log = structlog.get_logger()


class Unexpected:
    """ASGI middleware that ends every error here; an answer already begun is cut off by the server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            route = getattr(scope.get("route"), "path", "")  # the template: an address may hold a person's number
            log.error("unexpected_error", route=route, trail=trail(error))
            if not begun:
                await _answer(Request(scope))(scope, receive, send)


def _answer(request: Request) -> Response:
    if for_people(request):
        return problem_page(request, 500, "系统出错，已记下来；请稍后再试")
    return problem(500, "服务出错，已记录；请稍后再试", code="internal")
