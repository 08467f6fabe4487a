"""Work wanted at once: requests, offers, arrivals, gig stations (即时快招, 到岗, 零工驿站)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.domain.service_terms import Channel, ConfirmState
from matcher.store.column_types import Code, UtcDateTime
from matcher.store.tables.base import (
    ID_CHARS,
    Base,
    Numbered,
    Privacy,
    Sourced,
    Versioned,
    column,
)

P = Privacy


class UrgentRequestRow(Numbered, Sourced, Versioned, Base):
    """People wanted within hours (即时快招). waves: [{"t", "asked", "yes"}, …], counts only.

    sure: the probability of filling all places that over-booking aims at.
    """

    __tablename__ = "urgent_requests"

    posting_id: Mapped[str] = column(
        P.OPERATIONAL, String(ID_CHARS), ForeignKey("postings.posting_id"), index=True
    )
    need_by: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    needed: Mapped[int] = column(P.OPERATIONAL, Integer)
    over_book_factor: Mapped[float] = column(P.OPERATIONAL, Float)
    waves: Mapped[list[Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    occupation_code: Mapped[str | None] = column(P.OPERATIONAL, String(20))
    sure: Mapped[float] = column(P.OPERATIONAL, Float, default=0.9)
    state: Mapped[UrgentState] = column(P.OPERATIONAL, Code(UrgentState))
    first_candidate_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    filled_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class UrgentOfferRow(Numbered, Versioned, Base):
    """An offer of an urgent place to one person (快招邀约)."""

    __tablename__ = "urgent_offers"

    urgent_request_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("urgent_requests.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    wave: Mapped[int] = column(P.OPERATIONAL, Integer)
    channel: Mapped[Channel] = column(P.OPERATIONAL, Code(Channel))
    offered_at: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    answer_by: Mapped[datetime] = column(P.OPERATIONAL, UtcDateTime)
    answer: Mapped[OfferAnswer] = column(P.PERSONAL, Code(OfferAnswer))
    answered_at: Mapped[datetime | None] = column(P.PERSONAL, UtcDateTime)

    __table_args__ = (UniqueConstraint("urgent_request_id", "worker_id"),)


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


class StationRow(Numbered, Sourced, Versioned, Base):
    """A gig station (零工驿站). posting_source: the `source` under which its postings come in."""

    __tablename__ = "stations"

    name: Mapped[str] = column(P.PUBLIC, Text)
    address: Mapped[str | None] = column(P.PUBLIC, Text)
    lat: Mapped[float | None] = column(P.PUBLIC, Float)
    lng: Mapped[float | None] = column(P.PUBLIC, Float)
    posting_source: Mapped[str] = column(P.OPERATIONAL, String(ID_CHARS), unique=True)
    closed_at: Mapped[datetime | None] = column(P.PUBLIC, UtcDateTime)
