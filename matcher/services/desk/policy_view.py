"""What policies one person may fit, for their caseworker alone (政策提示).

Hints that rest on an assistance category say something of the person, so they are given, like the categories
themselves, for a reason that is logged; the others are open on the page. No other page imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from matcher.clock import local_date
from matcher.domain.worker_terms import CategoryState, WorkerCategory
from matcher.errors import InvalidInput
from matcher.policy.hints import PolicyFacts, PolicyHint, policy_hints
from matcher.policy.rules import PolicyPlan, plan_of
from matcher.regions.loading import load_pack, shipped_codes
from matcher.regions.pack import RegionPack
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.desk.county_plan import county_plan, region_terms
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.workers import WorkerCategoryRow, WorkerRow


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category of a person and how far its approval has come."""

    category: WorkerCategory
    state: CategoryState


@dataclass(frozen=True, slots=True)
class SensitiveView:
    """Categories and the hints that rest on them. likely: what else they may hold, to be found out."""

    categories: tuple[CategoryLine, ...]
    likely: tuple[str, ...]
    hints: tuple[PolicyHint, ...]
    version: str


def open_hints(session: StoreSession, pack: RegionPack, worker_id: str) -> list[PolicyHint]:
    """Hints that rest on no category: status, age, wishes. The caller has checked the sight."""
    plan = plan_for(pack, _region(session, worker_id))
    facts = _facts(session, pack, worker_id)
    return [hint for hint in policy_hints(plan, facts, local_date(session.now())) if not hint.by_category]


def sensitive_view(
    database: Database, pack: RegionPack, sight: Sight, worker_id: str, *, reason: str, actor: str
) -> SensitiveView:
    """Categories and their hints, for a stated reason that goes into the audit log in the same transaction.

    Raises NotFound for a person out of sight, InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput("查看人员类别必须写明理由")
    with database.writing(actor) as session:
        require_worker(session, sight, worker_id)
        AuditRepository(session).append(
            action="reveal_categories", entity="worker", entity_id=worker_id, reason=reason.strip()
        )
        held = WorkerRepository(session).categories(worker_id, restricted=True)
        plan = plan_for(pack, _region(session, worker_id))
        facts, day = _facts(session, pack, worker_id), local_date(session.now())
        return SensitiveView(
            categories=tuple(CategoryLine(*one) for one in held.items()),
            likely=tuple(facts.likely(day).values()),
            hints=tuple(hint for hint in policy_hints(plan, facts, day) if hint.by_category),
            version=plan.version,
        )


def plan_for(pack: RegionPack, region: str | None) -> PolicyPlan:
    """The plan of the county's own pack; else of the shipped pack that covers the place; else the pack's figures."""
    own = plan_of(pack.code)
    if own is None and region:
        covering = (load_pack(code) for code in shipped_codes())
        codes = (one.code for one in covering if one.region_prefixes and region.startswith(one.region_prefixes))
        own = next(filter(None, map(plan_of, codes)), None)
    return own or county_plan(pack)


def _region(session: StoreSession, worker_id: str) -> str | None:
    return session.scalar(select(WorkerRow.region_code).where(WorkerRow.worker_id == worker_id))


def _facts(session: StoreSession, pack: RegionPack, worker_id: str) -> PolicyFacts:
    row = session.get_one(WorkerRow, worker_id)
    worker = WorkerRepository(session).get_many([worker_id])[worker_id]
    held, cancelled = _categories(session, worker_id)
    return PolicyFacts(
        categories=held,
        cancelled=cancelled,
        hardship=pack.welfare_categories,
        status=row.job_status,
        age=worker.age_on(local_date(session.now())),
        unemployed_since=row.unemployed_since,
        training_wish=row.training_wish or "",
        venture_wish=row.venture_wish or "",
        terms=region_terms(pack),
    )


def _categories(session: StoreSession, worker_id: str) -> tuple[list[WorkerCategory], list[WorkerCategory]]:
    """Those that are held or on their way, and those that were cancelled."""
    row = WorkerCategoryRow
    found = session.execute(select(row.category, row.state).where(row.worker_id == worker_id)).all()
    cancelled = [category for category, state in found if state is CategoryState.CANCELLED]
    return [category for category, state in found if state is not CategoryState.CANCELLED], cancelled
