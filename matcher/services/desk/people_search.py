"""Finding a person by what the caseworker has at hand: a phone, an ID number, a name, a place (找人).

Names, numbers and phones are compared by their keyed hashes, so that only a whole one finds anybody; nothing of
what was typed is kept or logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from matcher.domain.worker_terms import JobStatus
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.store.column_types import inside_region
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.workers import WorkerRow

PEOPLE_A_PAGE = 25
_PHONE, _ID_NUMBER = re.compile(r"\+?[\d\s-]{7,20}", re.ASCII), re.compile(r"\d{17}[\dXx]", re.ASCII)
_MOBILE = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}", re.ASCII)
_REGION = re.compile(r"\d{6,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a list, name and phone masked. no_phone: there is no number to call."""

    worker_id: str
    name: str
    phone: str
    place: str
    status: JobStatus | None
    caseworker: str | None
    last_contact: datetime | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people. page: from 1. by: what the words were taken for, "" when nothing was asked."""

    lines: tuple[PersonLine, ...]
    total: int
    page: int
    pages: int
    by: str = ""


def find_people(
    session: StoreSession,
    sight: Sight,
    words: str = "",
    *,
    status: JobStatus | None = None,
    page: int = 1,
) -> PeoplePage:
    """People in sight who fit the words: a whole ID number, phone or name, else a place; "" = everybody."""
    by, condition = _asked(session, words.strip())
    row = WorkerRow
    conditions = [row.withdrawn_at.is_(None), visible_workers(sight), condition]
    if status is not None:
        conditions.append(row.job_status == status)
    total = session.scalar(select(func.count()).select_from(row).where(*conditions)) or 0
    query = (
        select(
            row.worker_id, row.place_name, row.job_status, AccountRow.login, row.last_contact_at
        )
        .outerjoin(AccountRow, AccountRow.id == row.caseworker_id)
        .where(*conditions)
        .order_by(row.last_contact_at.is_not(None), row.last_contact_at, row.worker_id)
        .limit(PEOPLE_A_PAGE)
        .offset(max(page - 1, 0) * PEOPLE_A_PAGE)
    )
    lines = tuple(_line(session, *found) for found in session.execute(query))
    return PeoplePage(lines, total, max(page, 1), max(1, -(-total // PEOPLE_A_PAGE)), by)


def _asked(session: StoreSession, words: str) -> tuple[str, ColumnElement[bool]]:
    """What the words are taken for, and the condition they make."""
    people, row = WorkerRepository(session), WorkerRow
    if not words:
        return "", row.worker_id.is_not(None)
    if _ID_NUMBER.fullmatch(words):
        return "身份证号", row.worker_id.in_(people.find_by_id_number(words))
    if _MOBILE.fullmatch(words) or (_PHONE.fullmatch(words) and people.find_by_phone(words)):
        return "手机号", row.worker_id.in_(people.find_by_phone(words))
    if _REGION.fullmatch(words):
        return "区划代码", inside_region(row.region_code, words)
    named = people.find_by_name(words)
    if named:
        return "姓名", row.worker_id.in_(named)
    return "地点或编号", or_(row.place_name.contains(words, autoescape=True), row.person_no == words)


def _line(
    session: StoreSession,
    worker_id: str,
    place: str | None,
    status: JobStatus | None,
    caseworker: str | None,
    last_contact: datetime | None,
) -> PersonLine:
    who = WorkerRepository(session).masked_identity(worker_id)
    phone = who.phones[0] if who.phones else ""
    return PersonLine(worker_id, who.name, phone, place or "", status, caseworker, last_contact)
