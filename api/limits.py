"""Refuse a body that is too large before any of it is parsed (请求体上限)."""

from __future__ import annotations

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.problem_pages import for_people, problem_page
from api.problems import problem

JSON_BODY_BYTES = 1_000_000
UPLOAD_BODY_BYTES = 200_000_000


class BodyLimit:
    """ASGI middleware: answers 413 as soon as the declared or received size passes the limit."""

    def __init__(self, app: ASGIApp, upload_paths: Collection[str]) -> None:
        """upload_paths: the paths that may take a file."""
        self._app = app
        self._upload_paths = frozenset(upload_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = UPLOAD_BODY_BYTES if scope["path"] in self._upload_paths else JSON_BODY_BYTES
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            await _too_large(Request(scope), limit)(scope, receive, send)
            return
        received = 0
        answered = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLarge:
            if not answered:
                await _too_large(Request(scope), limit)(scope, receive, send)


class _TooLarge(Exception):
    pass


def _too_large(request: Request, limit: int) -> Response:
    most = f"{limit // 1_000_000} MB"
    if for_people(request):
        return problem_page(request, 413, f"提交的内容超过 {most} 上限；请分成几次，或换一个小一些的文件")
    return problem(413, f"内容超过 {most} 上限", code="too_large")
