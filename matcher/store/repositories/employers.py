"""Employers (用人单位)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select

from matcher.domain.masking import mask_address, mask_name, mask_phone
from matcher.domain.record_terms import IndexedEntity
from matcher.domain.service_terms import BlacklistReason, EmployerKind
from matcher.errors import InvalidInput, NotFound
from matcher.store.identity import PHONE, plain_phone
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow
from matcher.text.normalise import fold_case

_KEYS_AT_ONCE = 1_000
_DERIVED = "derived"  # known only because a posting names it
_SEALED = frozenset({"address", "legal_person", "contact_name", "contact_phone"})
_FIELDS = frozenset(
    {
        "name", "credit_code", "kind", "registered_type", "economic_type", "industry_code", "size", "lat", "lng",
        "real_name_checked", "tier", "officer", "verified_until", "contacts_per_day", "contacts_per_month",
        "region_code", "external_id",
    }
)  # fmt: skip


def employer_id_for(name: str) -> str:
    """The id of an employer known by name alone: equal names, spaces and width apart, are one employer."""
    return "name-" + _name_key(name)[:24]


def _name_key(name: str) -> str:
    return hashlib.sha256("".join(fold_case(name).split()).encode("utf-8", "replace")).hexdigest()


class EmployerRepository:
    """Reads and writes employers; contact and legal person come back masked."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def ensure(self, names_by_id: Mapping[str, str]) -> int:
        """Add a bare row for every employer not known yet; returns how many were added."""
        missing = set(names_by_id) - self._known(names_by_id)
        now, actor = self._session.now(), self._session.actor
        rows = [
            {
                "employer_id": employer_id,
                "name": names_by_id[employer_id] or employer_id,
                "name_key": _name_key(names_by_id[employer_id]),
                "source": _DERIVED,
                "external_id": employer_id,
                "created_at": now,
                "updated_at": now,
                "version": 1,
                "created_by": actor,
            }
            for employer_id in sorted(missing)
        ]
        if rows:
            self._session.connection().execute(insert(EmployerRow.__table__), rows)  # type: ignore[arg-type]
        return len(rows)

    def save(self, employer_id: str, fields: Mapping[str, Any], *, source: str = "local") -> None:
        """Insert or change one employer.

        fields: columns of `employers`; `contact_phone` brings its look-up hash with it. A household
        employer's name is kept masked in `name` and in full, encrypted, in `legal_person`.
        Raises InvalidInput for an unknown field.
        """
        unknown = set(fields) - _FIELDS - _SEALED
        if unknown:
            raise InvalidInput(f"用人单位没有这些字段：{'、'.join(sorted(unknown))}")
        values = dict(fields)
        if values.get("kind") == EmployerKind.HOUSEHOLD and "name" in values:
            values.setdefault("legal_person", values["name"])
            values["name"] = mask_name(values["name"])
        if "name" in values:
            values["name_key"] = _name_key(values["name"])
        if "contact_phone" in values:
            phone = values["contact_phone"] = plain_phone(values["contact_phone"])
            values["contact_phone_hash"] = phone and self._session.keyring.lookup_hash(PHONE, phone)
        row = self._session.get(EmployerRow, employer_id)
        if row is None:
            values.setdefault("external_id", employer_id)
            values.setdefault("name", employer_id)
            values.setdefault("name_key", _name_key(values["name"]))
            self._session.add(EmployerRow(employer_id=employer_id, source=source, **values))
        else:
            for name, value in values.items():
                setattr(row, name, value)
        self._session.flush()

    def get_masked(self, employer_id: str) -> dict[str, Any]:
        """One employer with contact, legal person, phone and door hidden. Raises NotFound."""
        row = self._get(employer_id)
        shown = {name: getattr(row, name) for name in sorted(_FIELDS)}
        return shown | {
            "employer_id": row.employer_id,
            "address": mask_address(row.address),
            "legal_person": mask_name(row.legal_person),
            "contact_name": mask_name(row.contact_name),
            "contact_phone": mask_phone(row.contact_phone),
            "blacklist_reason": row.blacklist_reason,
            "blacklisted_since": row.blacklisted_since,
            "blacklist_basis": row.blacklist_basis,
            "version": row.version,
        }

    def blacklist(self, employer_id: str, reason: BlacklistReason, basis: str) -> None:
        """Bar an employer: none of its postings is live from now on. basis: document or case number."""
        if not basis.strip():
            raise InvalidInput("列入黑名单必须写明依据(文号或案号)")
        row = self._get(employer_id)
        row.blacklist_reason, row.blacklist_basis = reason, basis
        row.blacklisted_since = self._session.now()
        self._postings_changed(employer_id)

    def lift_blacklist(self, employer_id: str) -> None:
        """Take an employer off the list; the history keeps that it was on it."""
        row = self._get(employer_id)
        row.blacklist_reason = row.blacklist_basis = row.blacklisted_since = None
        self._postings_changed(employer_id)

    def _postings_changed(self, employer_id: str) -> None:
        self._session.flush()
        ids = self._session.scalars(
            select(PostingRow.posting_id).where(PostingRow.employer_id == employer_id)
        )
        IndexChangeRepository(self._session).append(IndexedEntity.POSTING, ids.all())

    def _get(self, employer_id: str) -> EmployerRow:
        row = self._session.get(EmployerRow, employer_id)
        if row is None:
            raise NotFound(f"没有这个用人单位：{employer_id}")
        return row

    def _known(self, ids: Iterable[str]) -> set[str]:
        wanted = list(ids)
        known: set[str] = set()
        for start in range(0, len(wanted), _KEYS_AT_ONCE):
            part = wanted[start : start + _KEYS_AT_ONCE]
            known.update(
                self._session.scalars(
                    select(EmployerRow.employer_id).where(EmployerRow.employer_id.in_(part))
                )
            )
        return known
