"""A fresh, migrated SQLite database for tests of services."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from matcher.clock import FixedClock
from matcher.services.accounts import passwords
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


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords hashed at once: what the real parameters cost is for attackers, not for tests."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()
