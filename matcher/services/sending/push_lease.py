"""One process at a time for sending and for delivering (发送租约)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from matcher.errors import Conflict
from matcher.store.database import Database
from matcher.store.repositories.leases import Lease, LeaseRepository

SENDING = "push-send"
DELIVERING = "push-deliver"
BUSY = "已有进程在发送，本次不重复发送"


@contextmanager
def only_one(database: Database, name: str, *, seconds: float, actor: str) -> Iterator[Lease | None]:
    """The lease while the block runs, given back afterwards; None when another process has it."""
    holder = f"{os.getpid()}-{secrets.token_hex(4)}"
    try:
        with database.writing(actor) as session:
            lease = LeaseRepository(session).take(name, holder, seconds=seconds)
    except Conflict:  # two asked at once for a lease that nobody ever held
        lease = None
    try:
        yield lease
    finally:
        if lease is not None:
            with database.writing(actor) as session:
                LeaseRepository(session).give_back(lease)
