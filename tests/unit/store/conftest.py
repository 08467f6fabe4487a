"""Every store test runs twice: on SQLite and on a real PostgreSQL server started here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from matcher.clock import FixedClock
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_NUMBERS = count(1)


@dataclass
class PostgresServer:
    """A server of our own on a loopback port, with a template database already at the newest schema."""

    port: int
    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def admin(self, statement: str) -> None:
        engine = create_engine(
            self.url("postgres").replace("postgresql", "postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


def _binary(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        pytest.fail(f"找不到 PostgreSQL 服务程序 {name}；请先运行 make system-packages", pytrace=False)
    return path


def _run(*arguments: str) -> None:
    # PostgreSQL refuses to run as root, so root hands it to the account that Debian made for it
    account = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    done = subprocess.run(
        arguments, capture_output=True, text=True, cwd="/", extra_groups=[] if account else None, **account
    )
    if done.returncode != 0:
        pytest.fail(f"{arguments[0]} 失败：{done.stdout}{done.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="matcher-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    _run(initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    options = f"-p {port} -h 127.0.0.1 -k {folder} -F"
    _run(pg_ctl, "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        server = PostgresServer(port, folder)
        server.admin("CREATE DATABASE matcher_template ENCODING 'UTF8'")
        engine = open_engine(server.url("matcher_template"))
        schema.upgrade(engine)
        engine.dispose()
        yield server
    finally:
        _run(pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


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
    server: PostgresServer = request.getfixturevalue("postgres_server")
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
