"""A small office for the tests of the desk: one caseworker with a caseload, another without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import update

from matcher.config import Config
from matcher.domain.service_terms import Role
from matcher.services.accounts.sight import Sight
from matcher.services.desk.hand_batch import Chosen
from matcher.store.database import Database
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.workers import WorkerRow
from tests.push_world import add_people, add_postings, posting_id, worker_id

MINE, OTHER = "caseworker-a", "caseworker-b"


def config_of(home: Path) -> Config:
    return Config(home=home, database_url=f"sqlite:///{home / 'matcher.db'}", keyring_path=home / "keys.json")


def caseworkers(database: Database) -> tuple[Sight, Sight]:
    """The sights of two caseworkers; nobody is in either yet."""
    with database.writing("样例") as session:
        rows = [AccountRow(login=login, role=Role.CASEWORKER) for login in (MINE, OTHER)]
        session.add_all(rows)
        session.flush()
        mine, other = (Sight.of(Role.CASEWORKER, row.id) for row in rows)
    return mine, other


def give(database: Database, sight: Sight, *people: str) -> None:
    """Put people into a caseload."""
    with database.writing("样例") as session:
        session.execute(
            update(WorkerRow)
            .where(WorkerRow.worker_id.in_(people))
            .values(caseworker_id=sight.account_id, version=WorkerRow.version + 1)
        )


def desk_of(database: Database, *, people: int = 2, postings: int = 4, **changes: object) -> tuple[Sight, Sight]:
    """Two caseworkers; the first has everybody. changes: of the people, see `add_people`."""
    mine, other = caseworkers(database)
    with database.writing("样例") as session:
        add_people(session, range(people), **changes)
        add_postings(session, range(postings), headcount=3)
    give(database, mine, *(worker_id(number) for number in range(people)))
    return mine, other


def chosen(*numbers: int) -> Sequence[Chosen]:
    return [Chosen(posting_id(number), 0.5) for number in numbers]
