"""The feed of signals that consoles hear: in order, once, caught up, in little memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from api import live_stream
from api.live_stream import SignalHub
from matcher.config import Config
from matcher.services.installation import create_home
from matcher.services.live.signalling import LEADS
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from tests.live_world import job, put, stream, take_down


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(live_stream, "POLL_S", 0.01)
    monkeypatch.setattr(live_stream, "HEARTBEAT_S", 0.5)
    made = create_home(Config(tmp_path, f"sqlite:///{tmp_path / 'matcher.db'}", tmp_path / "keyring.json"))
    put(made, job("p0"), job("p1"))
    yield made
    made.close()


def tell(database: Database, event_id: int, count: int) -> None:
    """So many signals, as another process would write them."""
    with database.writing("other") as session:
        LiveRepository(session).event(event_id, locked=True)
        for number in range(count):
            LiveRepository(session).signal(event_id, LEADS, {"total": number})
            session.flush()


def events(texts: list[str]) -> list[tuple[int, str]]:
    """(id, kind) of what was sent, without heartbeats."""
    sent = [dict(line.split(": ", 1) for line in one.splitlines() if ": " in line) for one in "".join(texts).split("\n\n")]
    return [(int(one["id"]), one["event"]) for one in sent if "id" in one]


async def heard(hub: SignalHub, database: Database, event_id: int, last: int | None, until: Callable[[list[str]], bool]) -> list[str]:
    """What a console gets until it has enough."""
    texts: list[str] = []
    stream_of = live_stream._events(hub.feed(database, event_id), last)
    async for text in stream_of:
        texts.append(text)
        if until(texts):
            break
    await stream_of.aclose()
    return texts


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 20))


def test_all_consoles_hear_all_signals_in_order_and_a_late_one_catches_up(database: Database) -> None:
    event_id = stream(database, ["p0"]).event_id

    async def session() -> None:
        hub, count = SignalHub(), 30
        listening = [
            asyncio.create_task(heard(hub, database, event_id, 0, lambda texts: len(events(texts)) > count + 1))
            for _ in range(5)
        ]
        await asyncio.sleep(0.1)
        await asyncio.to_thread(tell, database, event_id, count)
        first, *others = [events(await one) for one in listening]
        assert all(one == first for one in others)
        numbers = [number for number, _ in first]
        assert numbers == sorted(set(numbers))
        late = events(await heard(hub, database, event_id, numbers[9], lambda texts: len(events(texts)) > count - 9))
        assert [number for number, _ in late][: len(numbers) - 10] == numbers[10:]

    run(session())


def test_a_console_far_behind_reads_from_the_table_and_the_feed_stays_small(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_stream, "RECENT", 20)
    event_id = stream(database, ["p0"]).event_id

    async def session() -> None:
        hub = SignalHub()
        feed = hub.feed(database, event_id)
        async with feed.listening():
            await asyncio.to_thread(tell, database, event_id, 90)
            await asyncio.sleep(0.3)
            assert len(feed._recent) == 20
            texts = await heard(hub, database, event_id, 0, lambda texts: len(events(texts)) >= 92)
        numbers = [number for number, _ in events(texts)]
        assert numbers == list(range(1, numbers[-1] + 1))

    run(session())


def test_a_posting_that_another_process_withdraws_is_taken_off_for_whoever_listens(database: Database) -> None:
    event_id = stream(database, ["p0", "p1"]).event_id

    async def session() -> None:
        hub = SignalHub()
        listening = asyncio.create_task(
            heard(hub, database, event_id, None, lambda texts: "event: taken_off" in "".join(texts))
        )
        await asyncio.sleep(0.3)
        await asyncio.to_thread(take_down, database, "p1")
        assert '"short_no": 2' in "".join(await listening)

    run(session())


def test_a_number_from_another_database_makes_the_console_begin_anew(database: Database) -> None:
    event_id = stream(database, ["p0"]).event_id
    texts = run(heard(SignalHub(), database, event_id, 10**9, lambda texts: len(texts) >= 2))
    assert "event: reset" in texts[0]


def test_nothing_is_polled_once_nobody_listens(database: Database) -> None:
    event_id = stream(database, ["p0"]).event_id

    async def session() -> None:
        hub = SignalHub()
        feed = hub.feed(database, event_id)
        for _ in range(3):
            async with feed.listening(), feed.listening():
                assert feed._task is not None
            assert feed._task is None

    run(session())


def test_a_heartbeat_means_that_the_table_was_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    event_id = stream(database, ["p0"]).event_id

    async def session() -> None:
        hub = SignalHub()
        feed = hub.feed(database, event_id)
        async with feed.listening():
            await asyncio.sleep(0.2)
            assert feed.keeps_up
            monkeypatch.setattr(feed, "_look_and_read", lambda: (_ for _ in ()).throw(live_stream.MatcherError("忙")))
            await asyncio.sleep(0.8)
            assert not feed.keeps_up

    run(session())
