"""Which places of a fair are still empty (空位)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from matcher.domain.record_terms import ShortlistState
from matcher.services.fairs.views import STANDING, moment
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow


class Seats:
    """The places of a fair as they stand when this is made."""

    def __init__(self, session: StoreSession, event: EventRow) -> None:
        rows = [row for row in ShortlistRepository(session).meetings(event.id) if row.state in STANDING]
        self._tables = {booth.id: booth.tables for booth in EventRepository(session).booths(event.id)}
        self._taken = Counter((row.booth_id, row.slot) for row in rows)
        self._busy = {(row.worker_id, row.slot) for row in rows}
        self._ahead = [slot for slot in range(event.slots or 0) if moment(event, slot) >= session.now()]

    def open(self, booth_id: int, worker_id: str) -> list[int]:
        """Slots still to come in which the booth has a table and the person nothing else."""
        tables = self._tables.get(booth_id, 0)
        return [
            slot
            for slot in self._ahead
            if (worker_id, slot) not in self._busy and self._taken[booth_id, slot] < tables
        ]


def release_no_shows(session: StoreSession, event: EventRow) -> int:
    """Give away the places of people who are not there when their first meeting is over; returns how many.

    The meeting that passed is noted as missed; those to come are free for whoever is there.
    """
    people = ShortlistRepository(session)
    here, now = people.checked_in(event.id), session.now()
    length = timedelta(minutes=event.slot_minutes or 0)
    waiting = [row for row in people.meetings(event.id) if row.state is ShortlistState.PLANNED]
    late = {
        row.worker_id
        for row in waiting
        if row.worker_id not in here and row.slot is not None and moment(event, row.slot) + length <= now
    }
    freed = 0
    for row in waiting:
        if row.worker_id not in late or row.slot is None:
            continue
        over = moment(event, row.slot) + length <= now
        row.state = ShortlistState.ABSENT if over else ShortlistState.RELEASED
        freed += not over
    session.flush()
    return freed
