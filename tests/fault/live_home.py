"""A home with a livestream in it, made by the services, and the server over it as a process of its own."""

from __future__ import annotations

import multiprocessing
import socket
import time
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx

from matcher.config import Config
from matcher.services.access import Scope, create_key
from matcher.services.installation import create_home, open_database
from matcher.services.live.public_pages import live_links
from matcher.store.database import Database
from tests.live_world import job, put, stream

API = "/api/v1"
HOST = "127.0.0.1"
LONGEST_START_S = 60.0
POSTINGS = 6


@dataclass
class LiveHome:
    """Where it is, how to call it, and which livestream runs."""

    config: Config
    key: str
    event_id: int
    port: int
    overlay_token: str

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}{API}/live/{self.event_id}"

    @property
    def overlay(self) -> str:
        return f"http://{HOST}:{self.port}/live/{self.event_id}/overlay?token={self.overlay_token}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def opened(self) -> Database:
        return open_database(self.config)

    def serve(self, twin: str = "") -> BaseProcess:
        """The server, ready. twin: a planted defect of `live_server`."""
        server = _servers().Process(target=_serve, args=(self.config, self.port, twin), daemon=True)
        server.start()
        until = time.monotonic() + LONGEST_START_S
        while time.monotonic() < until:
            try:
                if httpx.get(f"http://{HOST}:{self.port}{API}/health/ready", timeout=5).status_code == 200:
                    return server
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        kill(server)
        raise RuntimeError("the server did not become ready")


@lru_cache(maxsize=1)
def _servers() -> ForkServerContext:
    """Forks servers from a process that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.fault.live_server"])
    return context


def _serve(config: Config, port: int, twin: str) -> None:
    from tests.fault.live_server import serve

    serve(config, port, twin)


def live_home(folder: Path, *, postings: int = POSTINGS) -> LiveHome:
    """A new home with a livestream of so many postings."""
    config = Config(
        folder, f"sqlite:///{folder / 'matcher.db'}", folder / "keyring.json", answer_url="https://jy.example.test"
    )
    database = create_home(config)
    try:
        ids = [f"p{number}" for number in range(postings)]
        put(database, *(job(one, headcount=20, headcount_left=20) for one in ids))
        event_id = stream(database, ids).event_id
        key = create_key(database, "live", [Scope.EVENTS], actor="live").text
        token = live_links(database, config).overlay_token(event_id, now=database.clock.now())
    finally:
        database.close()
    with socket.socket() as free:
        free.bind((HOST, 0))
        return LiveHome(config, key, event_id, free.getsockname()[1], token)


def kill(server: BaseProcess) -> None:
    """End the server as a power cut would."""
    server.kill()
    server.join()
