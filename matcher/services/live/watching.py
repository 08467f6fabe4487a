"""Look after what is on the run-sheet: gone postings come off, places left are told (直播守望).

Every process that has a console open looks; whoever sees a change first writes it, and the others find it written.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.domain.match import Line
from matcher.services.live.airing import off
from matcher.services.live.signalling import HEADCOUNT
from matcher.services.output_gate import refusals
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.session import StoreSession
from matcher.store.tables.live import LiveItemRow

WATCHER = "live-watcher"


@dataclass(frozen=True, slots=True)
class Watched:
    """How the run-sheet stands: spoken number → places left (None = not stated), and → why it must come off."""

    left: dict[int, int | None]
    gone: dict[int, Line]


def watched(session: StoreSession, event_id: int) -> Watched:
    """Places left of the items that are on the run-sheet, and those that must come off."""
    rows = _on_sheet(session, event_id)
    ids = [row.posting_id for row in rows]
    facts, against = PostingRepository(session).live_facts(ids), refusals(session, ids)
    return Watched(
        {row.short_no: facts[row.posting_id].headcount_left for row in rows if row.posting_id in facts},
        {row.short_no: against[row.posting_id] for row in rows if row.posting_id in against},
    )


def last_told(session: StoreSession, event_id: int) -> dict[int, int | None]:
    """Places left as every console was told last; empty when nothing was told yet."""
    row = LiveRepository(session).last_signal(event_id, HEADCOUNT)
    return {int(number): left for number, left in row.payload["left"].items()} if row else {}


def look(database: Database, event_id: int) -> bool:
    """Take off what is gone and tell how many places are left; True when something was written.

    Reads first, and writes only where that finds a change: most looks write nothing.
    """
    with database.reading() as session:
        seen = watched(session, event_id)
        if not seen.gone and last_told(session, event_id) == seen.left:
            return False
    with database.writing(WATCHER) as session:
        repository = LiveRepository(session)
        repository.event(event_id, locked=True)
        now = watched(session, event_id)
        for row in _on_sheet(session, event_id):
            if row.short_no in now.gone:
                off(session, repository, row, now.gone[row.short_no].text)
        left = {number: count for number, count in now.left.items() if number not in now.gone}
        changed = last_told(session, event_id) != left
        if changed:
            repository.signal(event_id, HEADCOUNT, {"left": {str(number): count for number, count in left.items()}})
        return changed or bool(now.gone)


def _on_sheet(session: StoreSession, event_id: int) -> list[LiveItemRow]:
    return [row for row in LiveRepository(session).items(event_id) if row.taken_off_at is None]
