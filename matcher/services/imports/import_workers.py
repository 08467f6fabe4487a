"""From a worker row to a WorkerEntry: facts apart from identity, consent with its ground (导入劳动者)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select

from matcher.domain.labelled import Labelled
from matcher.domain.record_terms import ConsentChannel, Gender, IdType
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose
from matcher.domain.worker_terms import ContactPreference, JobStatus, Literacy, PhoneOwner, WorkerCategory
from matcher.lexicon.places import resolve_place
from matcher.store.database import StoreSession
from matcher.store.identity import ID_NUMBER, Identity, Phone, plain_id_number
from matcher.store.repositories.consents import ConsentGiven
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.tables.people import WorkerIdentityRow
from matcher.store.tables.workers import WorkerRow
from matcher.text.column_values import Problem as ParserProblem
from matcher.text.worker_reader import worker_from_row

CONSENT_VERSION = "import-file-1"
L = TypeVar("L", bound=Labelled)
_KEYS_AT_ONCE = 500
_GENDERS = {"男": Gender.MALE, "女": Gender.FEMALE, "男性": Gender.MALE, "女性": Gender.FEMALE}


def worker_entry(
    values: Mapping[str, object],
    found: list[ParserProblem],
    now: datetime,
    *,
    consent_header: str,
    statutory_duty: bool,
) -> WorkerEntry:
    """What the store takes for one person.

    consent_header: the consent column of the file, "" without one. statutory_duty: without such a column, the
    office relies on its statutory duty for matching.
    """
    worker = worker_from_row(values, now=now, problems=found)
    text = values.get("household_no")
    return WorkerEntry(
        worker=worker,
        source=str(values["source"]),
        external_id=str(values.get("external_id") or ""),
        identity=_identity(values),
        extra=_extra(values),
        categories=tuple(
            WorkerCategory.read(code, field="人员类别") for code in _texts(values.get("categories"))
        ),
        household_no=str(text) if text else None,
        consents=_consents(values, consent_header, statutory_duty),
    )


def _identity(values: Mapping[str, object]) -> Identity:
    owner = _member(PhoneOwner, values.get("phone_owner")) or PhoneOwner.SELF
    number = _text(values, "id_number")
    hukou = _text(values, "hukou_region")
    place = resolve_place(hukou) if hukou else None
    return Identity(
        name=_text(values, "name"),
        id_type=IdType.RESIDENT_ID if number else None,
        id_number=number,
        phones=tuple(Phone(one, owner) for one in (_text(values, "phone") or "").split("、") if one),
        gender=_GENDERS.get(_text(values, "gender") or ""),
        nation=_text(values, "nation"),
        hukou_region=place.region_code if place else None,
        address=_text(values, "address"),
    )


def _extra(values: Mapping[str, object]) -> dict[str, object]:
    since = _text(values, "unemployed_since")
    no_phone = values.get("no_phone")
    extra: dict[str, object] = {
        "job_status": _member(JobStatus, values.get("job_status")),
        "unemployed_since": date.fromisoformat(since[:10]) if since else None,
        "no_phone": no_phone if isinstance(no_phone, bool) else None,
        "contact_preference": _member(ContactPreference, values.get("contact_pref")),
        "literacy": _member(Literacy, values.get("literacy")),
        "training_wish": _text(values, "training_wish"),
        "venture_wish": _text(values, "venture_wish"),
    }
    return {name: value for name, value in extra.items() if value is not None}


def _member(kind: type[L], code: object) -> L | None:
    return kind.read(str(code), field=kind.__name__) if code else None


def _consents(values: Mapping[str, object], header: str, statutory_duty: bool) -> tuple[ConsentGiven, ...]:
    if header:
        digest = hashlib.sha256(header.encode()).hexdigest()
        return tuple(
            ConsentGiven(
                ConsentPurpose.read(code, field="同意事项"),
                ConsentBasis.CONSENT,
                CONSENT_VERSION,
                digest,
                ConsentChannel.FILE,
            )
            for code in _texts(values.get("consent"))
        )
    if not statutory_duty:
        return ()
    duty = ConsentBasis.STATUTORY_DUTY
    digest = hashlib.sha256(duty.label.encode()).hexdigest()
    return (ConsentGiven(ConsentPurpose.MATCHING, duty, CONSENT_VERSION, digest, ConsentChannel.FILE),)


def people_met_again(session: StoreSession, entries: Sequence[WorkerEntry]) -> list[WorkerEntry]:
    """The entries, each under the key the person already has in the store: one person, one file (一人一档).

    A person is met again by ID number; of several records the one under the entry's own key counts, then the
    one of the same source, then the oldest.
    """
    hashes = [_id_hash(session, entry) for entry in entries]
    known = _keys_by_id(session, {one for one in hashes if one})
    settled = []
    for entry, one in zip(entries, hashes, strict=True):
        keys = known.get(one or "", [])
        own = (entry.source, entry.external_id)
        if keys and own not in keys:
            source, key = next((k for k in keys if k[0] == entry.source), keys[0])
            worker = replace(entry.worker, worker_id=f"{source}:{key}")
            entry = replace(entry, worker=worker, source=source, external_id=key)
        settled.append(entry)
    return settled


def _id_hash(session: StoreSession, entry: WorkerEntry) -> str | None:
    number = plain_id_number(entry.identity.id_number)
    return session.keyring.lookup_hash(ID_NUMBER, number) if number else None


def _keys_by_id(session: StoreSession, hashes: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    wanted = sorted(hashes)
    found: dict[str, list[tuple[str, str]]] = {}
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        query = (
            select(WorkerIdentityRow.id_hash, WorkerRow.source, WorkerRow.external_id)
            .join(WorkerRow, WorkerRow.worker_id == WorkerIdentityRow.worker_id)
            .where(WorkerIdentityRow.id_hash.in_(wanted[start : start + _KEYS_AT_ONCE]))
            .order_by(WorkerRow.created_at, WorkerRow.worker_id)
        )
        for id_hash, source, key in session.execute(query):
            found.setdefault(str(id_hash), []).append((source, key))
    return found


def active_keys(session: StoreSession, source: str) -> dict[str, str]:
    """External id → worker id of everybody of a source who is in matching."""
    query = select(WorkerRow.external_id, WorkerRow.worker_id).where(
        WorkerRow.source == source, WorkerRow.withdrawn_at.is_(None)
    )
    return {str(key): str(worker_id) for key, worker_id in session.execute(query)}


def _text(values: Mapping[str, object], key: str) -> str | None:
    value = values.get(key)
    return str(value) if value else None


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []
