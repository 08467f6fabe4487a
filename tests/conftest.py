"""A real PostgreSQL server, started once for all tests that need one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from matcher.store import schema
from matcher.store.engine import open_engine


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
