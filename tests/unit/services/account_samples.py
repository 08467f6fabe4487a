"""Accounts for tests of who may see and do what."""

from __future__ import annotations

from matcher.domain.service_terms import Role
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.services.accounts.managing import create_account
from matcher.services.accounts.sessions import resume
from matcher.services.accounts.signing_in import sign_in
from matcher.services.accounts.staff import Staff
from matcher.store.database import Database
from matcher.store.identity import Identity, Phone
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository

PASSWORD = "purple-tram-oversleeps"
COUNTY, TOWN, ELSEWHERE = "130638000000", "130638100000", "130629000000"
NAME, PHONE = "样例王小明", "13800001234"


def account(database: Database, login: str, role: Role = Role.CASEWORKER, **options: str) -> int:
    """A new account with the password `PASSWORD`."""
    made = create_account(database, login, role, actor="test", password=PASSWORD, **options)
    return made.account_id


def staff(database: Database, login: str) -> Staff:
    """The account, signed in anew."""
    found = resume(database, sign_in(database, login, PASSWORD).token)
    assert found is not None
    return found


def people(database: Database, *codes: str) -> list[str]:
    """One person in each region: p1, p2 …"""
    ids = [f"p{number}" for number in range(1, len(codes) + 1)]
    with database.writing("test") as session:
        WorkerRepository(session).upsert(
            [
                WorkerEntry(
                    Worker(one, place=Place("样例村", code)),
                    source="test",
                    identity=Identity(name=NAME, phones=(Phone(PHONE),)),
                )
                for one, code in zip(ids, codes, strict=True)
            ]
        )
    return ids
