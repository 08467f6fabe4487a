"""A fair as plain rows that can be carried to a laptop and compared when it comes back (脱网数据).

INVARIANTS
- Only what the fair needs travels: of a person the name, phones and matching facts; no document number, no
  address, no category, no file.
- Look-up hashes are made anew with the laptop's own keys; the office's keys never leave the office.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, select

from matcher.domain.values import Occupation
from matcher.store.column_types import Occupations, UtcDateTime
from matcher.store.identity import NAME, PHONE, plain_name, plain_phone
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import ConsentRow
from matcher.store.tables.base import SHORT_CHARS, Base
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.events import (
    BoothPostingRow,
    BoothRow,
    CheckinRow,
    EventOverrideRow,
    EventRow,
    InviteeRow,
    ShortlistRow,
)
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.postings import PostingFindingRow, PostingRow
from matcher.store.tables.workers import WorkerCertificateRow, WorkerIntentRow, WorkerRow

AT_ONCE = 500
LEFT_BEHIND = frozenset(
    {"id_number", "id_hash", "id_type", "gender", "nation", "hukou_region", "hukou_type", "address", "number",
     "host_id", "officer_id", "caseworker_id", "pair_with", "training_wish", "venture_wish", "contact_phone",
     "contact_phone_hash", "contact_name", "legal_person", "population", "no_phone", "dialect", "unemployed_since",
     "unemployment_registered_on", "person_no", "door_address"}
)  # fmt: skip
"""Columns that stay in the office: identity beyond name and phone, and links to accounts."""
ENTITIES: dict[str, type[Base]] = {
    "checkin": CheckinRow, "invitee": InviteeRow, "meeting": ShortlistRow, "override": EventOverrideRow
}  # fmt: skip
"""What a fair without network may change, by the name it has in a conflict."""
PEOPLE: tuple[type[Base], ...] = (
    WorkerRow, WorkerIntentRow, WorkerCertificateRow, WorkerIdentityRow, WorkerPhoneRow, ConsentRow,
)  # fmt: skip
_KEYS: dict[str, tuple[str, ...]] = {
    "checkin": ("worker_id", "at"), "invitee": ("worker_id",), "meeting": ("worker_id", "posting_id"),
    "override": ("worker_id", "posting_id", "decided_at"),
}  # fmt: skip
_NOT_COMPARED = frozenset({"id", "event_id"})


def carried(session: StoreSession, event_id: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """Every row the laptop gets, in an order in which they can be put in."""
    people = ShortlistRepository(session)
    booths = EventRepository(session).booths(event_id)
    shown = EventRepository(session).shown(event_id)
    workers = sorted(
        {row.worker_id for row in people.invitees(event_id)}
        | {row.worker_id for row in people.meetings(event_id)}
        | set(people.checked_in(event_id))
    )
    postings = sorted({one for ids in shown.values() for one in ids} | {row.posting_id for row in people.meetings(event_id)})
    employers = sorted({booth.employer_id for booth in booths} | _employers(session, postings))
    yield from _some(session, EmployerRow, EmployerRow.employer_id, employers)
    yield from _some(session, PostingRow, PostingRow.posting_id, postings)
    yield from _some(session, PostingFindingRow, PostingFindingRow.posting_id, postings)
    yield from people_rows(session, workers)
    yield from _some(session, EventRow, EventRow.id, [event_id])
    yield from _some(session, BoothRow, BoothRow.event_id, [event_id])
    yield from _some(session, BoothPostingRow, BoothPostingRow.booth_id, [booth.id for booth in booths])
    for kind in ("invitee", "meeting", "checkin", "override"):
        yield from _some(session, ENTITIES[kind], ENTITIES[kind].event_id, [event_id])  # type: ignore[attr-defined]


def people_rows(session: StoreSession, worker_ids: Sequence[str]) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """What travels of people, each table after those it points at."""
    for table in PEOPLE:
        yield from _some(session, table, table.worker_id, worker_ids)  # type: ignore[attr-defined]


def put_in(session: StoreSession, rows: Iterable[tuple[type[Base], dict[str, Any]]]) -> None:
    """Put carried rows into another database, under its own keys."""
    for table, values in rows:
        session.add(table(**_rekeyed(session, table, values)))
        session.flush()


def entity_rows(session: StoreSession, event_id: int) -> dict[tuple[str, str], Any]:
    """(entity, key) → row, of everything that a fair without network may change."""
    return {
        (kind, entity_key(kind, row_values(row))): row
        for kind, table in ENTITIES.items()
        for row in session.scalars(select(table).where(table.event_id == event_id).order_by(table.id))  # type: ignore[attr-defined]
    }


def compared(row: Any) -> dict[str, Any]:
    """The values of such a row, without what differs from one database to another."""
    return {name: value for name, value in row_values(row).items() if name not in _NOT_COMPARED}


def entity_key(kind: str, values: dict[str, Any]) -> str:
    """What makes a row the same one in the office and on the laptop. A known visitor is one check-in."""
    names = _KEYS[kind]
    if kind == "checkin" and values["worker_id"] is not None:
        names = ("worker_id",)
    key = "|".join(str(values[name]) for name in names)
    return key if len(key) <= SHORT_CHARS else hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def row_values(row: Any) -> dict[str, Any]:
    return {attribute.key: getattr(row, attribute.key) for attribute in type(row).__mapper__.column_attrs}


def typed(table: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """Values out of JSON as the columns take them."""
    columns = table.__table__.columns
    return {name: _of_json(columns[name].type, value) for name, value in values.items()}


def _of_json(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Occupations):
        return tuple(Occupation(**one) for one in value)
    return value


def _some(
    session: StoreSession, table: type[Base], column: Any, keys: Sequence[Any]
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    first = list(table.__mapper__.primary_key)
    for start in range(0, len(keys), AT_ONCE):
        query = select(table).where(column.in_(keys[start : start + AT_ONCE])).order_by(*first)
        for row in session.scalars(query):
            kept = {name: value for name, value in row_values(row).items() if name not in LEFT_BEHIND}
            kept.pop("version", None)
            yield table, kept


def _employers(session: StoreSession, posting_ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(posting_ids), AT_ONCE):
        query = select(PostingRow.employer_id).where(
            PostingRow.posting_id.in_(posting_ids[start : start + AT_ONCE]), PostingRow.employer_id.is_not(None)
        )
        found |= {str(one) for one in session.scalars(query)}
    return found


def _rekeyed(session: StoreSession, table: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    keyring = session.keyring
    if table is WorkerIdentityRow:
        name = plain_name(values.get("name"))
        return values | {"name_hash": keyring.lookup_hash(NAME, name) if name else None}
    if table is WorkerPhoneRow:
        return values | {"phone_hash": keyring.lookup_hash(PHONE, plain_phone(values["phone"]) or "")}
    return values
