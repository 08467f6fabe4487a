"""Too many requests at once: who gets in, who waits, who is refused, and that every place is given back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.shedding import Shedding


@dataclass
class Work:
    """An application whose requests last until the test lets them go."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    inside: int = 0
    most_inside: int = 0
    bodies: list[bytes] = field(default_factory=list)
    content_type: bytes = b"text/html"
    breaks: bool = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            body, more = b"", True
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
            self.bodies.append(body)
            headers = [(b"content-type", self.content_type)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self.gate.wait()
            if self.breaks:
                raise RuntimeError("broken")
            await send({"type": "http.response.body", "body": b"ok"})
        finally:
            self.inside -= 1


async def ask(
    app: Shedding, path: str = "/x", parts: tuple[bytes, ...] = (b"",), accept: bytes = b"*/*"
) -> tuple[int, dict[bytes, bytes], bytes]:
    scope = {"type": "http", "path": path, "headers": [(b"accept", accept)], "method": "POST"}
    waiting = [
        {"type": "http.request", "body": part, "more_body": place < len(parts)}
        for place, part in enumerate(parts, start=1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(0)
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 10))


def shed(work: Work, **options: Any) -> Shedding:
    return Shedding(work, **({"at_once": 2, "most_waiting": 2, "wait_s": 60.0} | options))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_only_so_many_are_worked_on_and_the_rest_wait_their_turn() -> None:
    async def test() -> None:
        work = Work()
        app = shed(work)
        asked = [asyncio.create_task(ask(app)) for _ in range(4)]
        await settle()
        assert work.inside == 2
        work.gate.set()
        assert [status for status, _, _ in await asyncio.gather(*asked)] == [200] * 4
        assert work.most_inside == 2

    run(test)


def test_whoever_finds_the_queue_full_is_told_when_to_come_back() -> None:
    async def test() -> None:
        work = Work()
        app = shed(work)
        asked = [asyncio.create_task(ask(app)) for _ in range(4)]
        await settle()
        status, headers, body = await ask(app)
        assert (status, headers[b"retry-after"]) == (503, b"2")
        assert headers[b"content-type"] == b"application/problem+json"
        assert "overloaded" in body.decode()
        assert len(work.bodies) == 2, "nothing was worked on for whoever was refused"
        work.gate.set()
        await asyncio.gather(*asked)

    run(test)


def test_a_browser_is_told_in_words() -> None:
    async def test() -> None:
        app = shed(Work(), at_once=0, most_waiting=0)
        status, headers, body = await ask(app, accept=b"text/html,*/*")
        assert (status, headers[b"retry-after"]) == (503, b"2")
        assert "请过几秒再试" in body.decode()

    run(test)


def test_nobody_waits_longer_than_the_deadline() -> None:
    async def test() -> None:
        work = Work()
        app = shed(work, at_once=1, wait_s=0.01)
        first = asyncio.create_task(ask(app))
        await settle()
        assert (await ask(app))[0] == 503
        work.gate.set()
        assert (await first)[0] == 200
        assert (await ask(app))[0] == 200, "the place of the refused one is free"

    run(test)


def test_health_is_answered_however_full_it_is() -> None:
    async def test() -> None:
        work = Work()
        work.gate.set()
        app = shed(work, at_once=0, most_waiting=0, always=("/api/v1/health/",))
        assert (await ask(app, "/api/v1/health/live"))[0] == 200
        assert (await ask(app, "/kiosk"))[0] == 503

    run(test)


def test_places_come_back_after_errors_and_after_people_who_leave() -> None:
    async def test() -> None:
        work = Work(breaks=True)
        app = shed(work, at_once=1)
        broken = asyncio.create_task(ask(app))
        await settle()
        left = asyncio.create_task(ask(app))
        await settle()
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        work.gate.set()
        with pytest.raises(RuntimeError):
            await broken
        work.breaks = False
        assert (await ask(app))[0] == 200

    run(test)


def test_whoever_leaves_in_the_moment_of_their_turn_passes_it_on() -> None:
    async def test() -> None:
        work = Work()
        app = shed(work, at_once=1)
        first = asyncio.create_task(ask(app))
        await settle()
        second, third = asyncio.create_task(ask(app)), asyncio.create_task(ask(app))
        await settle()
        app._leave()  # the turn is the second's, who goes before taking it
        second.cancel()
        await settle()
        work.gate.set()
        assert (await third)[0] == 200
        assert (await first)[0] == 200

    run(test)


def test_a_stream_of_events_holds_no_place() -> None:
    async def test() -> None:
        work = Work(content_type=b"text/event-stream; charset=utf-8")
        app = shed(work, at_once=1, most_waiting=0)
        streams = []
        for _ in range(3):
            streams.append(asyncio.create_task(ask(app)))
            await settle()
        assert work.inside == 3
        work.gate.set()
        assert [status for status, _, _ in await asyncio.gather(*streams)] == [200] * 3
        assert app._free == 1, "and none is given back twice"

    run(test)


def test_a_slow_sender_holds_no_place_and_its_body_arrives_whole() -> None:
    async def test() -> None:
        work = Work()
        work.gate.set()
        app = shed(work, at_once=1, most_waiting=0)
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        async def silent() -> Any:
            return await never

        async def unheard(_: Any) -> None:
            raise AssertionError("nothing to say yet")

        scope = {"type": "http", "path": "/x", "headers": [], "method": "POST"}
        slow = asyncio.create_task(app(scope, silent, unheard))
        await settle()
        assert (await ask(app, parts=(b"a", b"b", b"c")))[0] == 200
        assert work.bodies == [b"abc"]
        slow.cancel()

    run(test)
