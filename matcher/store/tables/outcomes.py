"""What came of it, and the contacts owed to a person (录用与在岗, 回访, 服务记录). NULL stays unknown, never no."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, Float, ForeignKey, String
from sqlalchemy.orm import Mapped

from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.posting_terms import EmploymentForm, PayUnit
from matcher.domain.service_terms import (
    Channel,
    EndReason,
    Evidence,
    FollowUpKind,
    FollowUpMode,
    PlacementLocation,
    ServiceKind,
)
from matcher.store.column_types import Code, Codes, UtcDateTime
from matcher.store.encryption import EncryptedText
from matcher.store.tables.base import (
    ACTOR_CHARS,
    ID_CHARS,
    Base,
    Numbered,
    Privacy,
    Sourced,
    Versioned,
    column,
)

P = Privacy


class OutcomeRow(Numbered, Sourced, Versioned, Base):
    """A placement and how long it lasted (录用与在岗)."""

    __tablename__ = "outcomes"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    posting_id: Mapped[str | None] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    push_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("pushes.id"))
    event_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("events.id"))
    referral_channel: Mapped[Channel | None] = column(P.OPERATIONAL, Code(Channel))
    interviewed_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    hired_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    started_on: Mapped[date | None] = column(P.PERSONAL, Date)
    form: Mapped[EmploymentForm | None] = column(P.PERSONAL, Code(EmploymentForm))
    pay_actual_fen: Mapped[int | None] = column(P.PERSONAL, BigInteger)
    pay_unit: Mapped[PayUnit | None] = column(P.PERSONAL, Code(PayUnit))
    contract_signed: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    insured: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    location: Mapped[PlacementLocation | None] = column(P.PERSONAL, Code(PlacementLocation))
    in_post_7d: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    in_post_30d: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    in_post_6m: Mapped[bool | None] = column(P.PERSONAL, Boolean)
    ended_on: Mapped[date | None] = column(P.PERSONAL, Date)
    end_reason: Mapped[EndReason | None] = column(P.PERSONAL, Code(EndReason))
    evidence: Mapped[tuple[Evidence, ...]] = column(P.PERSONAL, Codes(Evidence), nullable=True)
    confidence: Mapped[float | None] = column(P.PERSONAL, Float)


class OutcomeClaimRow(Numbered, Base):
    """What one side said of an outcome; nothing is ever changed here (结果陈述).

    `outcomes` holds what all claims together come to; see `matcher.outcome.evidence`.
    """

    __tablename__ = "outcome_claims"

    outcome_id: Mapped[int] = column(P.PERSONAL, ForeignKey("outcomes.id"), index=True)
    fact: Mapped[OutcomeFact] = column(P.PERSONAL, Code(OutcomeFact))
    said: Mapped[bool] = column(P.PERSONAL, Boolean)
    on_day: Mapped[date | None] = column(P.PERSONAL, Date)
    evidence: Mapped[Evidence] = column(P.PERSONAL, Code(Evidence))
    reason: Mapped[EndReason | None] = column(P.PERSONAL, Code(EndReason))
    recorded_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    recorded_by: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))


class FollowUpRow(Numbered, Sourced, Versioned, Base):
    """A contact owed to a person by a day (回访)."""

    __tablename__ = "follow_ups"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    outcome_id: Mapped[int | None] = column(P.PERSONAL, ForeignKey("outcomes.id"))
    kind: Mapped[FollowUpKind] = column(P.PERSONAL, Code(FollowUpKind))
    due_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    done_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    mode: Mapped[FollowUpMode | None] = column(P.OPERATIONAL, Code(FollowUpMode))
    result: Mapped[str | None] = column(P.PERSONAL, EncryptedText("follow_ups.result"))
    next_due_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class ServiceRecordRow(Numbered, Sourced, Versioned, Base):
    """A service given to a person (服务记录)."""

    __tablename__ = "service_records"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    kind: Mapped[ServiceKind] = column(P.PERSONAL, Code(ServiceKind))
    given_at: Mapped[datetime] = column(P.PERSONAL, UtcDateTime, index=True)
    given_by: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    posting_id: Mapped[str | None] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    push_id: Mapped[int | None] = column(P.PERSONAL, ForeignKey("pushes.id"))
    note: Mapped[str | None] = column(P.PERSONAL, EncryptedText("service_records.note"))
