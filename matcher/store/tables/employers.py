"""Employers, their licences and their spare or wanted hands (用人单位)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Float, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped

from matcher.domain.record_terms import LabourBalance
from matcher.domain.service_terms import BlacklistReason, EmployerKind, EmployerTier
from matcher.store.column_types import Code, UtcDateTime
from matcher.store.encryption import EncryptedText, KeyedHash
from matcher.store.tables.base import (
    ACTOR_CHARS,
    ID_CHARS,
    SHORT_CHARS,
    Base,
    Numbered,
    Privacy,
    Sourced,
    Versioned,
    column,
)

P = Privacy


class EmployerRow(Sourced, Versioned, Base):
    """One employer. A household's `name` is its masked form; the person's full name is `legal_person`."""

    __tablename__ = "employers"

    employer_id: Mapped[str] = column(P.PUBLIC, String(ID_CHARS), primary_key=True)
    name: Mapped[str] = column(P.PUBLIC, Text)
    name_key: Mapped[str] = column(P.PUBLIC, String(64), index=True)
    credit_code: Mapped[str | None] = column(P.PUBLIC, String(18), unique=True)
    kind: Mapped[EmployerKind | None] = column(P.PUBLIC, Code(EmployerKind))
    registered_type: Mapped[str | None] = column(P.PUBLIC, String(SHORT_CHARS))
    economic_type: Mapped[str | None] = column(P.PUBLIC, String(SHORT_CHARS))
    industry_code: Mapped[str | None] = column(P.PUBLIC, String(10))
    size: Mapped[str | None] = column(P.PUBLIC, String(SHORT_CHARS))
    address: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("employers.address"))
    lat: Mapped[float | None] = column(P.PUBLIC, Float)
    lng: Mapped[float | None] = column(P.PUBLIC, Float)
    legal_person: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("employers.legal_person"))
    contact_name: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("employers.contact_name"))
    contact_phone: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("employers.contact_phone"))
    contact_phone_hash: Mapped[str | None] = column(P.IDENTIFYING, KeyedHash, index=True)
    real_name_checked: Mapped[bool | None] = column(P.OPERATIONAL, Boolean)
    tier: Mapped[EmployerTier | None] = column(P.OPERATIONAL, Code(EmployerTier))
    officer: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    verified_until: Mapped[date | None] = column(P.OPERATIONAL, Date)
    blacklist_reason: Mapped[BlacklistReason | None] = column(P.OPERATIONAL, Code(BlacklistReason))
    blacklisted_since: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    blacklist_basis: Mapped[str | None] = column(P.OPERATIONAL, Text)
    contacts_per_day: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    contacts_per_month: Mapped[int | None] = column(P.OPERATIONAL, Integer)


class EmployerLicenceRow(Numbered, Base):
    """A licence or document of an employer and until when it was checked (证照)."""

    __tablename__ = "employer_licences"

    employer_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("employers.employer_id"), index=True
    )
    kind: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    number: Mapped[str | None] = column(P.OPERATIONAL, String(SHORT_CHARS))
    valid_to: Mapped[date | None] = column(P.OPERATIONAL, Date)
    checked_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    checked_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))


class LabourBalanceRow(Numbered, Versioned, Base):
    """People a firm can lend or places it must fill for a while (余缺调剂)."""

    __tablename__ = "labour_balances"

    employer_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("employers.employer_id"), index=True
    )
    direction: Mapped[LabourBalance] = column(P.OPERATIONAL, Code(LabourBalance))
    occupation_code: Mapped[str | None] = column(P.OPERATIONAL, String(20))
    headcount: Mapped[int] = column(P.OPERATIONAL, Integer)
    starts_on: Mapped[date | None] = column(P.OPERATIONAL, Date)
    ends_on: Mapped[date | None] = column(P.OPERATIONAL, Date)
