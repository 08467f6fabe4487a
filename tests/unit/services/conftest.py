"""A fresh, migrated SQLite database for tests of services."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.clock import FixedClock
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("services") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def database(migrated: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    shutil.copyfile(migrated, tmp_path / "matcher.db")
    keyring = Keyring.create(tmp_path / "keys.json")
    opened = Database.open(f"sqlite:///{tmp_path / 'matcher.db'}", keyring, clock=clock)
    yield opened
    opened.close()
