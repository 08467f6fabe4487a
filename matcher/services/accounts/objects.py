"""Whether the thing a page is about may be seen by whoever asks (对象权限)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from matcher.domain.service_terms import Role
from matcher.errors import NotFound
from matcher.services.accounts.sight import region_digits, require_worker
from matcher.services.accounts.staff import Staff
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.postings import PostingRow

GONE = "没有找到，或者不在您的范围内"


def require_object(session: StoreSession, staff: Staff, name: str, value: str) -> None:
    """Raise NotFound unless the thing exists and is in the sight of the person.

    name: of the parameter ("worker_id", "employer_id", "posting_id", "region_code", "event_id"). Raises KeyError
    for any other, so that none goes unchecked.
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
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        return False
    event = session.get(EventRow, int(value))
    return event is not None and sees_event(staff, event)


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
}
