"""Postings and what rules found in them (岗位)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped

from matcher.domain.posting_terms import (
    Basis,
    Benefit,
    CloseReason,
    Education,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PayUnit,
    PhysicalLoad,
    PostingKind,
    PublishState,
    ReviewState,
    Settlement,
    Shift,
    Transport,
    VerifyMethod,
)
from matcher.domain.record_terms import (
    FindingKind,
    FindingState,
    GenderRequirement,
    PayChannel,
    Payer,
    Severity,
    SourceChannel,
    ToolsProvided,
)
from matcher.domain.values import CertificateRequirement, Occupation
from matcher.store.column_types import (
    CertificateRequirements,
    Code,
    Codes,
    Occupations,
    UtcDateTime,
    Words,
)
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


class PostingRow(Sourced, Versioned, Base):
    """One posting. pay_unit NULL = no pay known; place_name NULL = no place; age_basis NULL = no age limit."""

    __tablename__ = "postings"

    posting_id: Mapped[str] = column(P.PUBLIC, String(ID_CHARS), primary_key=True)
    posting_no: Mapped[str | None] = column(P.PUBLIC, String(ID_CHARS))
    short_no: Mapped[int | None] = column(P.PUBLIC, Integer)
    employer_id: Mapped[str | None] = column(
        P.PUBLIC, String(ID_CHARS), ForeignKey("employers.employer_id"), index=True
    )
    employer_name: Mapped[str] = column(P.PUBLIC, Text, default="")
    title: Mapped[str] = column(P.PUBLIC, Text)
    duties: Mapped[str] = column(P.PUBLIC, Text, default="")
    requirements: Mapped[str] = column(P.PUBLIC, Text, default="")
    work_conditions: Mapped[str | None] = column(P.PUBLIC, Text)
    industry: Mapped[str] = column(P.PUBLIC, Text, default="")
    tags: Mapped[tuple[str, ...]] = column(P.PUBLIC, Words, nullable=True)
    kind: Mapped[PostingKind] = column(P.PUBLIC, Code(PostingKind))
    form: Mapped[EmploymentForm | None] = column(P.PUBLIC, Code(EmploymentForm))
    occupation_code: Mapped[str | None] = column(P.PUBLIC, String(20), index=True)
    occupations: Mapped[tuple[Occupation, ...]] = column(P.PUBLIC, Occupations, nullable=True)
    skills: Mapped[tuple[str, ...]] = column(P.PUBLIC, Words, nullable=True)
    certificates: Mapped[tuple[CertificateRequirement, ...]] = column(
        P.PUBLIC, CertificateRequirements, nullable=True
    )

    pay_unit: Mapped[PayUnit | None] = column(P.PUBLIC, Code(PayUnit))
    pay_min_fen: Mapped[int | None] = column(P.PUBLIC, BigInteger)
    pay_max_fen: Mapped[int | None] = column(P.PUBLIC, BigInteger)
    pay_base_fen: Mapped[int | None] = column(P.PUBLIC, BigInteger)
    pay_months: Mapped[float | None] = column(P.PUBLIC, Float)
    pay_negotiable: Mapped[bool | None] = column(P.PUBLIC, Boolean)
    pay_commission: Mapped[bool | None] = column(P.PUBLIC, Boolean)
    settlement: Mapped[Settlement | None] = column(P.PUBLIC, Code(Settlement))
    payer: Mapped[Payer | None] = column(P.PUBLIC, Code(Payer))
    pay_channel: Mapped[PayChannel | None] = column(P.PUBLIC, Code(PayChannel))
    fees_fen: Mapped[int | None] = column(P.PUBLIC, BigInteger)

    shifts: Mapped[tuple[Shift, ...]] = column(P.PUBLIC, Codes(Shift), nullable=True)
    hours_per_day: Mapped[float | None] = column(P.PUBLIC, Float)
    days_per_month: Mapped[float | None] = column(P.PUBLIC, Float)
    start_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    end_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    need_by: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    emergency: Mapped[bool | None] = column(P.PUBLIC, Boolean)
    benefits: Mapped[tuple[Benefit, ...]] = column(P.PUBLIC, Codes(Benefit), nullable=True)
    transport: Mapped[tuple[Transport, ...]] = column(P.PUBLIC, Codes(Transport), nullable=True)
    insurance: Mapped[tuple[Insurance, ...]] = column(P.PUBLIC, Codes(Insurance), nullable=True)
    contract_months: Mapped[int | None] = column(P.PUBLIC, Integer)
    contract_open_ended: Mapped[bool | None] = column(P.PUBLIC, Boolean)
    tools_provided: Mapped[ToolsProvided | None] = column(P.PUBLIC, Code(ToolsProvided))

    place_name: Mapped[str | None] = column(P.PUBLIC, Text)
    lat: Mapped[float | None] = column(P.PUBLIC, Float)
    lng: Mapped[float | None] = column(P.PUBLIC, Float)
    site_name: Mapped[str | None] = column(P.PUBLIC, Text)
    address: Mapped[str | None] = column(P.PUBLIC, Text)
    door_address: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("postings.door_address"))

    education: Mapped[Education | None] = column(P.PUBLIC, Code(Education))
    education_reason: Mapped[str | None] = column(P.PUBLIC, Text)
    experience_years: Mapped[float | None] = column(P.PUBLIC, Float)
    age_low: Mapped[int | None] = column(P.PUBLIC, Integer)
    age_high: Mapped[int | None] = column(P.PUBLIC, Integer)
    age_basis: Mapped[Basis | None] = column(P.PUBLIC, Code(Basis))
    age_document: Mapped[str | None] = column(P.PUBLIC, Text)
    gender_requirement: Mapped[GenderRequirement | None] = column(P.PUBLIC, Code(GenderRequirement))
    load: Mapped[tuple[PhysicalLoad, ...]] = column(P.PUBLIC, Codes(PhysicalLoad), nullable=True)
    friendly_to: Mapped[tuple[FriendlyTo, ...]] = column(P.PUBLIC, Codes(FriendlyTo), nullable=True)
    quarantined: Mapped[dict[str, str] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))

    headcount: Mapped[int | None] = column(P.PUBLIC, Integer)
    headcount_left: Mapped[int | None] = column(P.PUBLIC, Integer)
    referral_ratio: Mapped[float | None] = column(P.OPERATIONAL, Float)
    referral_cap: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    referred_count: Mapped[int] = column(P.OPERATIONAL, Integer, default=0)
    success_count: Mapped[int] = column(P.OPERATIONAL, Integer, default=0)

    contact_name: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("postings.contact_name"))
    contact_phone: Mapped[str | None] = column(P.IDENTIFYING, EncryptedText("postings.contact_phone"))
    contact_phone_hash: Mapped[str | None] = column(P.IDENTIFYING, KeyedHash, index=True)

    source_channel: Mapped[SourceChannel | None] = column(P.OPERATIONAL, Code(SourceChannel))
    reposted_from: Mapped[str | None] = column(P.PUBLIC, Text)
    published_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    valid_from: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    valid_to: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime, index=True)
    verified_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    verified_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    verify_method: Mapped[VerifyMethod | None] = column(P.PUBLIC, Code(VerifyMethod))
    review_state: Mapped[ReviewState] = column(P.OPERATIONAL, Code(ReviewState))
    publish_state: Mapped[PublishState] = column(P.OPERATIONAL, Code(PublishState))
    close_reason: Mapped[CloseReason | None] = column(P.OPERATIONAL, Code(CloseReason))
    absent_since: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    content_hash: Mapped[str] = column(P.OPERATIONAL, String(64))


class PostingFindingRow(Numbered, Base):
    """One thing a compliance or risk rule found (合规/风险发现); span is in characters of `field`."""

    __tablename__ = "posting_findings"

    posting_id: Mapped[str] = column(P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"))
    kind: Mapped[FindingKind] = column(P.OPERATIONAL, Code(FindingKind))
    rule_id: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    field: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    span_start: Mapped[int] = column(P.OPERATIONAL, Integer)
    span_end: Mapped[int] = column(P.OPERATIONAL, Integer)
    severity: Mapped[Severity] = column(P.OPERATIONAL, Code(Severity))
    rewrite: Mapped[str | None] = column(P.OPERATIONAL, Text)
    state: Mapped[FindingState] = column(P.OPERATIONAL, Code(FindingState))
    details: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    found_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    decided_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))

    __table_args__ = (Index("ix_posting_findings_blocking", "posting_id", "severity", "state"),)
