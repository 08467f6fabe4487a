"""Signals of livestreams to all open consoles by server-sent events (直播信号推送).

INVARIANTS
- The table is the truth: each process asks it for what is new every POLL_S seconds, so it makes no difference which
  process wrote a signal, and a console that names the last signal it heard misses none and hears none twice.
- A console holds its place and nothing else. The recent signals are kept once an event, a bounded number; one that
  fell further behind reads them from the table, a page at a time.
- Nothing is polled for an event that nobody listens to.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio.to_thread
import structlog
from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from api.state import runtime_of
from matcher.errors import MatcherError
from matcher.services.live.signalling import Signal, signals_after
from matcher.services.live.watching import look
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository

POLL_S = 0.2
HEARTBEAT_S = 3.0
RETRY_MS = 1_000
RECENT = 500
MOST_ID_DIGITS = 18
HEARTBEAT = "event: beat\ndata: {}\n\n"
"""A console that hears none for a while cannot know whether its card still stands, and hides it."""

POLLING_THREADS = 2
"""Threads of their own, so that a busy service does not keep signals waiting."""

log = structlog.get_logger()
T = TypeVar("T")


class SignalFeed:
    """The signals of one event in this process, polled while somebody listens."""

    def __init__(self, database: Database, event_id: int, limiter: anyio.CapacityLimiter) -> None:
        self._database = database
        self._event_id = event_id
        self._limiter = limiter
        self._recent: deque[Signal] = deque(maxlen=RECENT)
        self._from = 0  # every signal after this number is in `_recent`
        self._newest = 0
        self._read_at = time.monotonic()
        self._changed = asyncio.Condition()
        self._starting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._listeners = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While somebody listens, the event is polled."""
        self._listeners += 1
        try:
            async with self._starting:
                if self._task is None:
                    self._newest = self._from = await self._in_thread(self._newest_in_table)
                    self._recent.clear()
                    self._task = asyncio.create_task(self._poll())
            yield
        finally:
            self._listeners -= 1
            if not self._listeners and self._task is not None:
                self._task.cancel()
                self._task = None

    @property
    def keeps_up(self) -> bool:
        """Whether the table was read lately; what is on a screen is vouched for only while it is."""
        return time.monotonic() - self._read_at < HEARTBEAT_S

    @property
    def newest(self) -> int:
        """Number of the newest signal that is known here."""
        return self._newest

    async def after(self, last_id: int) -> list[Signal]:
        """What came after a signal, as far as is known; waits HEARTBEAT_S at most, and then returns nothing."""
        async with self._changed:
            if last_id >= self._newest:
                try:
                    await asyncio.wait_for(self._changed.wait(), HEARTBEAT_S)
                except TimeoutError:
                    return []
        if last_id >= self._from:
            return [signal for signal in self._recent if signal.id > last_id]
        return await self._in_thread(lambda: self._read_after(last_id))

    async def _poll(self) -> None:
        while True:
            try:
                found = await self._in_thread(self._look_and_read)
                self._read_at = time.monotonic()
            except (MatcherError, SQLAlchemyError) as error:  # a busy or restarting database: ask again
                log.warning("live_poll_failed", event_id=self._event_id, error=type(error).__name__)
                found = []
            if found:
                await self._add(found)
            await asyncio.sleep(POLL_S)

    async def _add(self, found: list[Signal]) -> None:
        for signal in found:
            if len(self._recent) == RECENT:
                self._from = self._recent[0].id
            self._recent.append(signal)
        async with self._changed:
            self._newest = found[-1].id
            self._changed.notify_all()

    def _look_and_read(self) -> list[Signal]:
        look(self._database, self._event_id)
        return self._read_after(self._newest)

    def _read_after(self, last_id: int) -> list[Signal]:
        with self._database.reading() as session:
            return signals_after(session, self._event_id, last_id)

    def _newest_in_table(self) -> int:
        with self._database.reading() as session:
            return LiveRepository(session).newest_signal(self._event_id)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


class SignalHub:
    """The feeds of one process."""

    def __init__(self) -> None:
        self._feeds: dict[int, SignalFeed] = {}
        self._limiter = anyio.CapacityLimiter(POLLING_THREADS)

    def feed(self, database: Database, event_id: int) -> SignalFeed:
        """The feed of an event."""
        if event_id not in self._feeds:
            self._feeds[event_id] = SignalFeed(database, event_id, self._limiter)
        return self._feeds[event_id]


def hub_of(request: Request) -> SignalHub:
    """The hub of this process, made when it is first asked for."""
    state = request.app.state
    if getattr(state, "live_hub", None) is None:
        state.live_hub = SignalHub()
    hub: SignalHub = state.live_hub
    return hub


def signal_stream(request: Request, event_id: int, after: int | None) -> StreamingResponse:
    """The open connection of one console. after: the last signal it has; None = only what comes from now on.

    A browser that comes back names its last signal in Last-Event-ID, which counts more than `after`. A number that
    the table has not reached yet means another database: the console is told to load everything again.
    """
    feed = hub_of(request).feed(runtime_of(request).database, event_id)
    named = request.headers.get("Last-Event-ID", "")
    last = int(named) if named.isascii() and named.isdigit() and len(named) <= MOST_ID_DIGITS else after
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(feed, last), media_type="text/event-stream", headers=headers)


async def _events(feed: SignalFeed, last: int | None) -> AsyncIterator[str]:
    async with feed.listening():
        if last is None or last > feed.newest:
            if last is not None:
                yield _written(feed.newest, "reset", {})
            last = feed.newest
        yield f"retry: {RETRY_MS}\n\n{HEARTBEAT}"
        while True:
            found = await feed.after(last)
            for signal in found:
                yield _written(signal.id, signal.kind, signal.to_json())
                last = signal.id
            if not found and feed.keeps_up:
                yield HEARTBEAT


def _written(signal_id: int, kind: str, content: dict[str, object]) -> str:
    return f"id: {signal_id}\nevent: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
