"""How people can be reached, and where a message to them goes (联系方式)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from matcher.domain.service_terms import ConsentPurpose
from matcher.domain.worker_terms import ContactPreference, Literacy
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow, ConsentRow
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow

_IDS_AT_ONCE = 500
_VILLAGE_DIGITS = 6  # digits of a region code beyond the county; "000000" names no town


@dataclass(frozen=True, slots=True)
class Reachability:
    """What is known of reaching one person. consent: to being contacted; None = never asked."""

    consent: bool | None
    has_phone: bool
    has_village: bool
    preference: ContactPreference | None
    literacy: Literacy | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message to one person goes, in clear; held for one delivery and never logged."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    region_code: str | None = field(repr=False)
    place_name: str = field(repr=False)
    caseworker: str = ""


class ContactRepository:
    """Reads how people are reached."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def reachability(self, worker_id: str) -> Reachability:
        """What decides the channel for one person; a person who does not exist cannot be reached."""
        row = WorkerRow
        facts = self._session.execute(
            select(row.no_phone, row.place_name, row.region_code, row.contact_preference, row.literacy).where(
                row.worker_id == worker_id
            )
        ).first()
        if facts is None:
            return Reachability(None, False, False, None, None)
        no_phone, place, region, preference, literacy = facts
        in_village = bool(place) or bool(region and region[-_VILLAGE_DIGITS:].strip("0"))
        return Reachability(
            consent=self._consent(worker_id),
            has_phone=not no_phone and self._phone_id(worker_id) is not None,
            has_village=in_village,
            preference=preference,
            literacy=literacy,
        )

    def addresses(self, worker_ids: Sequence[str]) -> dict[str, Address]:
        """Names, phones and places of these people; those without an identity are absent."""
        found: dict[str, Address] = {}
        for start in range(0, len(worker_ids), _IDS_AT_ONCE):
            part = worker_ids[start : start + _IDS_AT_ONCE]
            phones = self._phones(part)
            query = (
                select(
                    WorkerRow.worker_id,
                    WorkerIdentityRow.name,
                    WorkerRow.region_code,
                    WorkerRow.place_name,
                    AccountRow.login,
                )
                .join(WorkerIdentityRow, WorkerIdentityRow.worker_id == WorkerRow.worker_id)
                .outerjoin(AccountRow, AccountRow.id == WorkerRow.caseworker_id)
                .where(WorkerRow.worker_id.in_(part))
            )
            for worker_id, name, region, place, login in self._session.execute(query):
                found[worker_id] = Address(
                    name or "", phones.get(worker_id, ""), region, place or "", login or ""
                )
        return found

    def phone_is_wrong(self, worker_id: str) -> None:
        """The number in use reaches nobody: the person's next number is tried from now on."""
        phone_id = self._phone_id(worker_id)
        if phone_id is not None:
            phone = self._session.get_one(WorkerPhoneRow, phone_id)
            phone.wrong_since = self._session.now()
            self._session.flush()

    def _phone_id(self, worker_id: str) -> int | None:
        row = WorkerPhoneRow
        query = select(row.id).where(row.worker_id == worker_id, row.wrong_since.is_(None))
        return self._session.scalar(query.order_by(row.seq).limit(1))

    def _phones(self, worker_ids: Sequence[str]) -> dict[str, str]:
        """The first number of each person that is not known to be wrong."""
        row = WorkerPhoneRow
        query = select(row.worker_id, row.phone).where(
            row.worker_id.in_(worker_ids), row.wrong_since.is_(None)
        )
        phones: dict[str, str] = {}
        for worker_id, phone in self._session.execute(query.order_by(row.worker_id, row.seq)):
            phones.setdefault(worker_id, phone)
        return phones

    def _consent(self, worker_id: str) -> bool | None:
        row = ConsentRow
        records = list(
            self._session.scalars(
                select(row.withdrawn_at.is_(None)).where(
                    row.worker_id == worker_id, row.purpose == ConsentPurpose.CONTACT
                )
            )
        )
        return any(records) if records else None
