"""零就业家庭 as a caseworker sees them: the board of those in sight, one household with its members (家庭视图)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select

from matcher.domain.outcome_terms import HouseholdState
from matcher.domain.worker_terms import JobStatus
from matcher.errors import NotFound
from matcher.outcome.households import Judgement
from matcher.regions.pack import RegionPack
from matcher.services.accounts.objects import GONE
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.care import household_care
from matcher.services.care.household_care import HouseholdFinding, HouseholdLine, board
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.households import HouseholdRepository, HouseholdView
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.people import HouseholdMemberRow
from matcher.store.tables.workers import WorkerRow

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member. name: masked; worker_id None: somebody without a file or out of sight."""

    worker_id: str | None
    name: str
    relation: str
    status: JobStatus | None
    is_target: bool


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """A household, masked. line: its term while it is open, None otherwise."""

    view: HouseholdView
    line: HouseholdLine | None
    members: tuple[MemberLine, ...]
    verified: bool


def households_in_sight(session: StoreSession, pack: RegionPack, sight: Sight) -> list[HouseholdLine]:
    """Open households with a member in sight, the most pressing first."""
    seen = set(session.scalars(_ids(sight)))
    lines = [line for line in board(session, pack, session.now()).lines if line.household_id in seen]
    return lines[:MOST_LINES]


def household_file(
    session: StoreSession, pack: RegionPack, sight: Sight, household_id: str
) -> HouseholdFile:
    """One household with a member in sight. Raises NotFound for any other."""
    require_household(session, sight, household_id)
    repository = HouseholdRepository(session)
    view = repository.get_masked(household_id)
    (term,) = repository.terms([household_id])
    lines = {line.household_id: line for line in board(session, pack, session.now()).lines}
    return HouseholdFile(
        view=view,
        line=lines.get(household_id),
        members=tuple(_members(session, sight, view)),
        verified=term.verified_at is not None,
    )


def verify_household(
    database: Database, sight: Sight, household_id: str, *, actor: str
) -> HouseholdFinding:
    """The caseworker has checked the members' statuses. Raises NotFound, Conflict when one is not known."""
    with database.writing(actor) as session:
        require_household(session, sight, household_id)
        finding = household_care.verify(session, household_id)
        AuditRepository(session).append(
            action="verify_household", entity="household", entity_id=household_id, reason="核实家庭就业状况"
        )
        return finding


def retarget_household(
    database: Database, sight: Sight, household_id: str, worker_id: str, *, reason: str, actor: str
) -> None:
    """Help another member first. Raises NotFound, InvalidInput without a reason, Conflict when it is not open."""
    with database.writing(actor) as session:
        require_household(session, sight, household_id)
        household_care.retarget(session, household_id, worker_id, reason=reason)


def require_household(session: StoreSession, sight: Sight, household_id: str) -> None:
    """Raises NotFound unless a member of the household is in sight; the same answer as for none at all."""
    if household_id not in set(session.scalars(_ids(sight).where(HouseholdMemberRow.household_id == household_id))):
        raise NotFound(GONE)


def told(judgement: Judgement) -> str:
    """What looking at a household found, as a sentence."""
    if judgement.state is HouseholdState.ZERO_EMPLOYMENT:
        return "核实为零就业家庭，已定帮扶对象"
    return f"核实完成：{judgement.state.label}"


def _ids(sight: Sight) -> Select[str]:
    """Selects the ids of households with a member in sight."""
    member = HouseholdMemberRow
    return (
        select(member.household_id)
        .join(WorkerRow, WorkerRow.worker_id == member.worker_id)
        .where(visible_workers(sight))
    )


def _members(session: StoreSession, sight: Sight, view: HouseholdView) -> list[MemberLine]:
    row, member = WorkerRow, HouseholdMemberRow
    seen = set(
        session.scalars(
            select(row.worker_id).where(row.worker_id.in_(view.worker_ids), visible_workers(sight))
        )
    )
    query = (
        select(member.worker_id, member.relation, row.job_status)
        .join(row, row.worker_id == member.worker_id)
        .where(member.household_id == view.household_id)
        .order_by(member.id)
    )
    people = WorkerRepository(session)
    lines = [
        MemberLine(
            worker_id if worker_id in seen else None,
            people.masked_identity(worker_id or "").name,
            relation or "",
            status,
            worker_id == view.target_worker_id,
        )
        for worker_id, relation, status in session.execute(query)
    ]
    return [*lines, *(MemberLine(None, name, "", None, False) for name in view.others)]
