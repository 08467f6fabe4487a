"""Whose records somebody may look at: one rule for every list and every page of a person (可见范围).

INVARIANTS
- A condition of `visible_workers` belongs in every query that lists people for a page.
- `require_worker` gives the same answer for a person who does not exist and one who may not be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select, true

from matcher.domain.service_terms import Role
from matcher.errors import NotFound
from matcher.store.column_types import inside_region
from matcher.store.session import StoreSession
from matcher.store.tables.workers import WorkerRow

NOT_HERE = "没有这个人，或者不在您的服务范围内"
_LEVEL_ENDS = (2, 4, 6, 9)
"""Digits of province, city, county and town in a 12-digit 行政区划代码."""

_REGION_ROLES = frozenset({Role.MANAGER, Role.ORGANISER})


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose records may be seen; several parts add up, none of them = nobody's.

    everyone:    the whole installation.
    regions:     leading digits of the 行政区划代码 of the places whose people may be seen.
    account_id:  the caseworker whose caseload may be seen.
    employer_id: the employer whose own postings may be seen; opens no person.
    """

    everyone: bool = False
    regions: tuple[str, ...] = ()
    account_id: int | None = None
    employer_id: str | None = None

    @classmethod
    def of(
        cls, role: Role, account_id: int, region_code: str | None = None, employer_id: str | None = None
    ) -> Sight:
        """The sight that goes with an account.

        A caseworker sees the caseload given and the region given; managers and organisers their region, or
        everyone where they have none; all others nobody.
        """
        regions = (region_digits(region_code),) if region_code else ()
        if role is Role.CASEWORKER:
            return cls(regions=regions, account_id=account_id)
        if role in _REGION_ROLES:
            return cls(everyone=not regions, regions=regions)
        return cls(employer_id=employer_id if role is Role.EMPLOYER else None)

    def covers_region(self, region_code: str | None) -> bool:
        """Whether a place lies inside; one without a code is seen by those who see everyone only."""
        return self.everyone or bool(region_code and self.regions and region_code.startswith(self.regions))


def visible_workers(sight: Sight) -> ColumnElement[bool]:
    """Condition on `WorkerRow` for the people who may be seen."""
    if sight.everyone:
        return true()
    parts = [inside_region(WorkerRow.region_code, digits) for digits in sight.regions]
    if sight.account_id is not None:
        parts.append(WorkerRow.caseworker_id == sight.account_id)
    return or_(*parts) if parts else false()


def require_worker(session: StoreSession, sight: Sight, worker_id: str) -> None:
    """Raise NotFound unless the person exists and may be seen."""
    query = select(WorkerRow.worker_id).where(WorkerRow.worker_id == worker_id, visible_workers(sight))
    if "\0" in worker_id or session.scalar(query) is None:
        raise NotFound(NOT_HERE)


def region_digits(region_code: str) -> str:
    """The leading digits that name the place itself: 130638000000 → 130638, 130638100000 → 130638100."""
    for end in _LEVEL_ENDS:
        if not region_code[end:].strip("0"):
            return region_code[:end]
    return region_code
