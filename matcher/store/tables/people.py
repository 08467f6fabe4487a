"""Who a person is, with whom they live and what their file says (身份, 家庭, 一人一档). Kept apart from matching."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.record_terms import DossierSection, Gender, HukouType, IdType, Informant
from matcher.domain.worker_terms import PhoneOwner
from matcher.store.column_types import Code, RegionCode, UtcDateTime
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


class WorkerIdentityRow(Versioned, Base):
    """The identity of one worker; sex, nation and hukou are here so that no feature can reach them."""

    __tablename__ = "worker_identities"

    worker_id: Mapped[str] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), primary_key=True
    )
    name: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("worker_identities.name"))
    name_hash: Mapped[str | None] = column(P.IDENTIFYING, KeyedHash, index=True)
    id_type: Mapped[IdType | None] = column(P.PERSONAL, Code(IdType))
    id_number: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("worker_identities.id_number"))
    id_hash: Mapped[str | None] = column(P.IDENTIFYING, KeyedHash, index=True)
    gender: Mapped[Gender | None] = column(P.PERSONAL, Code(Gender))
    nation: Mapped[str | None] = column(P.SENSITIVE, EncryptedText("worker_identities.nation"))
    hukou_region: Mapped[str | None] = column(P.PERSONAL, RegionCode)
    hukou_type: Mapped[HukouType | None] = column(P.PERSONAL, Code(HukouType))
    address: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("worker_identities.address"))


class WorkerPhoneRow(Numbered, Base):
    """A phone that reaches the person; two people may share one (手机)."""

    __tablename__ = "worker_phones"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    seq: Mapped[int] = column(P.PERSONAL, Integer)
    phone: Mapped[str] = column(P.IDENTIFYING, EncryptedText("worker_phones.phone"))
    phone_hash: Mapped[str] = column(P.IDENTIFYING, KeyedHash, index=True)
    owner: Mapped[PhoneOwner] = column(P.PERSONAL, Code(PhoneOwner))
    wrong_since: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)


class HouseholdRow(Sourced, Versioned, Base):
    """A household and whether anybody in it works (家庭). external_id is the household number."""

    __tablename__ = "households"

    household_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), primary_key=True)
    address: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("households.address"))
    zero_employment: Mapped[bool | None] = column(P.SENSITIVE, Boolean)
    identified_at: Mapped[datetime | None] = column(P.SENSITIVE, UtcDateTime)
    verified_at: Mapped[datetime | None] = column(P.SENSITIVE, UtcDateTime)
    verified_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    target_worker_id: Mapped[str | None] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id")
    )
    cleared_at: Mapped[datetime | None] = column(P.SENSITIVE, UtcDateTime)
    reopened_at: Mapped[datetime | None] = column(P.SENSITIVE, UtcDateTime)


class HouseholdMemberRow(Numbered, Base):
    """A member of a household; a child or an old parent has no worker file but a (sealed) name."""

    __tablename__ = "household_members"

    household_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("households.household_id"))
    worker_id: Mapped[str | None] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True
    )
    name: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("household_members.name"))
    relation: Mapped[str | None] = column(P.PERSONAL, String(SHORT_CHARS))
    working_age: Mapped[bool | None] = column(P.PERSONAL, Boolean)

    __table_args__ = (UniqueConstraint("household_id", "worker_id"),)


class DossierEntryRow(Numbered, Versioned, Base):
    """One sentence of a person's file with its author, day and source (一人一档)."""

    __tablename__ = "dossier_entries"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    section: Mapped[DossierSection] = column(P.PERSONAL, Code(DossierSection))
    text: Mapped[str] = column(P.SENSITIVE, EncryptedText("dossier_entries.text"))
    author: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    said_at: Mapped[datetime] = column(P.PERSONAL, UtcDateTime)
    informant: Mapped[Informant] = column(P.PERSONAL, Code(Informant))
