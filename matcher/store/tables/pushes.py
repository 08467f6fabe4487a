"""Pushes to people and what became of them (推送)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.service_terms import Channel, PushState, ResponseReason
from matcher.store.column_types import Code, UtcDateTime
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


class PushRow(Numbered, Sourced, Versioned, Base):
    """One posting recommended to one person, and how they answered (推送).

    position: the person's first, second … place in the batch; a replacement takes a new one, so that a batch
    killed half-way and started again can never fill a place twice.
    """

    __tablename__ = "pushes"

    batch_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("push_batches.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    position: Mapped[int] = column(P.OPERATIONAL, Integer)
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
    refusal_note: Mapped[str | None] = column(P.PERSONAL, EncryptedText("pushes.refusal_note"))
    contested_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    employer_answered_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    replaces_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("pushes.id"))
    counts_toward_quota: Mapped[bool] = column(P.OPERATIONAL, Boolean, default=False)

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        UniqueConstraint("batch_id", "worker_id", "posting_id"),
        UniqueConstraint("batch_id", "worker_id", "position"),
    )


class PushEventRow(Numbered, Base):
    """One thing that happened to a push, in order; nothing is ever changed here (推送流水)."""

    __tablename__ = "push_events"

    push_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("pushes.id"), index=True)
    at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    state: Mapped[PushState] = column(P.PERSONAL, Code(PushState))
    via: Mapped[Channel | None] = column(P.PERSONAL, Code(Channel))
    actor: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    reason: Mapped[str | None] = column(P.PERSONAL, String(SHORT_CHARS))
    note: Mapped[str | None] = column(P.PERSONAL, EncryptedText("push_events.note"))
