"""Batches of pushes: whom they were for, how they were decided, what was missing (推送批次)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from matcher.domain.record_terms import BatchState, PersonProgress, ShortfallAction
from matcher.store.column_types import Code, RegionCode, UtcDateTime
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


class PopulationQueryRow(Numbered, Versioned, Base):
    """A saved question about who is to be served (服务对象查询). query: see `domain.population`."""

    __tablename__ = "population_queries"

    name: Mapped[str] = column(P.OPERATIONAL, String(SHORT_CHARS), unique=True)
    query: Mapped[dict[str, Any]] = column(P.OPERATIONAL, JSON)


class PushBatchRow(Numbered, Sourced, Versioned, Base):
    """One round of pushes for a frozen population (推送批次).

    What replays it: `population`, `policy`, `versions` (lexicon, rules, encoder, ranker, region pack), `seed`,
    `snapshot_mark` (last index change seen) and `input_digest` (SHA-256 of the allocation problem).
    certificate, figures: what was proven and measured at planning; see `matcher.allocation`.
    """

    __tablename__ = "push_batches"

    name: Mapped[str] = column(P.OPERATIONAL, Text)
    population: Mapped[dict[str, Any]] = column(P.OPERATIONAL, JSON)
    policy: Mapped[dict[str, Any]] = column(P.OPERATIONAL, JSON)
    versions: Mapped[dict[str, Any]] = column(P.OPERATIONAL, JSON)
    min_per_person: Mapped[int] = column(P.OPERATIONAL, Integer, default=2)
    max_per_person: Mapped[int] = column(P.OPERATIONAL, Integer, default=2)
    seed: Mapped[int] = column(P.OPERATIONAL, Integer)
    snapshot_mark: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    input_digest: Mapped[str | None] = column(P.OPERATIONAL, String(64))
    certificate: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    figures: Mapped[dict[str, Any] | None] = column(P.OPERATIONAL, JSON(none_as_null=True))
    run_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    people: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    satisfied: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    short: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    state: Mapped[BatchState] = column(P.OPERATIONAL, Code(BatchState))
    wave_size: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    approver: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    approved_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    stopped_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)
    stopped_by: Mapped[str | None] = column(P.OPERATIONAL, String(ACTOR_CHARS))
    stop_reason: Mapped[str | None] = column(P.OPERATIONAL, Text)
    closed_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class PushBatchPersonRow(Base):
    """One person of a batch's frozen population and how far sending has come with them (批次人员).

    priority: weight of a missing push, from the region pack. wave: which sending wave. found: pushes planned.
    """

    __tablename__ = "push_batch_people"

    batch_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("push_batches.id"), primary_key=True)
    worker_id: Mapped[str] = column(
        P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), primary_key=True, index=True
    )
    region_code: Mapped[str | None] = column(P.PERSONAL, RegionCode, index=True)
    priority: Mapped[float] = column(P.SENSITIVE, Float, default=1.0)
    found: Mapped[int] = column(P.PERSONAL, Integer, default=0)
    wave: Mapped[int] = column(P.OPERATIONAL, Integer, default=0)
    progress: Mapped[PersonProgress] = column(P.OPERATIONAL, Code(PersonProgress))
    handled_at: Mapped[datetime | None] = column(P.OPERATIONAL, UtcDateTime)


class PushShortfallRow(Numbered, Base):
    """A person who got too few postings, and what stood in the way (推送缺口).

    cause: code of `matcher.allocation.shortfall.Cause`. rivals, places: the cut ("47 人竞争 12 个名额").
    blocking: [{"constraint", "text", "unlocks"}, …], what one change would open.
    """

    __tablename__ = "push_shortfalls"

    batch_id: Mapped[int] = column(P.OPERATIONAL, ForeignKey("push_batches.id"))
    worker_id: Mapped[str] = column(P.PERSONAL, String(ID_CHARS), ForeignKey("workers.worker_id"), index=True)
    found: Mapped[int] = column(P.PERSONAL, Integer)
    missing: Mapped[int] = column(P.PERSONAL, Integer)
    cause: Mapped[str | None] = column(P.PERSONAL, String(SHORT_CHARS))
    text: Mapped[str | None] = column(P.PERSONAL, Text)
    rivals: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    places: Mapped[int | None] = column(P.OPERATIONAL, Integer)
    blocking: Mapped[list[Any] | None] = column(P.PERSONAL, JSON(none_as_null=True))
    action: Mapped[ShortfallAction | None] = column(P.PERSONAL, Code(ShortfallAction))

    __table_args__ = (UniqueConstraint("batch_id", "worker_id"),)
