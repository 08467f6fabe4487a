"""零就业家庭 as a unit: found, verified, one member helped first, cleared by evidence, reopened (零就业家庭帮扶)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from matcher.clock import local_date
from matcher.domain.outcome_terms import HouseholdState
from matcher.domain.service_terms import PushState
from matcher.errors import Conflict, InvalidInput
from matcher.outcome.households import WORKING, Judgement, Member, due_day, judge
from matcher.regions.pack import RegionPack
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.households import HouseholdRepository, HouseholdTerm, MemberFacts
from matcher.store.repositories.outcomes import OutcomeRepository, was_hired
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

LOWEST_WORKING_AGE, ABOVE_WORKING_AGE = 16, 60  # outside of it only a stated answer counts
_GONE = (PushState.VOID, PushState.FAILED)
NO_EVIDENCE = "登记为有人就业，但还没有佐证，先不销号"


@dataclass(frozen=True, slots=True)
class HouseholdFinding:
    """What looking at one household found. note: what keeps the record from following the judgement."""

    household_id: str
    household_no: str
    judgement: Judgement
    note: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """One open household on the board. due: last day of the term; days_left below 0 = overdue."""

    household_id: str
    household_no: str
    region_code: str | None
    target_worker_id: str | None
    since: date
    due: date
    days_left: int
    verified: bool
    reopened: bool


@dataclass(frozen=True, slots=True)
class HouseholdBoard:
    """Counts of households, and every open one, the most pressing first. unknown: 待核实."""

    total: int
    open: int
    unverified: int
    overdue: int
    unknown: int
    cleared: int
    reopened: int
    lines: tuple[HouseholdLine, ...]


def detect(session: StoreSession, *, region: str | None = None) -> list[HouseholdFinding]:
    """Look at every household and write down what its members' statuses say. Safe to repeat."""
    return _look_at(session, HouseholdRepository(session).terms(region=region))


def after_outcome(session: StoreSession, worker_id: str, *, ended: bool) -> None:
    """Bring a person's households up to date after an outcome of theirs changed.

    ended: their work is over. A household that was cleared is then open again unless somebody else works.
    """
    repository = HouseholdRepository(session)
    ids = repository.of_worker(worker_id)
    members = repository.members(ids)
    for term in repository.terms(ids):
        works = any(one.status in WORKING for one in members[term.household_id])
        if ended and term.cleared_at is not None and not term.zero_employment and not works:
            repository.set_zero_employment(term.household_id, True, target=worker_id)
        elif not ended:
            _look_at(session, [term])


def retarget(session: StoreSession, household_id: str, worker_id: str, *, reason: str) -> None:
    """A caseworker helps another member first; the reason goes into the audit log.

    Raises InvalidInput without a reason, or for somebody who does not belong to the household, Conflict when
    it is not open.
    """
    if not reason.strip():
        raise InvalidInput("换帮扶对象必须写明理由")
    repository = HouseholdRepository(session)
    view = repository.get_masked(household_id)
    if worker_id not in view.worker_ids:
        raise InvalidInput("这个人不是该家庭的成员，或没有劳动者档案；请先补上成员")
    if not view.zero_employment:
        raise Conflict("该家庭现在不是零就业家庭，不用定帮扶对象")
    repository.set_zero_employment(household_id, True, target=worker_id)
    AuditRepository(session).append(
        action="retarget_household", entity="household", entity_id=household_id, reason=reason
    )


def verify(session: StoreSession, household_id: str) -> HouseholdFinding:
    """The session's actor has checked the members' statuses; looks at the household again with them."""
    repository = HouseholdRepository(session)
    repository.get_masked(household_id)
    (finding,) = _look_at(session, repository.terms([household_id]))
    if finding.judgement.state is HouseholdState.TO_VERIFY:
        raise Conflict(f"还不能核实：{finding.judgement.reason}；请先补上成员的就业状况")
    repository.verify(household_id)
    return finding


