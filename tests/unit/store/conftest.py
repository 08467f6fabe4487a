"""Every store test runs twice: on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from matcher.clock import FixedClock
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@dataclass
class Place:
    """Where a test's database lives and how to open it again."""

    url: str
    keyring: Keyring
    clock: FixedClock
    opened: list[Database] = field(default_factory=list)

    def open(self, keyring: Keyring | None = None) -> Database:
        database = Database.open(self.url, keyring or self.keyring, clock=self.clock)
        self.opened.append(database)
        return database


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keys.json")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring) -> Iterator[Place]:
    """A fresh, empty, migrated database on one of the two engines."""
    clock = FixedClock(NOW)
    if request.param == "sqlite":
        target = tmp_path / "store.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), target)
        made = Place(f"sqlite:///{target}", keyring, clock)
        yield made
        for database in made.opened:
            database.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"store_{next(_NUMBERS)}"
    server.admin(f"CREATE DATABASE {name} TEMPLATE matcher_template")
    made = Place(server.url(name), keyring, clock)
    yield made
    for database in made.opened:
        database.close()
    server.admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(place: Place) -> Database:
    return place.open()
