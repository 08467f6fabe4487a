"""A fair without network: one file out, work on a laptop, and back (脱网办会).

INVARIANTS
- A row that only one side changed takes that side's content; what both changed keeps both, until somebody decides.
- Nothing is deleted by a merge, and the same file twice changes nothing.
- The laptop has keys of its own; the file is written again after every command, whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matcher.clock import Clock
from matcher.config import Config
from matcher.domain.event_terms import EventState
from matcher.domain.record_terms import ShortlistState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.fairs.carrying import ENTITIES, carried, compared, entity_rows, put_in
from matcher.services.fairs.marking import what_follows
from matcher.services.fairs.sealed_file import Seal, read_sealed, write_sealed
from matcher.services.installation import create_home, open_database
from matcher.store.column_types import UtcDateTime
from matcher.store.database import Database
from matcher.store.plain_json import as_json
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import Base
from matcher.store.tables.events import CheckinRow, EventConflictRow, EventRow, ShortlistRow
from matcher.store.tables.workers import WorkerRow

DATABASE, KEYRING, BASE = "matcher.db", "keyring.json", "base.json"
OURS, THEIRS = "ours", "theirs"
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """What came back. taken: rows of the laptop that were new or changed there alone; conflicts: left to decide."""

    taken: int
    conflicts: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class ConflictView:
    """What both sides changed. ours, theirs: {column: value}; {} where that side has no such row."""

    conflict_id: int
    event_id: int
    entity: str
    ours: dict[str, Any]
    theirs: dict[str, Any]
    found_at: datetime


def export_fair(database: Database, event_id: int, out: Path, passphrase: str, *, actor: str) -> int:
    """Write the fair to a sealed file; returns how many people it carries.

    Raises Conflict for a fair that is over or was not planned.
    """
    seal = Seal(passphrase)
    with database.writing(actor) as session:
        event = EventRepository(session).require_open(event_id)
        if event.state is EventState.DRAFT:
            raise Conflict("还没有排定洽谈，先排定再导出")
        rows = list(carried(session, event_id))
        base = {f"{kind}|{key}": as_json(compared(row)) for (kind, key), row in entity_rows(session, event_id).items()}
        with tempfile.TemporaryDirectory(prefix="matcher-fair-") as folder:
            _fill(Path(folder), iter(rows), database.clock, actor)
            parts = _packed(Path(folder))
        AuditRepository(session).append(
            action="export_fair", entity="event", entity_id=str(event_id), reason="脱网办会，姓名和电话加密带出"
        )
        parts[BASE] = json.dumps({"event_id": event_id, "rows": base}, ensure_ascii=False).encode()
        write_sealed(out, parts, seal)
        return sum(table is WorkerRow for table, _ in rows)


@contextmanager
def laptop_home(path: Path, passphrase: str) -> Iterator[Config]:
    """The installation inside a file, unpacked into a private folder; sealed back when the block ends well."""
    parts, seal = read_sealed(path, passphrase)
    with tempfile.TemporaryDirectory(prefix="matcher-fair-") as folder:
        home = Path(folder)
        _unpacked(parts, home)
        yield _config(home)
        write_sealed(path, _packed(home) | {BASE: parts[BASE]}, seal)


def fair_of_file(path: Path, passphrase: str) -> int:
    """The number of the fair in a file. Raises InvalidInput for a file that cannot be opened."""
    parts, _ = read_sealed(path, passphrase)
    return int(json.loads(parts[BASE])["event_id"])


def merge_fair(database: Database, path: Path, passphrase: str, *, actor: str) -> Merged:
    """Bring a file back. Raises InvalidInput for a file that cannot be opened, NotFound for a fair of elsewhere."""
    parts, _ = read_sealed(path, passphrase)
    told = json.loads(parts[BASE])
    event_id, base = int(told["event_id"]), told["rows"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with tempfile.TemporaryDirectory(prefix="matcher-fair-") as folder:
        _unpacked(parts, Path(folder))
        laptop = open_database(_config(Path(folder)), database.clock)
        try:
            with laptop.reading() as session:
                theirs = {key: compared(row) for key, row in entity_rows(session, event_id).items()}
        finally:
            laptop.close()
    with database.writing(actor) as session:
        event = EventRepository(session).get(event_id, locked=True)
        figures = dict(event.figures or {})
        if digest in figures.get("merged", ()):
            return Merged(0, 0, repeated=True)
        merged = _merge(session, event, base, theirs)
        event.figures = figures | {"merged": [*figures.get("merged", ()), digest]}
        if event.state is EventState.PLANNED and ShortlistRepository(session).visitors(event_id):
            event.state = EventState.RUNNING
        return merged


def conflicts(session: StoreSession, event_id: int | None = None) -> tuple[ConflictView, ...]:
    """What waits for a decision, the oldest first."""
    row = EventConflictRow
    query = select(row).where(row.settled_at.is_(None)).order_by(row.id)
    found = [one for one in session.scalars(query) if event_id in (None, one.event_id)]
    return tuple(
        ConflictView(one.id, one.event_id, one.entity, json.loads(one.ours or "{}"), json.loads(one.theirs or "{}"), one.found_at)
        for one in found
    )


def settle_conflict(database: Database, conflict_id: int, choice: str, *, actor: str) -> None:
    """Decide for the office's ("ours") or the laptop's ("theirs") content; both stay in the record.

    Raises NotFound, InvalidInput for another choice, Conflict when it was decided or its person is not known here.
    """
    if choice not in (OURS, THEIRS):
        raise InvalidInput("请选 ours(以办公室为准) 或 theirs(以现场为准)")
    with database.writing(actor) as session:
        row = session.get(EventConflictRow, conflict_id, with_for_update=True)
        if row is None:
            raise NotFound(f"没有这个冲突：{conflict_id}；请用 matcher fair conflicts 查看")
        if row.settled_at is not None:
            raise Conflict("这个冲突已经有人定了")
        if choice == THEIRS:
            values = _typed(ENTITIES[row.entity], json.loads(row.theirs))
            if session.get(WorkerRow, values.get("worker_id") or NOBODY) is None:
                raise Conflict("现场登记的这个人办公室还没有档案；请先建档再定")
            event = EventRepository(session).get(row.event_id, locked=True)
            here = entity_rows(session, row.event_id).get((row.entity, row.entity_key))
            _apply(session, event, row.entity, here, values)
        row.settled_at, row.settled_by = session.now(), session.actor


def _merge(
    session: StoreSession, event: EventRow, base: dict[str, str], theirs: dict[tuple[str, str], dict[str, Any]]
) -> Merged:
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
            _apply(session, event, kind, here, values)
            taken += 1
        else:
            _keep_both(session, event.id, kind, key, mine or "", now)
            against += 1
    session.flush()
    return Merged(taken, against)


def _earlier(row: CheckinRow, at: datetime) -> int:
    """A person who was checked in on both sides came once, at the earlier moment."""
    if row.at <= at:
        return 0
    row.at = at
    return 1


def _keep_both(session: StoreSession, event_id: int, kind: str, key: str, ours: str, theirs: str) -> None:
    row = EventConflictRow
    query = select(row).where(row.event_id == event_id, row.entity == kind, row.entity_key == key)
    if any(one.theirs == theirs for one in session.scalars(query)):
        return
    session.add(
        row(event_id=event_id, entity=kind, entity_key=key, ours=ours, theirs=theirs, found_at=session.now())
    )


def _apply(session: StoreSession, event: EventRow, kind: str, row: Any | None, values: dict[str, Any]) -> None:
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


def _free_number(session: StoreSession, event_id: int, values: dict[str, Any]) -> int:
    """The number called out on the laptop, or a new one where the office gave it to somebody else meanwhile."""
    people, number = ShortlistRepository(session), values["spoken_no"]
    taken = any(row.spoken_no == number and row.worker_id != values["worker_id"] for row in people.invitees(event_id))
    return people.next_number(event_id) if taken or number is None else int(number)


def _typed(table: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """Values out of JSON as the columns take them."""
    moments = {column.key for column in table.__table__.columns if isinstance(column.type, UtcDateTime)}
    return {
        name: datetime.fromisoformat(value) if name in moments and value is not None else value
        for name, value in values.items()
    }


def _config(home: Path) -> Config:
    return Config(home, f"sqlite:///{home / DATABASE}", home / KEYRING)


def _fill(home: Path, rows: Iterator[tuple[type[Base], dict[str, Any]]], clock: Clock, actor: str) -> None:
    laptop = create_home(_config(home), clock)
    try:
        with laptop.writing(actor) as session:
            put_in(session, rows)
    finally:
        laptop.close()


def _packed(home: Path) -> dict[str, bytes]:
    with sqlite3.connect(home / DATABASE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return {name: (home / name).read_bytes() for name in (DATABASE, KEYRING)}


def _unpacked(parts: dict[str, bytes], home: Path) -> None:
    for name in (DATABASE, KEYRING):
        (home / name).write_bytes(parts[name])
        (home / name).chmod(0o600)
