"""Households and their members (家庭)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, select

from matcher.domain.masking import mask_address, mask_name
from matcher.domain.worker_terms import JobStatus
from matcher.errors import InvalidInput, NotFound
from matcher.store.column_types import inside_region
from matcher.store.session import StoreSession
from matcher.store.tables.base import new_id
from matcher.store.tables.people import HouseholdMemberRow, HouseholdRow, WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow

_IDS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """A household as staff see it by default: no door, no full names."""

    household_id: str
    household_no: str
    region_code: str | None
    address: str
    zero_employment: bool | None
    identified_at: datetime | None
    cleared_at: datetime | None
    reopened_at: datetime | None
    target_worker_id: str | None
    worker_ids: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HouseholdCounts:
    """How many households there are, and in how many nobody works."""

    total: int
    zero_employment: int


@dataclass(frozen=True, slots=True)
class HouseholdTerm:
    """Where a household stands. open_since: since when it is a zero-employment one, None when it is none."""

    household_id: str
    household_no: str
    region_code: str | None
    zero_employment: bool | None
    identified_at: datetime | None
    verified_at: datetime | None
    cleared_at: datetime | None
    reopened_at: datetime | None
    target_worker_id: str | None

    @property
    def open_since(self) -> datetime | None:
        """Since when nobody has worked: identified, or reopened after it was cleared."""
        return (self.reopened_at or self.identified_at) if self.zero_employment else None


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What is known of one member; None = unknown, worker_id None = no file."""

    worker_id: str | None
    working_age: bool | None
    status: JobStatus | None
    birth_date: date | None
    has_phone: bool
    last_contact_at: datetime | None


