"""Pushes to people, what was missing, urgent requests and arrivals (推送, 即时快招, 到岗)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.record_terms import BatchState, ShortfallAction, UrgentState
from matcher.domain.service_terms import Channel, ConfirmState, PushState, ResponseReason
from matcher.store.column_types import Code, UtcDateTime
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


class PushBatchRow(Numbered, Sourced, Versioned, Base):
    """One round of pushes for a frozen population (推送批次)."""

    __tablename__ = "push_batches"

    name: Mapped[str] = column(P.OPERATIONAL, Text)
    population: Mapped[dict[str, Any]] = column(P.OPERATIONAL, JSON)
    rules_version: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    min_per_person: Mapped[int] = column(P.OPERATIONAL, Integer, default=2)
    seed: Mapped[int] = column(P.OPERATIONAL, Integer)
    run_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    people: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    satisfied: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    short: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    state: Mapped[BatchState] = column(P.OPERATIONAL, Code(BatchState))
    approver: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))


class PushRow(Numbered, Sourced, Versioned, Base):
    """One posting recommended to one person, and how they answered (推送)."""

    __tablename__ = "pushes"

    batch_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("push_batches.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    rank: Mapped[int] = column(P.OPERATIONAL, Integer)
    score: Mapped[float] = column(P.PERSONAL, Float)
    reasons: Mapped[list[Any] | None] = column(P.PERSONAL, JSON(none_as_null=True))
    unlocks: Mapped[list[Any] | None] = column(P.PERSONAL, JSON(none_as_null=True))
    channel: Mapped[Channel] = column(P.OPERATIONAL, Code(Channel))
    state: Mapped[PushState] = column(P.PERSONAL, Code(PushState))
    sent_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    delivered_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    read_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    responded_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    responded_via: Mapped[Channel | None] = column(P.PERSONAL, Code(Channel))
    response_reason: Mapped[ResponseReason | None] = column(P.PERSONAL, Code(ResponseReason))
    failure: Mapped[str | None] = column(P.OPERATIONAL, String(SHORT_CHARS))
    confirmed_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    refusal_note: Mapped[str | None] = column(P.PERSONAL, Text)
    contested_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    counts_toward_quota: Mapped[bool] = column(P.OPERATIONAL, Boolean, default=False)

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        UniqueConstraint("batch_id", "worker_id", "posting_id"),
    )


class PushShortfallRow(Numbered, Base):
    """A person who got too few postings, and what stood in the way (推送缺口)."""

    __tablename__ = "push_shortfalls"

    batch_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("push_batches.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    found: Mapped[int] = column(P.PERSONAL, Integer)
    missing: Mapped[int] = column(P.PERSONAL, Integer)
    blocking: Mapped[list[Any] | None] = column(P.PERSONAL, JSON(none_as_null=True))
    action: Mapped[ShortfallAction | None] = column(P.PERSONAL, Code(ShortfallAction))

    __table_args__ = (UniqueConstraint("batch_id", "worker_id"),)


class UrgentRequestRow(Numbered, Sourced, Versioned, Base):
    """People wanted within hours (即时快招). waves: [{"t", "asked", "yes"}, …], counts only."""

    __tablename__ = "urgent_requests"

    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    need_by: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    needed: Mapped[int] = column(P.OPERATIONAL, Integer)
    over_book_factor: Mapped[float] = column(P.OPERATIONAL, Float)
    waves: Mapped[list[Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    state: Mapped[UrgentState] = column(P.OPERATIONAL, Code(UrgentState))
    filled_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class ArrivalRow(Numbered, Versioned, Base):
    """Whether a person who said yes came, as both sides tell it (到岗确认)."""

    __tablename__ = "arrivals"

    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    urgent_request_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("urgent_requests.id"))
    push_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("pushes.id"))
    reserve: Mapped[bool] = column(P.PERSONAL, Boolean, default=False)
    worker_state: Mapped[ConfirmState | None] = column(P.PERSONAL, Code(ConfirmState))
    worker_said_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    employer_state: Mapped[ConfirmState | None] = column(P.PERSONAL, Code(ConfirmState))
    employer_said_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    reassigned_to: Mapped[str | None] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id")
    )
