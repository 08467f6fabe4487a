"""Edit the run-sheet while it runs: put on air, take off, move, add (上播, 下播).

INVARIANTS
- An edit names the version of the run-sheet it was made on; a second host's edit of the same version is refused
  with a sentence, and changes nothing.
- Nothing goes on air that the gate does not let on air in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.allocation.lineup import MOST_ITEMS
from matcher.allocation.running_order import spoken_numbers
from matcher.domain.event_terms import EventState
from matcher.errors import Conflict, InvalidInput
from matcher.services.live.sessions import require_open
from matcher.services.live.signalling import AIRED, SHEET, STATE, TAKEN_OFF
from matcher.services.output_gate import on_air_problems
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import SHORT_CHARS
from matcher.store.tables.events import EventRow
from matcher.store.tables.live import LiveItemRow

BY_HOST = "主持人撤下"


@dataclass(frozen=True, slots=True)
class Edited:
    """The version of the run-sheet after an edit, and the spoken number it was about."""

    version: int
    short_no: int


def put_on_air(database: Database, event_id: int, short_no: int, *, version: int, actor: str) -> Edited:
    """Show a posting now; a livestream that is only planned begins with it.

    Raises Conflict when the posting may not be aired, with every reason, or somebody edited the run-sheet since
    `version`; NotFound for a number that is not on it.
    """
    with database.writing(actor) as session:
        repository, event = _edit(session, event_id, version)
        item = repository.item(event_id, short_no)
        require_airable(session, item.posting_id, short_no)
        if event.state is not EventState.RUNNING:
            event.state = EventState.RUNNING
            repository.signal(event_id, STATE, {"state": event.state.value})
        item.aired_at, item.taken_off_at, item.taken_off_because = session.now(), None, None
        repository.signal(event_id, AIRED, {"short_no": short_no})
        return _done(session, event, short_no)


def take_off(
    database: Database, event_id: int, short_no: int, *, version: int, because: str = BY_HOST, actor: str
) -> Edited:
    """Take a posting off; taken off already, it stays as it is. Raises as `put_on_air`."""
    with database.writing(actor) as session:
        repository, event = _edit(session, event_id, version)
        item = repository.item(event_id, short_no)
        if item.taken_off_at is None:
            off(session, repository, item, because)
        return _done(session, event, short_no)


def move_item(
    database: Database, event_id: int, short_no: int, place: int, *, version: int, actor: str
) -> Edited:
    """Put an item in another place of the running order, from 1."""
    with database.writing(actor) as session:
        repository, event = _edit(session, event_id, version)
        rows = repository.items(event_id)
        item = repository.item(event_id, short_no)
        if not 1 <= place <= len(rows):
            raise InvalidInput(f"位置须在 1 到 {len(rows)} 之间，收到 {place}")
        rows.remove(item)
        rows.insert(place - 1, item)
        _renumber(session, rows)
        repository.signal(event_id, SHEET, {"items": len(rows)})
        return _done(session, event, short_no)


def add_item(database: Database, event_id: int, posting_id: str, *, version: int, actor: str) -> Edited:
    """Put one more posting at the end. Raises Conflict when it may not be aired or is on the run-sheet."""
    with database.writing(actor) as session:
        repository, event = _edit(session, event_id, version)
        rows = repository.items(event_id)
        taken = {row.posting_id: row.short_no for row in rows}
        known = next((row for row in rows if row.posting_id == posting_id), None)
        if known is not None and known.taken_off_at is None:
            raise Conflict(f"这个岗位已经在流程单上，是 {known.short_no} 号")
        if known is None and sum(row.taken_off_at is None for row in rows) >= MOST_ITEMS:
            raise InvalidInput(f"一场直播最多 {MOST_ITEMS} 个岗位")
        number = spoken_numbers([posting_id], taken)[posting_id]
        require_airable(session, posting_id, number)
        if known is not None:
            known.taken_off_at = known.taken_off_because = None
        else:
            last = max((row.seq for row in rows), default=0)
            session.add(LiveItemRow(event_id=event_id, posting_id=posting_id, short_no=number, seq=last + 1))
        repository.signal(event_id, SHEET, {"items": len(rows) + (known is None)})
        return _done(session, event, number)


def off(session: StoreSession, repository: LiveRepository, item: LiveItemRow, because: str) -> None:
    """Take an item off and tell every console. because: for the office, no words of the posting."""
    item.taken_off_at, item.taken_off_because = session.now(), because[:SHORT_CHARS]
    repository.signal(item.event_id, TAKEN_OFF, {"short_no": item.short_no, "because": item.taken_off_because})


def require_airable(session: StoreSession, posting_id: str, short_no: int) -> None:
    """Raise Conflict, with every reason, unless the posting may be aired now."""
    against = on_air_problems(session, [posting_id])[posting_id]
    if against:
        told = "、".join(line.text for line in against)
        raise Conflict(f"{short_no} 号岗位现在不能上播：{told}")


def _edit(session: StoreSession, event_id: int, version: int) -> tuple[LiveRepository, EventRow]:
    repository = LiveRepository(session)
    event = repository.edited(event_id, version)
    require_open(event)
    return repository, event


def _renumber(session: StoreSession, rows: list[LiveItemRow]) -> None:
    for place, row in enumerate(rows, start=1):
        row.seq = -place  # makes room: a place in the order belongs to one item
    session.flush()
    for place, row in enumerate(rows, start=1):
        row.seq = place


def _done(session: StoreSession, event: EventRow, short_no: int) -> Edited:
    session.flush()
    return Edited(event.version, short_no)