class HouseholdRepository:
    """Reads and writes households."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def ensure(self, source: str, household_no: str, *, region_code: str | None = None) -> str:
        """The id of the household with this number, made when it is not there yet."""
        row = self._session.scalars(
            select(HouseholdRow).where(
                HouseholdRow.source == source, HouseholdRow.external_id == household_no
            )
        ).first()
        if row is None:
            row = HouseholdRow(
                household_id=new_id(), source=source, external_id=household_no, region_code=region_code
            )
            self._session.add(row)
            self._session.flush()
        return row.household_id

    def set_address(self, household_id: str, address: str) -> None:
        """The door-level address; stored encrypted."""
        self._get(household_id).address = address
        self._session.flush()

    def add_member(
        self,
        household_id: str,
        worker_id: str | None = None,
        *,
        name: str | None = None,
        relation: str | None = None,
        working_age: bool | None = None,
    ) -> None:
        """Add a worker, or a person without a file by name; adding a worker again changes nothing."""
        if worker_id is None and not name:
            raise InvalidInput("家庭成员需要劳动者编号或姓名")
        member = HouseholdMemberRow
        if worker_id is not None:
            known = select(member.id).where(
                member.household_id == household_id, member.worker_id == worker_id
            )
            if self._session.scalar(known) is not None:
                return
        self._session.add(
            member(
                household_id=household_id,
                worker_id=worker_id,
                name=name,
                relation=relation,
                working_age=working_age,
            )
        )
        self._session.flush()

    def set_zero_employment(self, household_id: str, found: bool, *, target: str | None = None) -> None:
        """Identify a zero-employment household, or clear it; identifying again after clearing reopens it."""
        row, now = self._get(household_id), self._session.now()
        if found and row.cleared_at is not None:
            row.reopened_at = row.reopened_at if row.zero_employment else now
        elif found:
            row.identified_at = row.identified_at or now
        elif row.zero_employment:
            row.cleared_at = now
        row.zero_employment = found
        row.target_worker_id = target if found else row.target_worker_id
        self._session.flush()

    def set_unknown(self, household_id: str) -> None:
        """Nobody knows whether anybody in it works: to be verified (待核实)."""
        row = self._get(household_id)
        row.zero_employment, row.verified_at, row.verified_by = None, None, None
        self._session.flush()

    def verify(self, household_id: str) -> None:
        """The session's actor has checked the statuses of the members."""
        row = self._get(household_id)
        row.verified_at, row.verified_by = self._session.now(), self._session.actor
        self._session.flush()

    def of_worker(self, worker_id: str) -> list[str]:
        """Ids of the households a person belongs to."""
        member = HouseholdMemberRow
        query = select(member.household_id).where(member.worker_id == worker_id)
        return sorted(set(self._session.scalars(query)))

    def terms(
        self, household_ids: Sequence[str] | None = None, *, region: str | None = None
    ) -> list[HouseholdTerm]:
        """Where households stand, by id. None = all; region: leading digits of the region code.

        A household without a region of its own lies where its members live.
        """
        row = HouseholdRow
        place = func.coalesce(row.region_code, _members_region()).label("region")
        query = select(
            row.household_id,
            row.external_id,
            place,
            row.zero_employment,
            row.identified_at,
            row.verified_at,
            row.cleared_at,
            row.reopened_at,
            row.target_worker_id,
        )
        if household_ids is not None:
            query = query.where(row.household_id.in_(household_ids))
        if region:
            query = query.where(inside_region(place, region))
        return [HouseholdTerm(*found) for found in self._session.execute(query.order_by(row.household_id))]

    def members(self, household_ids: Sequence[str]) -> dict[str, list[MemberFacts]]:
        """Members with what decides whether the household is a zero-employment one; no names."""
        member, worker = HouseholdMemberRow, WorkerRow
        has_phone = exists().where(
            WorkerPhoneRow.worker_id == member.worker_id, WorkerPhoneRow.wrong_since.is_(None)
        )
        found: dict[str, list[MemberFacts]] = {one: [] for one in household_ids}
        for start in range(0, len(household_ids), _IDS_AT_ONCE):
            query = (
                select(
                    member.household_id,
                    member.worker_id,
                    member.working_age,
                    worker.job_status,
                    worker.birth_date,
                    has_phone,
                    worker.last_contact_at,
                )
                .outerjoin(worker, worker.worker_id == member.worker_id)
                .where(member.household_id.in_(household_ids[start : start + _IDS_AT_ONCE]))
                .order_by(member.id)
            )
            for row in self._session.execute(query):
                found[row[0]].append(MemberFacts(*row[1:]))
        return found

    def counts(self) -> HouseholdCounts:
        """Number of households, and of zero-employment ones."""
        count = select(func.count()).select_from(HouseholdRow)
        found = count.where(HouseholdRow.zero_employment.is_(True))
        return HouseholdCounts(self._session.scalar(count) or 0, self._session.scalar(found) or 0)

    def get_masked(self, household_id: str) -> HouseholdView:
        """One household with names and door hidden. Raises NotFound."""
        row = self._get(household_id)
        members = list(self._members(household_id))
        return HouseholdView(
            household_id=row.household_id,
            household_no=row.external_id,
            region_code=row.region_code,
            address=mask_address(row.address),
            zero_employment=row.zero_employment,
            identified_at=row.identified_at,
            cleared_at=row.cleared_at,
            reopened_at=row.reopened_at,
            target_worker_id=row.target_worker_id,
            worker_ids=tuple(m.worker_id for m in members if m.worker_id),
            others=tuple(mask_name(m.name) for m in members if not m.worker_id),
        )

    def _members(self, household_id: str) -> Iterator[HouseholdMemberRow]:
        member = HouseholdMemberRow
        query = select(member).where(member.household_id == household_id).order_by(member.id)
        yield from self._session.scalars(query)

    def _get(self, household_id: str) -> HouseholdRow:
        row = self._session.get(HouseholdRow, household_id)
        if row is None:
            raise NotFound(f"没有这个家庭：{household_id}")
        return row


def _members_region() -> ScalarSelect[Any]:
    """The least region code of a household's members."""
    member = HouseholdMemberRow
    return (
        select(func.min(WorkerRow.region_code))
        .join(member, member.worker_id == WorkerRow.worker_id)
        .where(member.household_id == HouseholdRow.household_id)
        .correlate(HouseholdRow)
        .scalar_subquery()
    )
