"""The bulk upsert of workers with identity, phones, categories, household and consents (批量写入劳动者)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update

from matcher.domain.record_terms import IndexedEntity
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import CategoryState, WorkerCategory
from matcher.store.history import keep_previous
from matcher.store.identity import ID_NUMBER, NAME, PHONE, Identity, plain_id_number, plain_name, plain_phone
from matcher.store.keyring import Keyring
from matcher.store.plain_json import as_json, storable_text
from matcher.store.repositories.consents import ConsentGiven, ConsentRepository
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.repositories.imports import note_sightings
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.posting_upsert import RowOutcome, RowStatus
from matcher.store.session import StoreSession
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerCertificateRow, WorkerIntentRow, WorkerRow
from matcher.store.worker_mapping import OFFICE_COLUMNS, WorkerRows, worker_to_rows

_ROWS_AT_ONCE = 500
_WORKERS: Any = WorkerRow.__table__
_INTENTS: Any = WorkerIntentRow.__table__
_CERTIFICATES: Any = WorkerCertificateRow.__table__
_IDENTITIES: Any = WorkerIdentityRow.__table__
_PHONES: Any = WorkerPhoneRow.__table__
_CATEGORIES: Any = WorkerCategoryRow.__table__


@dataclass(frozen=True, slots=True)
class WorkerEntry:
    """One person as an import or a desk hands them over.

    extra: columns named in `worker_mapping.EXTRA_COLUMNS`; external_id defaults to the worker's own id.
    categories start as 待审 and are never removed by an import; consents never revive a withdrawn one.
    """

    worker: Worker
    source: str
    external_id: str = ""
    identity: Identity = field(default_factory=Identity)
    extra: Mapping[str, Any] = field(default_factory=dict)
    categories: tuple[WorkerCategory, ...] = ()
    household_no: str | None = None
    consents: tuple[ConsentGiven, ...] = ()


@dataclass(slots=True)
class _Ready:
    entry: WorkerEntry
    external_id: str
    worker_id: str
    rows: WorkerRows
    content_hash: str


def upsert_workers(
    session: StoreSession, entries: Sequence[WorkerEntry], *, job_id: int | None
) -> list[RowOutcome]:
    """See `WorkerRepository.upsert`."""
    outcomes: list[RowOutcome] = []
    met: set[tuple[str, str]] = set()
    for start in range(0, len(entries), _ROWS_AT_ONCE):
        part = [_ready(entry, session.keyring) for entry in entries[start : start + _ROWS_AT_ONCE]]
        outcomes += _write(session, part, met)
    if job_id is not None:
        note_sightings(session, job_id, {outcome.external_id for outcome in outcomes})
    session.expire_all()
    return outcomes


def _write(session: StoreSession, part: Sequence[_Ready], met: set[tuple[str, str]]) -> list[RowOutcome]:
    stored = _stored(session, part)
    taken = _taken(session, part, stored)
    outcomes: list[RowOutcome] = []
    new: list[_Ready] = []
    changed: list[_Ready] = []
    for one in part:
        key = (one.entry.source, one.external_id)
        before = stored.get(key)
        if before is not None:
            one.worker_id = before[0]
        elif one.worker_id in taken:
            one.worker_id = f"{one.entry.source}:{one.external_id}"
        if key in met:
            status = RowStatus.DUPLICATE
        elif before is None:
            status = RowStatus.NEW
            taken.add(one.worker_id)
            new.append(one)
        elif before[1] != one.content_hash or before[2] is not None:
            status = RowStatus.CHANGED
            changed.append(one)
        else:
            status = RowStatus.UNCHANGED
        met.add(key)
        outcomes.append(RowOutcome(one.external_id, one.worker_id, status))
    _insert(session, new)
    _change(session, changed)
    touched = [*new, *changed]
    _add_categories(session, touched)
    _join_households(session, touched)
    granted = [(one.worker_id, given) for one in touched for given in one.entry.consents]
    ConsentRepository(session).grant_first(granted)
    IndexChangeRepository(session).append(IndexedEntity.WORKER, [one.worker_id for one in touched])
    return outcomes


def _insert(session: StoreSession, new: Sequence[_Ready]) -> None:
    stamp = _stamp(session)
    _insert_all(session, _WORKERS, [_worker_values(one) | stamp for one in new])
    _insert_all(session, _INTENTS, [_with_id(one, one.rows.intent) | stamp for one in new])
    _insert_all(session, _IDENTITIES, [_identity_values(one, session.keyring) | stamp for one in new])
    _insert_lists(session, new)


def _change(session: StoreSession, changed: Sequence[_Ready]) -> None:
    if not changed:
        return
    ids = [one.worker_id for one in changed]
    for table in (_WORKERS, _INTENTS, _IDENTITIES):
        keep_previous(session, table, ids, by="worker_id")
    _update_all(session, _WORKERS, [_changed_values(one) for one in changed])
    _update_all(session, _INTENTS, [_with_id(one, one.rows.intent) for one in changed], _INTENTS.c.seq == 0)
    _update_all(session, _IDENTITIES, [_identity_values(one, session.keyring) for one in changed])
    for table in (_CERTIFICATES, _PHONES):
        session.connection().execute(delete(table).where(table.c.worker_id.in_(ids)))
    _insert_lists(session, changed)


def _insert_lists(session: StoreSession, ready: Sequence[_Ready]) -> None:
    certificates = [_with_id(one, row) for one in ready for row in one.rows.certificates]
    _insert_all(session, _CERTIFICATES, certificates)
    phones = []
    for one in ready:
        for seq, phone in enumerate(one.entry.identity.phones):
            number = plain_phone(phone.number)
            if number:
                phones.append(
                    {
                        "worker_id": one.worker_id,
                        "seq": seq,
                        "phone": number,
                        "phone_hash": session.keyring.lookup_hash(PHONE, number),
                        "owner": phone.owner,
                    }
                )
    _insert_all(session, _PHONES, phones)


def _add_categories(session: StoreSession, ready: Sequence[_Ready]) -> None:
    ids = [one.worker_id for one in ready]
    c = _CATEGORIES.c
    query = select(c.worker_id, c.category).where(c.worker_id.in_(ids))
    known = {tuple(found) for found in session.connection().execute(query)}
    rows = [
        {
            "worker_id": one.worker_id,
            "category": category,
            "state": CategoryState.PENDING,
            "automatic": False,
            **_stamp(session),
        }
        for one in ready
        for category in dict.fromkeys(one.entry.categories)
        if (one.worker_id, category) not in known
    ]
    _insert_all(session, _CATEGORIES, rows)


def _join_households(session: StoreSession, ready: Sequence[_Ready]) -> None:
    households = HouseholdRepository(session)
    for one in ready:
        if one.entry.household_no:
            household_id = households.ensure(one.entry.source, one.entry.household_no)
            households.add_member(household_id, one.worker_id)


def _insert_all(session: StoreSession, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(insert(table), rows)


def _update_all(session: StoreSession, table: Table, rows: list[dict[str, Any]], *only: Any) -> None:
    c = table.c
    values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name not in {"worker_id", "seq"}}
    statement = (
        update(table)
        .where(c.worker_id == bindparam("key"), *only)
        .values(**values, version=c.version + 1, updated_at=bindparam("now"))
    )
    now = session.now()
    parameters = [
        {name: value for name, value in row.items() if name not in {"worker_id", "seq"}}
        | {"key": row["worker_id"], "now": now}
        for row in rows
    ]
    session.connection().execute(statement, parameters)


def _stored(session: StoreSession, part: Sequence[_Ready]) -> dict[tuple[str, str], tuple[str, str, Any]]:
    c = _WORKERS.c
    found: dict[tuple[str, str], tuple[str, str, Any]] = {}
    for source in {one.entry.source for one in part}:
        wanted = [one.external_id for one in part if one.entry.source == source]
        query = select(c.external_id, c.worker_id, c.content_hash, c.withdrawn_at)
        query = query.where(c.source == source, c.external_id.in_(wanted))
        for external_id, *rest in session.connection().execute(query):
            found[source, external_id] = (rest[0], rest[1], rest[2])
    return found


def _taken(session: StoreSession, part: Sequence[_Ready], stored: Mapping[tuple[str, str], Any]) -> set[str]:
    wanted = [one.worker_id for one in part if (one.entry.source, one.external_id) not in stored]
    query = select(_WORKERS.c.worker_id).where(_WORKERS.c.worker_id.in_(wanted))
    return set(session.connection().execute(query).scalars())


def _stamp(session: StoreSession) -> dict[str, Any]:
    now = session.now()
    return {"created_at": now, "updated_at": now, "version": 1, "created_by": session.actor}


def _with_id(one: _Ready, row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "worker_id": one.worker_id}


def _worker_values(one: _Ready) -> dict[str, Any]:
    return _with_id(one, one.rows.worker) | {
        "source": one.entry.source,
        "external_id": one.external_id,
        "content_hash": one.content_hash,
    }


def _changed_values(one: _Ready) -> dict[str, Any]:
    """What a file may change: not who cares for the person, nor when the office last spoke with them."""
    kept = {name: value for name, value in _worker_values(one).items() if name not in OFFICE_COLUMNS}
    return kept | {"withdrawn_at": None}


def _identity_values(one: _Ready, keyring: Keyring) -> dict[str, Any]:
    identity = one.entry.identity
    name, number = plain_name(identity.name), plain_id_number(identity.id_number)
    return {
        "worker_id": one.worker_id,
        "name": name,
        "name_hash": keyring.lookup_hash(NAME, name) if name else None,
        "id_type": identity.id_type,
        "id_number": number,
        "id_hash": keyring.lookup_hash(ID_NUMBER, number) if number else None,
        "gender": identity.gender,
        "nation": identity.nation,
        "hukou_region": identity.hukou_region,
        "hukou_type": identity.hukou_type,
        "address": identity.address,
    }


def _ready(entry: WorkerEntry, keyring: Keyring) -> _Ready:
    rows = worker_to_rows(entry.worker, entry.extra)
    external_id = entry.external_id or entry.worker.worker_id
    content = [
        {name: value for name, value in rows.worker.items() if name != "worker_id"},
        {name: value for name, value in rows.intent.items() if name != "worker_id"},
        [{name: value for name, value in row.items() if name != "worker_id"} for row in rows.certificates],
        entry.identity,
        entry.categories,
        entry.household_no,
        entry.consents,
    ]
    text = storable_text(as_json(content), f"劳动者 {external_id}")
    return _Ready(entry, external_id, entry.worker.worker_id, rows, keyring.lookup_hash("worker", text))
