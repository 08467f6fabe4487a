"""Whether the thing a page is about may be seen by whoever asks (对象权限)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import exists, or_, select, true

from matcher.domain.service_terms import Role
from matcher.errors import NotFound
from matcher.services.accounts.sight import region_digits, require_worker, visible_workers
from matcher.services.accounts.staff import Staff
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.people import HouseholdMemberRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.workers import WorkerRow

GONE = "没有找到，或者不在您的范围内"
_MOST_DIGITS = 18


def require_object(session: StoreSession, staff: Staff, name: str, value: str) -> None:
    """Raise NotFound unless the thing exists and is in the sight of the person.

    name: of the parameter ("worker_id", "employer_id", "posting_id", "region_code", "event_id", "batch_id",
    "household_id"). Raises KeyError for any other, so that none goes unchecked.
    """
    check = _CHECKS[name]
    if "\0" in value or not check(session, staff, value):
        raise NotFound(GONE)


def _worker(session: StoreSession, staff: Staff, value: str) -> bool:
    require_worker(session, staff.sight, value)
    return True


def _employer(session: StoreSession, staff: Staff, value: str) -> bool:
    return staff.role is not Role.EMPLOYER or value == staff.employer_id


def _posting(session: StoreSession, staff: Staff, value: str) -> bool:
    if staff.role is not Role.EMPLOYER:
        return True
    owner = session.scalar(select(PostingRow.employer_id).where(PostingRow.posting_id == value))
    return owner is not None and owner == staff.employer_id


def _region(session: StoreSession, staff: Staff, value: str) -> bool:
    return staff.sight.covers_region(value)


def _event(session: StoreSession, staff: Staff, value: str) -> bool:
    number = _number(value)
    event = None if number is None else session.get(EventRow, number)
    return event is not None and sees_event(staff, event)


def _batch(session: StoreSession, staff: Staff, value: str) -> bool:
    """A batch is in sight of whoever planned it and of those who see one of its people."""
    row, person = PushBatchRow, PushBatchPersonRow
    of_theirs = exists().where(
        person.batch_id == row.id, person.worker_id == WorkerRow.worker_id, visible_workers(staff.sight)
    )
    seen = true() if staff.sight.everyone else or_(row.created_by == staff.login, of_theirs)
    number = _number(value)
    return number is not None and session.scalar(select(row.id).where(row.id == number, seen)) is not None


def _household(session: StoreSession, staff: Staff, value: str) -> bool:
    """A household is in sight of those who see one of its members."""
    member = HouseholdMemberRow
    query = (
        select(member.household_id)
        .join(WorkerRow, WorkerRow.worker_id == member.worker_id)
        .where(member.household_id == value, visible_workers(staff.sight))
    )
    return session.scalars(query).first() is not None


def _number(value: str) -> int | None:
    """A row number as it stands in an address; None for what is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else None


def sees_event(staff: Staff, event: EventRow) -> bool:
    """Whether an event is the person's own, or lies in the region of the account."""
    own = event.host_id == staff.account_id
    free = staff.region_code is None or event.region_code is None
    return own or free or staff_region_covers(staff, event.region_code or "")


def staff_region_covers(staff: Staff, region_code: str) -> bool:
    """Whether a place lies in the region of the account; an account without one works everywhere."""
    return not staff.region_code or region_code.startswith(region_digits(staff.region_code))


_CHECKS: dict[str, Callable[[StoreSession, Staff, str], bool]] = {
    "worker_id": _worker,
    "employer_id": _employer,
    "posting_id": _posting,
    "region_code": _region,
    "event_id": _event,
    "batch_id": _batch,
    "household_id": _household,
}
