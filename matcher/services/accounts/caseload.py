"""Whose people are whose: the caseload of a caseworker (分配服务对象)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from matcher.domain.service_terms import Role
from matcher.errors import InvalidInput
from matcher.services.accounts.sight import region_digits
from matcher.store.column_types import checked_region_code, inside_region
from matcher.store.database import Database
from matcher.store.history import keep_previous
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.repositories.audit import AuditRepository
from matcher.store.session import StoreSession
from matcher.store.tables.workers import WorkerRow

_IDS_AT_ONCE = 500
_WORKERS: Any = WorkerRow.__table__


def give_caseload(database: Database, login: str, worker_ids: Sequence[str], *, actor: str) -> int:
    """Make people the caseload of a caseworker; returns how many there were.

    Raises NotFound for an unknown login, InvalidInput for an account that is no caseworker's.
    """
    with database.writing(actor) as session:
        return _give(session, login, worker_ids)


def give_region(database: Database, login: str, region_code: str, *, actor: str) -> int:
    """Make everybody of a region who has no caseworker yet the caseload of one; returns how many there were."""
    digits = region_digits(checked_region_code(region_code))
    with database.writing(actor) as session:
        free = select(WorkerRow.worker_id).where(
            WorkerRow.caseworker_id.is_(None),
            WorkerRow.withdrawn_at.is_(None),
            inside_region(WorkerRow.region_code, digits),
        )
        return _give(session, login, session.scalars(free).all())


def hand_over(database: Database, login: str, other: str, *, actor: str) -> int:
    """Give the whole caseload of one caseworker to another; returns how many people it was."""
    with database.writing(actor) as session:
        account = AccountRepository(session).named(login)
        theirs = select(WorkerRow.worker_id).where(WorkerRow.caseworker_id == account.id)
        return _give(session, other, session.scalars(theirs).all())


def caseload_sizes(database: Database) -> dict[int, int]:
    """Account number → people in its caseload; accounts without any are absent."""
    with database.reading() as session:
        row = WorkerRow
        query = select(row.caseworker_id, func.count()).where(row.caseworker_id.is_not(None))
        return {number: count for number, count in session.execute(query.group_by(row.caseworker_id)) if number}


def _give(session: StoreSession, login: str, worker_ids: Sequence[str]) -> int:
    account = AccountRepository(session).named(login)
    if account.role is not Role.CASEWORKER:
        raise InvalidInput(f"“{login}”不是帮扶干部，不能分配服务对象")
    moved = 0
    keep_previous(session, _WORKERS, list(worker_ids), by="worker_id")
    for start in range(0, len(worker_ids), _IDS_AT_ONCE):
        changed: Any = session.execute(
            update(WorkerRow)
            .where(WorkerRow.worker_id.in_(worker_ids[start : start + _IDS_AT_ONCE]))
            .values(caseworker_id=account.id, updated_at=session.now(), version=WorkerRow.version + 1)
            .execution_options(synchronize_session=False)
        )
        moved += changed.rowcount
    AuditRepository(session).append(
        action="give_caseload",
        entity="account",
        entity_id=str(account.id),
        reason="分配服务对象",
        details={"people": moved},
    )
    return moved
