"""A small office of its own that really serves: the sample county, an account for each role, one key for everything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from matcher.config import Config
from matcher.demo.county import County
from matcher.domain.service_terms import Scope
from matcher.services.access import create_key
from matcher.services.imports.import_file import import_file
from matcher.services.installation import create_home
from matcher.store.database import Database

API = "/api/v1"
READY_S = 90.0
WORKERS, POSTINGS = 40, 80


@dataclass(frozen=True)
class OpenOffice:
    """A running service. key: an interface key that carries every scope; log: what the process said."""

    url: str
    home: Path
    key: str
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def config_of(home: Path) -> Config:
    """An installation in one folder, whatever the environment says."""
    return Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")


def sample_home(
    home: Path, files: Path, *, workers: int = WORKERS, postings: int = POSTINGS
) -> tuple[Config, Database]:
    """A new installation with the sample county; the caller closes the database."""
    config = config_of(home)
    county = County.generate(3, workers, postings, today=datetime.now(UTC).date())
    written = {path.name: path for path in county.write_files(files)}
    database = create_home(config)
    for name in ("postings.xlsx", "workers.xlsx"):
        import_file(database, written[name], corrections_folder=config.import_folder, source="样例")
    return config, database


def key_for_everything(database: Database) -> str:
    """The text of a new key with every scope."""
    return create_key(database, "测试", list(Scope), actor="test").text


SERVICE = ("matcher", "serve")


@contextmanager
def serving(home: Path, key: str, module: Sequence[str] = SERVICE) -> Iterator[OpenOffice]:
    """The service as a process of its own; everything it says goes to a file. module: what python -m starts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home.parent / f"service-{port}.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    environment |= {"MATCHER_HOME": str(home), "OMP_NUM_THREADS": "1"}
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", *module, "--port", str(port)],
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    office = OpenOffice(f"http://127.0.0.1:{port}", home, key, log)
    try:
        _wait_until_ready(office, server)
        yield office
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(office: OpenOffice, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{office.url}{API}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"服务没有启动：{office.log.read_text(errors='replace')[-2000:]}")