def board(
    session: StoreSession, pack: RegionPack, now: datetime, *, region: str | None = None
) -> HouseholdBoard:
    """The dashboard of households."""
    terms = HouseholdRepository(session).terms(region=region)
    today = local_date(now)
    lines = sorted((_line(term, pack, today) for term in terms if term.open_since), key=_pressing)
    return HouseholdBoard(
        total=len(terms),
        open=len(lines),
        unverified=sum(not line.verified for line in lines),
        overdue=sum(line.days_left < 0 for line in lines),
        unknown=sum(term.zero_employment is None for term in terms),
        cleared=sum(term.cleared_at is not None and not term.zero_employment for term in terms),
        reopened=sum(line.reopened for line in lines),
        lines=tuple(lines),
    )


def _line(term: HouseholdTerm, pack: RegionPack, today: date) -> HouseholdLine:
    since = term.open_since or term.identified_at
    assert since is not None
    due = due_day(since, pack.zero_family_sla_days)
    return HouseholdLine(
        household_id=term.household_id,
        household_no=term.household_no,
        region_code=term.region_code,
        target_worker_id=term.target_worker_id,
        since=local_date(since),
        due=due,
        days_left=(due - today).days,
        verified=term.verified_at is not None,
        reopened=term.reopened_at is not None,
    )


def _pressing(line: HouseholdLine) -> tuple[int, str]:
    return line.days_left, line.household_id


def _look_at(session: StoreSession, terms: Sequence[HouseholdTerm]) -> list[HouseholdFinding]:
    repository = HouseholdRepository(session)
    ids = [term.household_id for term in terms]
    members = repository.members(ids)
    people = [one.worker_id for found in members.values() for one in found if one.worker_id]
    jobs = _jobs_found(session, people)
    today = local_date(session.now())
    findings = []
    for term in terms:
        of_house = [_member(one, jobs, today) for one in members[term.household_id]]
        finding = HouseholdFinding(term.household_id, term.household_no, judge(of_house))
        findings.append(_written(session, term, of_house, finding))
    return findings


def _written(
    session: StoreSession, term: HouseholdTerm, members: Sequence[Member], finding: HouseholdFinding
) -> HouseholdFinding:
    """Bring the record in line with the judgement; an open household is closed by evidence alone."""
    repository, state = HouseholdRepository(session), finding.judgement.state
    if state is HouseholdState.ZERO_EMPLOYMENT:
        if not term.zero_employment or term.target_worker_id is None:
            repository.set_zero_employment(term.household_id, True, target=finding.judgement.target)
    elif state is HouseholdState.TO_VERIFY:
        if not term.zero_employment:
            repository.set_unknown(term.household_id)
    elif term.zero_employment and state is HouseholdState.WORKING and not _has_evidence(session, members):
        return replace(finding, note=NO_EVIDENCE)
    elif term.zero_employment is not False:
        repository.set_zero_employment(term.household_id, False)
    return finding


def _has_evidence(session: StoreSession, members: Sequence[Member]) -> bool:
    """Whether some member is known, by evidence, to have taken up work that has not ended."""
    ids = [one.worker_id for one in members if one.worker_id]
    scope = select(WorkerRow.worker_id).where(WorkerRow.worker_id.in_(ids))
    return any(was_hired(row) and row.ended_on is None for row in OutcomeRepository(session).of_people(scope))


def _member(facts: MemberFacts, jobs: Counter[str], today: date) -> Member:
    return Member(
        worker_id=facts.worker_id,
        working_age=facts.working_age if facts.working_age is not None else _by_age(facts.birth_date, today),
        status=facts.status,
        has_phone=facts.has_phone,
        last_contact_at=facts.last_contact_at,
        matching_jobs=jobs[facts.worker_id or ""],
    )


def _by_age(born: date | None, today: date) -> bool | None:
    """Whether somebody is of working age; None when it is not known or depends on more than the age."""
    if born is None:
        return None
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < LOWEST_WORKING_AGE:
        return False
    return True if age < ABOVE_WORKING_AGE else None


def _jobs_found(session: StoreSession, worker_ids: Sequence[str]) -> Counter[str]:
    """Worker → postings pushed to them that were not taken back."""
    found: Counter[str] = Counter()
    for start in range(0, len(worker_ids), 1_000):
        query = (
            select(PushRow.worker_id, func.count(PushRow.posting_id.distinct()))
            .where(PushRow.worker_id.in_(worker_ids[start : start + 1_000]), PushRow.state.not_in(_GONE))
            .group_by(PushRow.worker_id)
        )
        found.update({row[0]: row[1] for row in session.execute(query)})
    return found
