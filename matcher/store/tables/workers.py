"""What matching may know of a person: intentions, certificates, place; nothing that says who it is (劳动者)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.posting_terms import (
    Benefit,
    Education,
    EmploymentForm,
    PayUnit,
    PostingKind,
    Settlement,
    Shift,
)
from matcher.domain.values import Occupation
from matcher.domain.worker_terms import (
    CategoryState,
    Constraint,
    ContactPreference,
    JobStatus,
    Literacy,
    SkillLevel,
    TravelMode,
    WorkerCategory,
)
from matcher.store.column_types import Code, Codes, Occupations, UtcDateTime, Words
from matcher.store.encryption import EncryptedText
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


class WorkerRow(Sourced, Versioned, Base):
    """One person's matching facts. region_code is where they live; lat/lng at estate level, GCJ-02."""

    __tablename__ = "workers"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), primary_key=True)
    person_no: Mapped[str | None] = column(P.PERSONAL, String(ID_CHARS))
    skills: Mapped[tuple[str, ...]] = column(P.PERSONAL, Words, nullable=True)
    skill_level: Mapped[SkillLevel | None] = column(P.PERSONAL, Code(SkillLevel))
    constraints: Mapped[tuple[Constraint, ...]] = column(P.PERSONAL, Codes(Constraint), nullable=True)
    place_name: Mapped[str | None] = column(P.PERSONAL, Text)
    lat: Mapped[float | None] = column(P.PERSONAL, Float)
    lng: Mapped[float | None] = column(P.PERSONAL, Float)
    education: Mapped[Education | None] = column(P.PERSONAL, Code(Education))
    major: Mapped[str | None] = column(P.PERSONAL, String(SHORT_CHARS))
    experience_years: Mapped[float | None] = column(P.PERSONAL, Float)
    birth_date: Mapped[date | None] = column(P.PERSONAL, Date)
    stated_age: Mapped[int | None] = column(P.PERSONAL, Integer)
    no_certificates: Mapped[bool] = column(P.PERSONAL, Boolean, default=False)
    job_status: Mapped[JobStatus | None] = column(P.PERSONAL, Code(JobStatus))
    unemployed_since: Mapped[date | None] = column(P.PERSONAL, Date)
    unemployment_registered_on: Mapped[date | None] = column(P.PERSONAL, Date)
    no_phone: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    contact_preference: Mapped[ContactPreference | None] = column(P.PERSONAL, Code(ContactPreference))
    literacy: Mapped[Literacy | None] = column(P.PERSONAL, Code(Literacy))
    dialect: Mapped[str | None] = column(P.PERSONAL, String(SHORT_CHARS))
    training_wish: Mapped[str | None] = column(P.PERSONAL, EncryptedText("workers.training_wish"))
    venture_wish: Mapped[str | None] = column(P.PERSONAL, EncryptedText("workers.venture_wish"))
    available_until: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    caseworker_id: Mapped[int | None] = column(P.PERSONAL, ForeignKey("accounts.id"), index=True)
    last_contact_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    content_hash: Mapped[str] = column(P.OPERATIONAL, String(64))


class WorkerIntentRow(Numbered, Versioned, Base):
    """One thing the person wants (求职意向); seq 0 is the one matched today. Free text is encrypted."""

    __tablename__ = "worker_intents"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"))
    seq: Mapped[int] = column(P.PERSONAL, Integer)
    text: Mapped[str | None] = column(P.PERSONAL, EncryptedText("worker_intents.text"))
    wish_text: Mapped[str | None] = column(P.PERSONAL, EncryptedText("worker_intents.wish_text"))
    occupations: Mapped[tuple[Occupation, ...]] = column(P.PERSONAL, Occupations, nullable=True)
    refused_occupations: Mapped[tuple[Occupation, ...]] = column(P.PERSONAL, Occupations, nullable=True)
    kinds: Mapped[tuple[PostingKind, ...]] = column(P.PERSONAL, Codes(PostingKind), nullable=True)
    forms: Mapped[tuple[EmploymentForm, ...]] = column(P.PERSONAL, Codes(EmploymentForm), nullable=True)
    pay_unit: Mapped[PayUnit | None] = column(P.PERSONAL, Code(PayUnit))
    pay_min_fen: Mapped[int | None] = column(P.PERSONAL, BigInteger)
    pay_max_fen: Mapped[int | None] = column(P.PERSONAL, BigInteger)
    pay_base_fen: Mapped[int | None] = column(P.PERSONAL, BigInteger)
    pay_months: Mapped[float | None] = column(P.PERSONAL, Float)
    pay_negotiable: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    pay_commission: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    settlements: Mapped[tuple[Settlement, ...]] = column(P.PERSONAL, Codes(Settlement), nullable=True)
    shifts: Mapped[tuple[Shift, ...]] = column(P.PERSONAL, Codes(Shift), nullable=True)
    refused_shifts: Mapped[tuple[Shift, ...]] = column(P.PERSONAL, Codes(Shift), nullable=True)
    needs: Mapped[tuple[Benefit, ...]] = column(P.PERSONAL, Codes(Benefit), nullable=True)
    max_minutes: Mapped[int | None] = column(P.PERSONAL, Integer)
    out_of_town: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    earliest_start: Mapped[date | None] = column(P.PERSONAL, Date)
    group_size: Mapped[int] = column(P.PERSONAL, Integer, default=1)
    travel_mode: Mapped[TravelMode | None] = column(P.PERSONAL, Code(TravelMode))
    near_home: Mapped[bool] = column(P.PERSONAL, Boolean, default=False)
    pair_with: Mapped[str | None] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"))

    __table_args__ = (UniqueConstraint("worker_id", "seq"),)


class WorkerCertificateRow(Numbered, Base):
    """A certificate a person says they hold (证书). code: as in the certificate lexicon."""

    __tablename__ = "worker_certificates"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    seq: Mapped[int] = column(P.PERSONAL, Integer)
    code: Mapped[str] = column(P.PERSONAL, String(SHORT_CHARS))
    level: Mapped[SkillLevel] = column(P.PERSONAL, Code(SkillLevel))
    checked: Mapped[bool] = column(P.PERSONAL, Boolean)
    checked_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    valid_to: Mapped[date | None] = column(P.PERSONAL, Date)
    review_due: Mapped[date | None] = column(P.PERSONAL, Date)
    issued_on: Mapped[date | None] = column(P.PERSONAL, Date)
    number: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("worker_certificates.number"))


class WorkerCategoryRow(Numbered, Versioned, Base):
    """An assistance category and how it was decided (人员类别); never read by matching."""

    __tablename__ = "worker_categories"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"))
    category: Mapped[WorkerCategory] = column(P.SENSITIVE, Code(WorkerCategory))
    state: Mapped[CategoryState] = column(P.SENSITIVE, Code(CategoryState))
    proof: Mapped[str | None] = column(P.SENSITIVE, EncryptedText("worker_categories.proof"))
    issued_by: Mapped[str | None] = column(P.SENSITIVE, String(SHORT_CHARS))
    valid_to: Mapped[date | None] = column(P.SENSITIVE, Date)
    automatic: Mapped[bool] = column(P.OPERATIONAL, Boolean)
    decided_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))

    __table_args__ = (UniqueConstraint("worker_id", "category"),)
