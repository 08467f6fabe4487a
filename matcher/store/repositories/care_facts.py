"""What the caseworkers' queue must know of many people at once, in a few queries (待办依据)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import aliased

from matcher.domain.record_terms import BatchState, PersonProgress
from matcher.domain.service_terms import ConsentPurpose, PushState
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.store.column_types import inside_region
from matcher.store.repositories.consents import consented
from matcher.store.repositories.service_records import Scope
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.people import HouseholdMemberRow, HouseholdRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow, PushShortfallRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerRow

_NOT_RUN = (BatchState.DRAFT, BatchState.APPROVED, BatchState.CANCELLED)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """The queue's facts of a person's own record. may_call: agreed to calls and messages."""

    worker_id: str
    registered_at: datetime
    status: JobStatus | None
    last_contact: datetime | None
    region_code: str | None
    caseworker: str | None
    may_call: bool


class CareFactsRepository:
    """Reads facts of everybody in a scope."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def scope(self, *, caseworker: str | None, region: str | None, worker_id: str | None = None) -> Scope:
        """Selects the ids of people who have not withdrawn. caseworker: login; region: leading digits."""
        query = select(WorkerRow.worker_id).where(WorkerRow.withdrawn_at.is_(None))
        if caseworker is not None:
            mine = select(AccountRow.id).where(AccountRow.login == caseworker)
            query = query.where(WorkerRow.caseworker_id.in_(mine))
        if region:
            query = query.where(inside_region(WorkerRow.region_code, region))
        if worker_id is not None:
            query = query.where(WorkerRow.worker_id == worker_id)
        return query

    def people(self, scope: Scope) -> list[PersonRow]:
        """Everybody in the scope, by id."""
        row = WorkerRow
        query = (
            select(
                row.worker_id,
                row.created_at,
                row.job_status,
                row.last_contact_at,
                row.region_code,
                AccountRow.login,
                consented(ConsentPurpose.CONTACT),
            )
            .outerjoin(AccountRow, AccountRow.id == row.caseworker_id)
            .where(row.worker_id.in_(scope))
            .order_by(row.worker_id)
        )
        return [PersonRow(*found) for found in self._session.execute(query)]

    def categories(self, scope: Scope) -> dict[str, list[WorkerCategory]]:
        """Worker → assistance categories with a final approval."""
        row = WorkerCategoryRow
        query = select(row.worker_id, row.category).where(
            row.worker_id.in_(scope), row.state == CategoryState.FINAL_REVIEW
        )
        found: dict[str, list[WorkerCategory]] = {}
        for worker_id, category in self._session.execute(query.order_by(row.id)):
            found.setdefault(worker_id, []).append(category)
        return found

    def last_pushes(self, scope: Scope) -> dict[str, datetime]:
        """Worker → when a push last went out to them that did not fail."""
        row = PushRow
        query = select(row.worker_id, func.max(row.sent_at)).where(
            row.worker_id.in_(scope), row.sent_at.is_not(None), row.state != PushState.FAILED
        )
        return self._pairs(query.group_by(row.worker_id))

    def failed(self, scope: Scope) -> dict[str, list[datetime]]:
        """Worker → when pushes failed, unless a later one arrived."""
        row, later = PushRow, aliased(PushRow)
        arrived = exists().where(later.worker_id == row.worker_id, later.delivered_at > row.updated_at)
        query = select(row.worker_id, row.updated_at).where(
            row.worker_id.in_(scope), row.state == PushState.FAILED, ~arrived
        )
        return self._lists(query.order_by(row.id))

    def interested(self, scope: Scope) -> dict[str, list[datetime]]:
        """Worker → when they said that they want to go, for pushes without outcome or employer's answer."""
        row = PushRow
        known = exists().where(OutcomeRow.push_id == row.id)
        at = func.coalesce(row.responded_at, row.updated_at)
        query = select(row.worker_id, at).where(
            row.worker_id.in_(scope),
            row.state == PushState.INTERESTED,
            row.employer_answered_at.is_(None),
            ~known,
        )
        return self._lists(query.order_by(row.id))

    def shortfalls(self, scope: Scope) -> dict[str, tuple[int, datetime]]:
        """Worker → postings missing to the floor in their latest batch that ran, and since when.

        A push that failed is not missing: the person is in the queue as not reached already.
        """
        person, batch, push = PushBatchPersonRow, PushBatchRow, PushRow
        latest = (
            select(person.worker_id, func.max(person.batch_id).label("batch_id"))
            .join(batch, batch.id == person.batch_id)
            .where(
                person.worker_id.in_(scope),
                batch.state.not_in(_NOT_RUN),
                or_(
                    person.progress != PersonProgress.WAITING,
                    exists().where(
                        PushShortfallRow.batch_id == batch.id, PushShortfallRow.worker_id == person.worker_id
                    ),
                ),
            )
            .group_by(person.worker_id)
            .subquery()
        )
        alive = func.coalesce(func.sum(case((push.state != PushState.VOID, 1), else_=0)), 0)
        query = (
            select(latest.c.worker_id, batch.min_per_person - alive, batch.run_at, batch.created_at)
            .join(batch, batch.id == latest.c.batch_id)
            .outerjoin(push, (push.batch_id == batch.id) & (push.worker_id == latest.c.worker_id))
            .group_by(latest.c.worker_id, batch.id, batch.min_per_person, batch.run_at, batch.created_at)
        )
        return {
            worker_id: (missing, run_at or created_at)
            for worker_id, missing, run_at, created_at in self._session.execute(query)
            if missing > 0
        }

    def families(self, scope: Scope) -> dict[str, datetime]:
        """Worker → since when their household is a zero-employment one, for whoever is to be helped first.

        A household without anybody chosen counts for each of its members who want work.
        """
        house, member, worker = HouseholdRow, HouseholdMemberRow, WorkerRow
        query = (
            select(member.worker_id, func.coalesce(house.reopened_at, house.identified_at))
            .join(house, house.household_id == member.household_id)
            .join(worker, worker.worker_id == member.worker_id)
            .where(
                member.worker_id.in_(scope),
                house.zero_employment.is_(True),
                or_(
                    house.target_worker_id == member.worker_id,
                    house.target_worker_id.is_(None) & (worker.job_status == JobStatus.SEEKING),
                ),
            )
        )
        return self._pairs(query)

    def _pairs(self, query: Any) -> dict[str, Any]:
        return {found[0]: found[1] for found in self._session.execute(query)}

    def _lists(self, query: Any) -> dict[str, list[datetime]]:
        found: dict[str, list[datetime]] = {}
        for worker_id, at in self._session.execute(query):
            found.setdefault(worker_id, []).append(at)
        return found
