"""Sentences of a person's file, each with its author, day and source (一人一档)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from matcher.domain.record_terms import DossierSection, Informant
from matcher.errors import InvalidInput
from matcher.services.accounts.sight import Sight, require_worker
from matcher.store.database import Database
from matcher.store.session import StoreSession
from matcher.store.tables.people import DossierEntryRow

LONGEST_ENTRY = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence of a file."""

    section: DossierSection
    text: str
    author: str
    said_at: datetime
    informant: Informant


def add_entry(
    database: Database,
    sight: Sight,
    worker_id: str,
    section: DossierSection,
    text: str,
    informant: Informant,
    *,
    actor: str,
) -> None:
    """Add a sentence to a file. Raises NotFound for a person out of sight, InvalidInput for the text."""
    with database.writing(actor) as session:
        require_worker(session, sight, worker_id)
        write_entry(session, worker_id, section, text, informant)


def write_entry(
    session: StoreSession, worker_id: str, section: DossierSection, text: str, informant: Informant
) -> None:
    """As `add_entry`, inside a transaction of the caller."""
    clean = text.strip()
    if not clean or len(clean) > LONGEST_ENTRY:
        raise InvalidInput(f"档案记录应为 1 至 {LONGEST_ENTRY} 个字，现在 {len(clean)} 个")
    session.add(
        DossierEntryRow(
            worker_id=worker_id,
            section=section,
            text=clean,
            author=session.actor,
            said_at=session.now(),
            informant=informant,
        )
    )
    session.flush()


def entries_of(session: StoreSession, worker_id: str) -> Sequence[Entry]:
    """Every sentence of a person's file, oldest first."""
    row = DossierEntryRow
    query = select(row).where(row.worker_id == worker_id).order_by(row.said_at, row.id)
    return [
        Entry(one.section, one.text, one.author, one.said_at, one.informant)
        for one in session.scalars(query)
    ]
