"""Bar an employer and let it back in (列入和移出黑名单).

None of a barred employer's postings is live: they leave every output from the moment of the transaction.
"""

from __future__ import annotations

from sqlalchemy import select

from matcher.domain.service_terms import BlacklistReason
from matcher.errors import Conflict, NotFound
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.employers import EmployerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow


def bar_employer(database: Database, named: str, reason: BlacklistReason, basis: str, *, actor: str) -> str:
    """Put an employer on the list; returns its number. named: number or whole name; basis: document or case number.

    Raises NotFound, Conflict when several bear the name, InvalidInput without a basis.
    """
    with database.writing(actor) as session:
        employer_id = _number_of(session, named)
        EmployerRepository(session).blacklist(employer_id, reason, basis)
        _note(session, "bar_employer", employer_id, f"{reason.label}：{basis}")
        return employer_id


def let_employer_back(database: Database, named: str, why: str, *, actor: str) -> str:
    """Take an employer off the list; returns its number. Raises NotFound, Conflict, InvalidInput without a reason."""
    with database.writing(actor) as session:
        employer_id = _number_of(session, named)
        EmployerRepository(session).lift_blacklist(employer_id)
        _note(session, "let_employer_back", employer_id, why)
        return employer_id


def _note(session: StoreSession, action: str, employer_id: str, reason: str) -> None:
    AuditRepository(session).append(action=action, entity="employer", entity_id=employer_id, reason=reason)


def _number_of(session: StoreSession, named: str) -> str:
    row, said = EmployerRow, named.strip()
    if session.get(row, said) is not None:
        return said
    found = session.scalars(select(row.employer_id).where(row.name == said).order_by(row.employer_id)).all()
    if not found:
        raise NotFound(f"没有这个用人单位：{said[:40]}；请写单位编号，或与登记完全一样的名称")
    if len(found) > 1:
        raise Conflict(f"有 {len(found)} 家单位叫“{said[:40]}”，请写单位编号：{'、'.join(found[:5])}")
    return found[0]
