"""What was tried for a person on the market, put together for whoever decides on a 公益性岗位 (公岗兜底).

The record lists; it does not conclude. Whether the market has failed somebody is for the office to say, and the
sheet leaves that line blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from matcher.domain.service_terms import PushState, ServiceKind
from matcher.errors import InvalidInput
from matcher.services.accounts.sight import Sight, require_worker
from matcher.store.database import Database
from matcher.store.identity import MaskedIdentity
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.push_plans import MarketAttempts, PushPlanRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeRow, ServiceRecordRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchRow, PushShortfallRow
from matcher.store.tables.pushes import PushRow

_REACHED = frozenset(PushState) - {PushState.PENDING, PushState.FAILED, PushState.VOID, PushState.SENT}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One posting that reached the person, and their answer. No posting is offered here: it is history."""

    at: datetime | None
    title: str
    employer: str
    state: PushState
    reason: str


@dataclass(frozen=True, slots=True)
class Work:
    """Work the person took up. Unknown days are None."""

    title: str
    started: str
    ended: str
    reason: str


@dataclass(frozen=True, slots=True)
class WelfareRecord:
    """The sheet. gaps: (batch, what was missing and why). services: (day, kind, note)."""

    worker_id: str
    identity: MaskedIdentity
    made_at: datetime
    made_by: str
    counts: MarketAttempts
    attempts: tuple[Attempt, ...]
    works: tuple[Work, ...]
    services: tuple[tuple[datetime, ServiceKind, str], ...]
    gaps: tuple[tuple[str, str], ...]


def welfare_record(
    database: Database, sight: Sight, worker_id: str, *, reason: str, actor: str
) -> WelfareRecord:
    """The record of a person in sight; that it was put together, and why, is logged.

    Raises NotFound for anybody else, InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput("汇总市场化就业尝试记录必须写明理由")
    with database.writing(actor) as session:
        require_worker(session, sight, worker_id)
        AuditRepository(session).append(
            action="assemble_market_attempts", entity="worker", entity_id=worker_id, reason=reason.strip()
        )
        counts = PushPlanRepository(session).market_attempts([worker_id]).get(worker_id, MarketAttempts())
        return WelfareRecord(
            worker_id=worker_id,
            identity=WorkerRepository(session).masked_identity(worker_id),
            made_at=session.now(),
            made_by=actor,
            counts=counts,
            attempts=tuple(_attempts(session, worker_id)),
            works=tuple(_works(session, worker_id)),
            services=tuple(_services(session, worker_id)),
            gaps=tuple(_gaps(session, worker_id)),
        )


def _attempts(session: StoreSession, worker_id: str) -> list[Attempt]:
    row, posting = PushRow, PostingRow
    query = (
        select(row, posting.title, posting.employer_name)
        .join(posting, posting.posting_id == row.posting_id)
        .where(row.worker_id == worker_id, row.state.in_(_REACHED))
        .order_by(row.id)
    )
    return [
        Attempt(
            push.delivered_at or push.sent_at,
            title,
            employer or "",
            push.state,
            push.response_reason.label if push.response_reason else "",
        )
        for push, title, employer in session.execute(query)
    ]


def _works(session: StoreSession, worker_id: str) -> list[Work]:
    row, posting = OutcomeRow, PostingRow
    query = (
        select(row, posting.title)
        .outerjoin(posting, posting.posting_id == row.posting_id)
        .where(row.worker_id == worker_id)
        .order_by(row.id)
    )
    return [
        Work(
            title or "未登记岗位",
            one.started_on.isoformat() if one.started_on else "",
            one.ended_on.isoformat() if one.ended_on else "",
            one.end_reason.label if one.end_reason else "",
        )
        for one, title in session.execute(query)
    ]


def _services(session: StoreSession, worker_id: str) -> list[tuple[datetime, ServiceKind, str]]:
    row = ServiceRecordRow
    query = select(row).where(row.worker_id == worker_id).order_by(row.given_at)
    return [(one.given_at, one.kind, one.note or "") for one in session.scalars(query)]


def _gaps(session: StoreSession, worker_id: str) -> list[tuple[str, str]]:
    row = PushShortfallRow
    query = (
        select(PushBatchRow.name, row.text, row.missing)
        .join(PushBatchRow, PushBatchRow.id == row.batch_id)
        .where(row.worker_id == worker_id)
        .order_by(row.id)
    )
    return [(name, f"缺 {missing} 个：{text or '原因未写明'}") for name, text, missing in session.execute(query)]
