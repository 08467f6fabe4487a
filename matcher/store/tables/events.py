"""Fairs and meetings, with who was asked, who meets whom and who came (活动)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.event_terms import CheckinVia, EventState, OverrideKind
from matcher.domain.record_terms import InviteReply, ShortlistState
from matcher.domain.service_terms import Campaign, Channel, EventType, PushState, ResponseReason
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


class EventRow(Numbered, Sourced, Versioned, Base):
    """One event. Its statistics are counted from the rows below, never typed in.

    slots, slot_minutes: the timetable of a fair or meeting, from starts_at on. population: whom it is for, as in
    `domain.population`. certificate, figures: what planning proved and measured.
    """

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
    state: Mapped[EventState] = column(P.PUBLIC, Code(EventState), default=EventState.DRAFT)
    slots: Mapped[int | None] = column(P.PUBLIC, Integer)
    slot_minutes: Mapped[int | None] = column(P.PUBLIC, Integer)
    theme_occupations: Mapped[list[str] | None] = column(P.PUBLIC, JSON(none_as_null=True))
    population: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    certificate: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    figures: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))


class BoothRow(Numbered, Base):
    """A booth of one employer at an event (展位). tables: people it can talk to at the same time."""

    __tablename__ = "event_booths"

    event_id: Mapped[int] = column(P.PUBLIC, ForeignKey("events.id"))
    booth_no: Mapped[str] = column(P.PUBLIC, String(SHORT_CHARS))
    employer_id: Mapped[str] = column(P.PUBLIC, String(ID_CHARS), ForeignKey("employers.employer_id"))
    officer_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("accounts.id"))
    tables: Mapped[int] = column(P.PUBLIC, Integer, default=1)

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
    """A person asked to come, over which channel, and what they answered (邀约). spoken_no: number called out loud."""

    __tablename__ = "event_invitees"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    reason: Mapped[str | None] = column(P.PERSONAL, Text)
    channel: Mapped[Channel] = column(P.OPERATIONAL, Code(Channel))
    delivery: Mapped[PushState] = column(P.OPERATIONAL, Code(PushState))
    reply: Mapped[InviteReply] = column(P.PERSONAL, Code(InviteReply))
    wave: Mapped[int] = column(P.OPERATIONAL, Integer, default=0)
    arrive_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    spoken_no: Mapped[int | None] = column(P.PERSONAL, Integer)

    __table_args__ = (UniqueConstraint("event_id", "worker_id"),)


class ShortlistRow(Numbered, Base):
    """A meeting planned between a person and a posting at an event (洽谈安排)."""

    __tablename__ = "event_shortlist"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    booth_id: Mapped[int | None] = column(P.OPERATIONAL, ForeignKey("event_booths.id"))
    slot: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    rank: Mapped[int] = column(P.OPERATIONAL, Integer)
    reasons: Mapped[list[Any] | None] = column(P.PERSONAL, JSON(none_as_null=True))
    score: Mapped[float | None] = column(P.PERSONAL, Float)
    employer_reasons: Mapped[list[Any] | None] = column(P.PERSONAL, JSON(none_as_null=True))
    state: Mapped[ShortlistState] = column(P.PERSONAL, Code(ShortlistState))
    marked_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)
    marked_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    mark_reason: Mapped[ResponseReason | None] = column(P.PERSONAL, Code(ResponseReason))

    __table_args__ = (UniqueConstraint("event_id", "worker_id", "posting_id"),)


class CheckinRow(Numbered, Base):
    """A person who came in; unknown visitors are counted without a worker (进场)."""

    __tablename__ = "event_checkins"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"), index=True)
    worker_id: Mapped[str | None] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True
    )
    at: Mapped[datetime] = column(P.PERSONAL, UtcDateTime)
    via: Mapped[CheckinVia | None] = column(P.PERSONAL, Code(CheckinVia))
    walk_in: Mapped[bool] = column(P.PERSONAL, Boolean, default=False)


class EventOverrideRow(Numbered, Base):
    """An organiser's decision over the solver, kept as data (人工调整)."""

    __tablename__ = "event_overrides"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"), index=True)
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    kind: Mapped[OverrideKind] = column(P.OPERATIONAL, Code(OverrideKind))
    slot: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    reason: Mapped[str | None] = column(P.OPERATIONAL, Text)
    decided_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    decided_by: Mapped[str] = column(P.OPERATIONAL, String(ACTOR_CHARS))


class EventConflictRow(Numbered, Base):
    """What a fair run without network and the office both changed: both are kept until somebody decides (冲突).

    theirs: also a whole person who was registered at the fair and whose phone the office knows.
    """

    __tablename__ = "event_conflicts"

    event_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("events.id"), index=True)
    entity: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    entity_key: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS))
    ours: Mapped[str] = column(P.PERSONAL, EncryptedText("event_conflicts.ours"))
    theirs: Mapped[str] = column(P.IDENTIFYING, EncryptedText("event_conflicts.theirs"))
    found_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    settled_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    settled_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
