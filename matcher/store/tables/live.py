"""Livestreams: running order, leads, and what every console must hear (直播带岗)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.event_terms import LeadState
from matcher.store.column_types import Code, UtcDateTime
from matcher.store.encryption import EncryptedText, KeyedHash
from matcher.store.tables.base import (
    ACTOR_CHARS,
    ID_CHARS,
    SHORT_CHARS,
    Base,
    Numbered,
    Privacy,
    column,
)

P = Privacy


class LiveItemRow(Numbered, Base):
    """A posting in a livestream's running order (直播讲解)."""

    __tablename__ = "live_items"

    event_id: Mapped[int] = column(P.PUBLIC, ForeignKey("events.id"))
    seq: Mapped[int] = column(P.PUBLIC, Integer)
    short_no: Mapped[int] = column(P.PUBLIC, Integer)
    posting_id: Mapped[str] = column(
        P.PUBLIC, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    planned_minute: Mapped[int | None] = column(P.PUBLIC, Integer)
    planned_seconds: Mapped[int | None] = column(P.PUBLIC, Integer)
    aired_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    taken_off_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    taken_off_because: Mapped[str | None] = column(P.PUBLIC, String(SHORT_CHARS))

    __table_args__ = (UniqueConstraint("event_id", "seq"), UniqueConstraint("event_id", "short_no"))


class LiveLeadRow(Numbered, Base):
    """A viewer who asked about a posting (直播线索); one row per phone, posting and event.

    owner_known: False when the viewer gave somebody else's number and the owner must be asked first.
    """

    __tablename__ = "live_leads"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"))
    short_no: Mapped[int] = column(P.OPERATIONAL, Integer)
    phone: Mapped[str] = column(P.IDENTIFYING, EncryptedText("live_leads.phone"))
    phone_hash: Mapped[str] = column(P.IDENTIFYING, KeyedHash, index=True)
    worker_id: Mapped[str | None] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True
    )
    question: Mapped[str | None] = column(P.PERSONAL, EncryptedText("live_leads.question"))
    asked_at: Mapped[datetime] = column(P.PERSONAL, UtcDateTime)
    handed_to: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    call_due_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime, index=True)
    first_call_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    state: Mapped[LeadState] = column(P.PERSONAL, Code(LeadState), default=LeadState.NEW)
    owner_known: Mapped[bool | None] = column(P.PERSONAL, Boolean)

    __table_args__ = (UniqueConstraint("event_id", "short_no", "phone_hash"),)


class LiveSignalRow(Numbered, Base):
    """Something every open console hears, in order; a console that was cut off asks for what it missed (直播信号).

    payload: never anything personal.
    """

    __tablename__ = "live_signals"

    event_id: Mapped[int] = column(P.PUBLIC, ForeignKey("events.id"), index=True)
    at: Mapped[datetime] = column(P.PUBLIC, UtcDateTime)
    kind: Mapped[str] = column(P.PUBLIC, String(SHORT_CHARS))
    payload: Mapped[dict[str, Any]] = column(P.PUBLIC, JSON)
