"""Hands lent between employers, and people who travel together (用工余缺调剂, 点对点接送)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Float, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.event_terms import SwapState
from matcher.store.column_types import Code, RegionCode, UtcDateTime
from matcher.store.tables.base import Base, Numbered, Privacy, Versioned, column

P = Privacy


class LabourSwapRow(Numbered, Versioned, Base):
    """People lent from a surplus to a shortage (共享用工): they stay employed by the lender."""

    __tablename__ = "labour_swaps"

    surplus_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("labour_balances.id"), index=True)
    shortage_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("labour_balances.id"), index=True)
    headcount: Mapped[int] = column(P.OPERATIONAL, Integer)
    starts_on: Mapped[date | None] = column(P.OPERATIONAL, Date)
    ends_on: Mapped[date | None] = column(P.OPERATIONAL, Date)
    km: Mapped[float | None] = column(P.OPERATIONAL, Float)
    tripartite_signed: Mapped[bool] = column(P.OPERATIONAL, Boolean, default=False)
    state: Mapped[SwapState] = column(P.OPERATIONAL, Code(SwapState))
    note: Mapped[str | None] = column(P.OPERATIONAL, Text)

    __table_args__ = (UniqueConstraint("surplus_id", "shortage_id"),)


class TransportGroupRow(Numbered, Versioned, Base):
    """People who go to work on the same day between the same places (包车)."""

    __tablename__ = "transport_groups"

    origin_region: Mapped[str] = column(P.OPERATIONAL, RegionCode)
    destination_region: Mapped[str] = column(P.OPERATIONAL, RegionCode)
    travels_on: Mapped[date] = column(P.OPERATIONAL, Date, index=True)
    seats: Mapped[int] = column(P.OPERATIONAL, Integer)
    departs_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class TransportMemberRow(Base):
    """A placement that travels with a group."""

    __tablename__ = "transport_members"

    group_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("transport_groups.id"), primary_key=True)
    outcome_id: Mapped[int] = column(
        P.PERSONAL, ForeignKey("outcomes.id"), primary_key=True, unique=True
    )
