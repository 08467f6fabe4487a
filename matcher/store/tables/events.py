"""Fairs, meetings and livestreams, with who was asked and who came (活动)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.record_terms import InviteReply, ShortlistState
from matcher.domain.service_terms import Campaign, Channel, EventType, PushState
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


class EventRow(Numbered, Sourced, Versioned, Base):
    """One event. Its statistics are counted from the rows below, never typed in."""

    __tablename__ = "events"

    name: Mapped[str] = column(P.PUBLIC, Text)
    type: Mapped[EventType] = column(P.PUBLIC, Code(EventType))
    campaign: Mapped[Campaign | None] = column(P.PUBLIC, Code(Campaign))
    starts_at: Mapped[datetime] = column(P.PUBLIC, UtcDateTime, index=True)
    ends_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
    place_name: Mapped[str | None] = column(P.PUBLIC, Text)
    lat: Mapped[float | None] = column(P.PUBLIC, Float)
    lng: Mapped[float | None] = column(P.PUBLIC, Float)
    reach_minutes: Mapped[int | None] = column(P.PUBLIC, Integer)
    capacity: Mapped[int | None] = column(P.PUBLIC, Integer)
    live_platform: Mapped[str | None] = column(P.PUBLIC, String(SHORT_CHARS))
    live_room_id: Mapped[str | None] = column(P.PUBLIC, String(SHORT_CHARS))
    live_account_label: Mapped[str | None] = column(P.PUBLIC, String(SHORT_CHARS))
    host_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("accounts.id"))


class BoothRow(Numbered, Base):
    """A booth of one employer at an event (展位)."""

    __tablename__ = "event_booths"

    event_id: Mapped[int] = column(P.PUBLIC, ForeignKey("events.id"))
    booth_no: Mapped[str] = column(P.PUBLIC, String(SHORT_CHARS))
    employer_id: Mapped[str] = column(P.PUBLIC, String(ID_CHARS), ForeignKey("employers.employer_id"))
    officer_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("accounts.id"))

    __table_args__ = (UniqueConstraint("event_id", "booth_no"),)


class BoothPostingRow(Numbered, Base):
    """A posting shown at a booth."""

    __tablename__ = "event_booth_postings"

    booth_id: Mapped[int] = column(P.PUBLIC, ForeignKey("event_booths.id"))
    posting_id: Mapped[str] = column(
        P.PUBLIC, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )

    __table_args__ = (UniqueConstraint("booth_id", "posting_id"),)


class InviteeRow(Numbered, Base):
    """A person asked to come, over which channel, and what they answered (邀约)."""

    __tablename__ = "event_invitees"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    reason: Mapped[str | None] = column(P.PERSONAL, Text)
    channel: Mapped[Channel] = column(P.OPERATIONAL, Code(Channel))
    delivery: Mapped[PushState] = column(P.OPERATIONAL, Code(PushState))
    reply: Mapped[InviteReply] = column(P.PERSONAL, Code(InviteReply))

    __table_args__ = (UniqueConstraint("event_id", "worker_id"),)


class ShortlistRow(Numbered, Base):
    """A meeting planned between a person and a posting at an event (洽谈安排)."""

    __tablename__ = "event_shortlist"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    slot: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    rank: Mapped[int] = column(P.OPERATIONAL, Integer)
    reasons: Mapped[list[Any] | None] = column(P.PERSONAL, JSON(none_as_null=True))
    state: Mapped[ShortlistState] = column(P.PERSONAL, Code(ShortlistState))

    __table_args__ = (UniqueConstraint("event_id", "worker_id", "posting_id"),)


class CheckinRow(Numbered, Base):
    """A person who came in; unknown visitors are counted without a worker (进场)."""

    __tablename__ = "event_checkins"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"), index=True)
    worker_id: Mapped[str | None] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True
    )
    at: Mapped[datetime] = column(P.PERSONAL, UtcDateTime)


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
    aired_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)

    __table_args__ = (UniqueConstraint("event_id", "seq"), UniqueConstraint("event_id", "short_no"))


class LiveLeadRow(Numbered, Base):
    """A viewer who asked about a posting (直播线索); one row per phone, posting and event."""

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
    first_call_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)

    __table_args__ = (UniqueConstraint("event_id", "short_no", "phone_hash"),)
