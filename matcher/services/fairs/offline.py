"""A fair without network: one file out, work on a laptop, and back (脱网办会).

INVARIANTS
- A row that only one side changed takes that side's content; what both changed keeps both, until somebody decides.
- Nothing is deleted by a merge, and the same file twice changes nothing.
- Who was registered on the laptop becomes a person of the office; whose phone is known there waits for an officer.
- The laptop has keys of its own; the file is written again after every command, whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from matcher.clock import Clock
from matcher.config import Config
from matcher.domain.event_terms import EventState
from matcher.errors import Conflict
from matcher.services.fairs.carrying import carried, compared, entity_rows, put_in
from matcher.services.fairs.merging import Merged, merge_rows
from matcher.services.fairs.newcomers import brought_along, take_people
from matcher.services.fairs.sealed_file import Seal, read_sealed, write_sealed
from matcher.services.installation import create_home, open_database
from matcher.store.database import Database
from matcher.store.plain_json import as_json
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.tables.base import Base
from matcher.store.tables.workers import WorkerRow

DATABASE, KEYRING, BASE = "matcher.db", "keyring.json", "base.json"


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
        people = [values["worker_id"] for table, values in rows if table is WorkerRow]
        told = {"event_id": event_id, "rows": base, "people": people}
        parts[BASE] = json.dumps(told, ensure_ascii=False).encode()
        write_sealed(out, parts, seal)
        return len(people)


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
                people = brought_along(session, frozenset(told.get("people", ())))
        finally:
            laptop.close()
    with database.writing(actor) as session:
        event = EventRepository(session).get(event_id, locked=True)
        figures = dict(event.figures or {})
        if digest in figures.get("merged", ()):
            return Merged(0, 0, repeated=True)
        new, asked = take_people(session, event, people, theirs)
        rows = merge_rows(session, event, base, theirs)
        event.figures = figures | {"merged": [*figures.get("merged", ()), digest]}
        if event.state is EventState.PLANNED and ShortlistRepository(session).visitors(event_id):
            event.state = EventState.RUNNING
        return replace(rows, people=new, conflicts=rows.conflicts + asked)


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
