"""A person says until when they are free for work at once (有空登记)."""

from __future__ import annotations

from datetime import datetime, timedelta

from matcher.errors import InvalidInput
from matcher.store.database import Database
from matcher.store.repositories.urgent import UrgentRepository

LONGEST_FREE = timedelta(days=7)


def say_free(database: Database, worker_id: str, until: datetime | None, *, actor: str) -> None:
    """Note until when somebody is free; None: not any more.

    Raises NotFound, or InvalidInput for a moment that is past or more than a week away.
    """
    now = database.clock.now()
    if until is not None and not now < until <= now + LONGEST_FREE:
        raise InvalidInput(f"有空的时间须在现在之后、{LONGEST_FREE.days} 天之内；到期请再登记一次")
    with database.writing(actor) as session:
        UrgentRepository(session).set_free(worker_id, until)
