"""Refuse what cannot be answered in time, early and cheaply, so that the rest still is (过载保护).

INVARIANTS
- At most `at_once` requests are worked on; a few wait their turn, none longer than `wait_s`.
- What is refused gets 503 with Retry-After before any work was done for it.
- Health routes always get in, and so do uploads, which are rare and long. A stream of events gives up its place as
  soon as it has begun.
- A refusal is made once and sent again and again: under load there are many.
- A place is taken only once the whole body is here: a slow sender holds up nobody but itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.rendering import page
from api.problems import RETRY_AFTER_S, problem

MOST_WAITING = 64
WAIT_S = 0.25
_BUSY = "人多，系统正忙，请过几秒再试"


class Shedding:
    """ASGI middleware: a limit on requests in flight with a short, bounded queue before it."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        at_once: int,
        most_waiting: int = MOST_WAITING,
        wait_s: float = WAIT_S,
        always: Sequence[str] = (),
        uploads: Sequence[str] = (),
    ) -> None:
        """always: beginnings of paths that are never refused. uploads: paths that hold no place."""
        self._app = app
        self._free = at_once
        self._most_waiting = most_waiting
        self._wait_s = wait_s
        self._always = tuple(always)
        self._uploads = frozenset(uploads)
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._refusals: dict[bool, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._always) or scope["path"] in self._uploads:
            await self._app(scope, receive, send)
            return
        if self._full():
            await self._refuse(scope, receive, send)
            return
        whole = await _whole(receive)
        if not await self._enter():
            await self._refuse(scope, receive, send)
            return
        inside = True

        def leave() -> None:
            nonlocal inside
            if inside:
                inside = False
                self._leave()

        async def watched(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start" and _is_stream(message):
                leave()

        try:
            await self._app(scope, whole, watched)
        finally:
            leave()

    def _full(self) -> bool:
        return self._free <= 0 and len(self._waiting) >= self._most_waiting

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        in_words = b"text/html" in dict(scope["headers"]).get(b"accept", b"")
        if in_words not in self._refusals:
            self._refusals[in_words] = _busy(in_words=in_words)
        await self._refusals[in_words](scope, receive, send)

    async def _enter(self) -> bool:
        """Take a place, at once or within the waiting time; False when there is none to be had."""
        if self._free > 0:
            self._free -= 1
            return True
        if self._full():
            return False
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait({turn}, timeout=self._wait_s)
        except asyncio.CancelledError:
            self._give_up(turn)
            raise
        if turn.done():
            return True
        self._give_up(turn)
        return False

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn.done():
            self._leave()
        else:
            self._waiting.remove(turn)

    def _leave(self) -> None:
        """Pass the place on to whoever waits longest."""
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1


async def _whole(receive: Receive) -> Receive:
    """Read the body to its end, and hand the same messages on."""
    messages: deque[Message] = deque()
    more = True
    while more:
        message = await receive()
        messages.append(message)
        more = message["type"] == "http.request" and message.get("more_body", False)

    async def replayed() -> Message:
        return messages.popleft() if messages else await receive()

    return replayed


def _is_stream(message: Message) -> bool:
    kinds = (value for name, value in message.get("headers", ()) if name.lower() == b"content-type")
    return any(kind.startswith(b"text/event-stream") for kind in kinds)


def _busy(*, in_words: bool) -> Response:
    if not in_words:
        return problem(503, _BUSY, code="overloaded")
    busy = page("busy.html", status=503, text=_BUSY)
    busy.headers["Retry-After"] = RETRY_AFTER_S
    return busy
