"""What a fair without network and the office see differently, until somebody decides (冲突)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.fairs.carrying import ENTITIES, entity_rows, typed
from matcher.services.fairs.merging import apply_row
from matcher.services.fairs.newcomers import PERSON, masked_question, settle_person
from matcher.store.database import Database
from matcher.store.repositories.events import EventRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventConflictRow, EventRow
from matcher.store.tables.workers import WorkerRow

OURS, THEIRS = "ours", "theirs"
NOBODY = ""


@dataclass(frozen=True, slots=True)
class ConflictView:
    """What both sides changed. ours, theirs: {column: value}; {} where that side has no such row.

    Of a person who was registered at the fair (entity "person"): ours = {"people": ids it may be}, theirs = masked
    name and phone, and the kinds of rows that wait with them.
    """

    conflict_id: int
    event_id: int
    entity: str
    ours: dict[str, Any]
    theirs: dict[str, Any]
    found_at: datetime


def conflicts(session: StoreSession, event_id: int | None = None) -> tuple[ConflictView, ...]:
    """What waits for a decision, the oldest first."""
    row = EventConflictRow
    query = select(row).where(row.settled_at.is_(None)).order_by(row.id)
    found = [one for one in session.scalars(query) if event_id in (None, one.event_id)]
    return tuple(_view(session, one) for one in found)


def settle_conflict(database: Database, conflict_id: int, choice: str, *, actor: str) -> None:
    """Decide; both sides stay in the record.

    choice: "ours" for the office's content or "theirs" for the laptop's; of a person who was registered at the fair,
    the id of the office's person they are, or "other". Raises NotFound, InvalidInput for another choice, Conflict
    when it was decided or its person is not known here.
    """
    with database.writing(actor) as session:
        row = session.get(EventConflictRow, conflict_id, with_for_update=True)
        if row is None:
            raise NotFound(f"没有这个冲突：{conflict_id}；请用 matcher fair conflicts 查看")
        if row.settled_at is not None:
            raise Conflict("这个冲突已经有人定了")
        event = EventRepository(session).get(row.event_id, locked=True)
        if row.entity == PERSON:
            settle_person(session, event, row, choice)
        elif choice not in (OURS, THEIRS):
            raise InvalidInput("请选 ours(以办公室为准) 或 theirs(以现场为准)")
        elif choice == THEIRS:
            _take_theirs(session, event, row)
        row.settled_at, row.settled_by = session.now(), session.actor


def _take_theirs(session: StoreSession, event: EventRow, row: EventConflictRow) -> None:
    values = typed(ENTITIES[row.entity], json.loads(row.theirs))
    if session.get(WorkerRow, values.get("worker_id") or NOBODY) is None:
        raise Conflict("现场登记的这个人办公室还没有档案；请先建档再定")
    here = entity_rows(session, event.id).get((row.entity, row.entity_key))
    apply_row(session, event, row.entity, here, values)


def _view(session: StoreSession, row: EventConflictRow) -> ConflictView:
    if row.entity == PERSON:
        ours, theirs = masked_question(session, row)
    else:
        ours, theirs = json.loads(row.ours or "{}"), json.loads(row.theirs)
    return ConflictView(row.id, row.event_id, row.entity, ours, theirs, row.found_at)
