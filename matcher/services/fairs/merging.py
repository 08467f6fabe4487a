"""Rows of a fair that come back from a laptop: taken, or kept beside the office's until somebody decides (合并)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matcher.domain.record_terms import ShortlistState
from matcher.services.fairs.carrying import ENTITIES, compared, entity_key, entity_rows
from matcher.services.fairs.marking import what_follows
from matcher.store.plain_json import as_json
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import CheckinRow, EventConflictRow, EventRow, ShortlistRow
from matcher.store.tables.workers import WorkerRow

Rows = dict[tuple[str, str], dict[str, Any]]
"""(entity, key) → values of the columns that are compared."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What came back. taken: rows of the laptop that were new or changed there alone; conflicts: left to decide;
    people: registered at the door and now people of the office.
    """

    taken: int
    conflicts: int
    repeated: bool = False
    people: int = 0


def merge_rows(session: StoreSession, event: EventRow, base: dict[str, str], theirs: Rows) -> Merged:
    """Take what the laptop alone changed since `base`; keep both where both did."""
    ours, taken, against = entity_rows(session, event.id), 0, 0
    for (kind, key), values in theirs.items():
        was, here = base.get(f"{kind}|{key}"), ours.get((kind, key))
        now, mine = as_json(values), as_json(compared(here)) if here is not None else None
        if now in (was, mine):
            continue
        known = values["worker_id"] is None or session.get(WorkerRow, values["worker_id"]) is not None
        if kind == "checkin" and here is not None:
            taken += _earlier(here, values["at"])
        elif mine == was and known:
            apply_row(session, event, kind, here, values)
            taken += 1
        else:
            against += keep_both(session, event.id, kind, key, mine or "", now)
    session.flush()
    return Merged(taken, against)


def hang_on(session: StoreSession, event: EventRow, rows: list[tuple[str, dict[str, Any]]], worker_id: str) -> None:
    """Give rows to a person. What the person has already stays; of a meeting a mark goes before a mere plan, and two
    marks that differ are both kept.
    """
    for kind, values in rows:
        values = values | {"worker_id": worker_id}
        key = entity_key(kind, values)
        here = entity_rows(session, event.id).get((kind, key))
        now, mine = as_json(values), as_json(compared(here)) if here is not None else ""
        if here is None:
            apply_row(session, event, kind, None, values)
        elif kind == "checkin":
            _earlier(here, values["at"])
        elif kind == "invitee" or now == mine or (kind == "meeting" and values["marked_at"] is None):
            continue  # whoever was asked before keeps their number and their places
        elif kind == "meeting" and here.marked_at is None:
            apply_row(session, event, kind, here, values)
        else:
            keep_both(session, event.id, kind, key, mine, now)
    session.flush()


def keep_both(session: StoreSession, event_id: int, kind: str, key: str, ours: str, theirs: str) -> int:
    """Leave something to decide; 0 when the very same was left before."""
    row = EventConflictRow
    query = select(row).where(row.event_id == event_id, row.entity == kind, row.entity_key == key)
    if any(one.theirs == theirs for one in session.scalars(query)):
        return 0
    session.add(
        row(event_id=event_id, entity=kind, entity_key=key, ours=ours, theirs=theirs, found_at=session.now())
    )
    return 1


def apply_row(session: StoreSession, event: EventRow, kind: str, row: Any | None, values: dict[str, Any]) -> None:
    """Put the laptop's values into a row, or make it; a hiring and contacts follow as from any mark."""
    was_hired = isinstance(row, ShortlistRow) and row.state is ShortlistState.HIRED
    if kind == "invitee":
        values = values | {"spoken_no": _free_number(session, event.id, values)}
    if row is None:
        row = ENTITIES[kind](event_id=event.id, **values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    session.refresh(row)
    if isinstance(row, ShortlistRow):
        what_follows(session, event, row, was_hired=was_hired)


def _earlier(row: CheckinRow, at: datetime) -> int:
    """A person who was checked in on both sides came once, at the earlier moment."""
    if row.at <= at:
        return 0
    row.at = at
    return 1


def _free_number(session: StoreSession, event_id: int, values: dict[str, Any]) -> int:
    """The number called out on the laptop, or a new one where the office gave it to somebody else meanwhile."""
    people, number = ShortlistRepository(session), values["spoken_no"]
    taken = any(row.spoken_no == number and row.worker_id != values["worker_id"] for row in people.invitees(event_id))
    return people.next_number(event_id) if taken or number is None else int(number)
