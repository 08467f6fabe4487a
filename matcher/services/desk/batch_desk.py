"""Batches as they are planned and watched at the desk (批次工作台).

A caseworker plans for the people in their own sight and sees the batches they planned; who may see an area sees
every batch with people of it. Pushes by hand are batches too, and are not listed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true

from matcher.allocation.shortfall import Cause
from matcher.domain.population import PopulationQuery
from matcher.domain.record_terms import BatchState
from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.errors import InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.accounts.objects import GONE
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.desk.background import Tell
from matcher.services.desk.hand_batch import BY_HAND
from matcher.services.desk.hand_closing import end_hand_batches
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.runtime import Runtime
from matcher.services.sending.batch_status import BatchStatus, status_of
from matcher.store.database import Database
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow, PushShortfallRow
from matcher.store.tables.workers import WorkerRow

BATCHES_A_PAGE = 20
SHORT_A_PAGE = 50
CAUSES = {cause.value: cause.label for cause in Cause}


@dataclass(frozen=True, slots=True)
class ShortPerson:
    """Somebody who gets too little, masked; worker_id None where they are out of sight."""

    worker_id: str | None
    name: str
    found: int
    missing: int
    text: str
    action: str
    unlocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch. figures: what planning measured, with `certificate`; more_short: short people not in `short`."""

    status: BatchStatus
    figures: dict[str, Any]
    short: tuple[ShortPerson, ...]
    more_short: int


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """What a caseworker asks for. categories: any of these, () = whoever; everybody in sight otherwise."""

    name: str
    categories: tuple[WorkerCategory, ...] = ()
    floor: int = 2
    wave_size: int = 200
    not_pushed_days: int = 0


def plan_at_desk(runtime: Runtime, sight: Sight, asked: PlanAsked, tell: Tell, *, actor: str) -> str:
    """Plan a draft for the people in sight; returns its number. Raises what `plan_batch` raises."""
    pack = load_pack(runtime.config.region, runtime.config.home)
    end_hand_batches(runtime.database, answer_days=pack.answer_days)
    with runtime.database.reading() as session:
        seen = select(WorkerRow.worker_id).where(WorkerRow.withdrawn_at.is_(None), visible_workers(sight))
        ids = tuple(session.scalars(seen.order_by(WorkerRow.worker_id)))
    if not ids:
        raise InvalidInput("您的名册里还没有人；请联系管理员分配服务对象")
    query = PopulationQuery(
        categories=asked.categories,
        statuses=(JobStatus.SEEKING,),
        not_pushed_days=asked.not_pushed_days,
        worker_ids=ids,
    )
    settings = PlanSettings.of(pack, floor=asked.floor, wave_size=asked.wave_size)
    made = plan_batch(runtime, query, name=asked.name, settings=settings, actor=actor, progress=tell)
    return str(made.batch_id)


def batches_of(session: StoreSession, sight: Sight, *, planner: str | None) -> Sequence[BatchStatus]:
    """The latest batches, newest first. planner: only theirs, None = those of the area in sight."""
    row = PushBatchRow
    query = select(row).where(row.source != BY_HAND, _theirs(sight, planner))
    rows = session.scalars(query.order_by(row.id.desc()).limit(BATCHES_A_PAGE))
    return [status_of(session, one) for one in rows]


def batch_view(database: Database, sight: Sight, batch_id: int, *, planner: str | None) -> BatchView:
    """One batch with its figures and the first people who are short. Raises NotFound for somebody else's."""
    with database.reading() as session:
        batch = require_batch(session, sight, batch_id, planner=planner)
        short = _short(session, sight, batch_id)
        figures = {**(batch.figures or {}), "certificate": batch.certificate or {}}
        status = status_of(session, batch)
        return BatchView(status, figures, tuple(short), max(status.short_plan - len(short), 0))


def require_batch(
    session: StoreSession, sight: Sight, batch_id: int, *, planner: str | None
) -> PushBatchRow:
    """The batch. Raises NotFound for one of somebody else; planner None = any of the area in sight."""
    row = PushBatchRow
    found = session.scalars(select(row).where(row.id == batch_id, _theirs(sight, planner))).first()
    if found is None:
        raise NotFound(GONE)
    return found


def sendable(status: BatchStatus) -> bool:
    """Whether a wave can be sent now."""
    return status.state in (BatchState.APPROVED, BatchState.RUNNING) and status.next_wave is not None


def _theirs(sight: Sight, planner: str | None) -> ColumnElement[bool]:
    """Condition on batches: planned by them, or with somebody of the area in sight."""
    if planner is not None:
        return PushBatchRow.created_by == planner
    person = PushBatchPersonRow
    of_area = exists().where(
        person.batch_id == PushBatchRow.id, person.worker_id == WorkerRow.worker_id, visible_workers(sight)
    )
    return true() if sight.everyone else of_area


def _short(session: StoreSession, sight: Sight, batch_id: int) -> list[ShortPerson]:
    row, people = PushShortfallRow, WorkerRepository(session)
    query = (
        select(row)
        .join(WorkerRow, WorkerRow.worker_id == row.worker_id)
        .where(row.batch_id == batch_id, visible_workers(sight))
        .order_by(row.missing.desc(), row.id)
        .limit(SHORT_A_PAGE)
    )
    return [
        ShortPerson(
            worker_id=one.worker_id,
            name=people.masked_identity(one.worker_id).name,
            found=one.found,
            missing=one.missing,
            text=one.text or CAUSES.get(one.cause or "", ""),
            action=one.action.label if one.action else "",
            unlocks=tuple(str(line.get("text", "")) for line in (one.blocking or [])[:2]),
        )
        for one in session.scalars(query)
    ]
