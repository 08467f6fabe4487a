"""The process that is killed: sends and delivers one batch to the end, against a sink that writes to disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from matcher.domain.record_terms import OutboxState, PersonProgress
from matcher.domain.service_terms import Channel
from matcher.errors import Conflict, Unavailable
from matcher.services.sending import deliver_outbox as delivering
from matcher.services.sending import send_wave as sending
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.send_wave import send_wave
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from tests.fault.twins import planted
from tests.push_world import RecordingFile, plain_office

T = TypeVar("T")
DATABASE, KEYS, SINK = "matcher.db", "keys.json", "sink.jsonl"
BATCH = 1
RUN = "run-"
BUSY_S = 0.01
OVERTAKEN = 3
"""Exit status of a process that another one has taken over from: what the fence is for."""


def open_home(home: Path) -> Database:
    """The database of one world."""
    return Database.open(f"sqlite:///{home / DATABASE}", Keyring.load(home / KEYS), check=False)


@contextmanager
def named_by_fence() -> Iterator[None]:
    """Whoever writes an event is called after the lease it holds, so that the audit sees who wrote when."""
    serve, write_down = sending._send_to, delivering._write_down

    def send_to(database: Any, lease: Any, *rest: Any) -> Any:
        return serve(database, lease, *rest[:-1], f"{RUN}{lease.fence}")

    def written(database: Any, lease: Any, way: Any, receipts: Any, office: Any, _: str, result: Any) -> None:
        write_down(database, lease, way, receipts, office, f"{RUN}{lease.fence}", result)

    with patch.object(sending, "_send_to", send_to), patch.object(delivering, "_write_down", written):
        yield


def run(home: Path, *, postings: int, twin: str = "", lease_seconds: float = 0.05) -> int:
    """Go on until nobody waits and no message is pending; returns the exit status."""
    office = plain_office(postings, lease_seconds=lease_seconds)
    ways = {Channel.SMS: Way(lambda _: RecordingFile(home / SINK))}
    database = open_home(home)
    try:
        with planted(twin), named_by_fence():
            while _left(database):
                sent = _patient(lambda: send_wave(database, BATCH, office))
                delivered = _patient(lambda: deliver_outbox(database, ways, office))
                if sent.busy or delivered.busy:
                    time.sleep(BUSY_S)
    except Conflict:
        return OVERTAKEN
    finally:
        database.close()
    return 0


def run_once(home: Path, *, postings: int, lease_seconds: float = 30.0) -> int:
    """One wave and one delivery, as `matcher push send` does; a busy office is no error."""
    office = plain_office(postings, lease_seconds=lease_seconds)
    database = open_home(home)
    sent = _patient(lambda: send_wave(database, BATCH, office))
    if not sent.busy:
        deliver_outbox(
            database, {Channel.SMS: Way(lambda _: RecordingFile(home / SINK))}, office
        )
    database.close()
    return 0


def _left(database: Database) -> bool:
    with database.reading() as session:
        batches = PushBatchRepository(session)
        waiting = batches.progress_counts(BATCH).get(PersonProgress.WAITING, 0)
        pending = OutboxRepository(session).counts(BATCH).states.get(OutboxState.PENDING, 0)
    return bool(waiting or pending)


def _patient(work: Callable[[], T]) -> T:
    """The work's result; a database that is busy for long, under strace, is asked again."""
    while True:
        try:
            return work()
        except Unavailable:
            time.sleep(BUSY_S)
