"""The real service as a process of its own, for figures and tests over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

SERVICE = ("matcher", "serve")
READY_S = 300.0
STOPPED_S = 30.0


def environment_of(home: Path, *, threads: int = 1) -> dict[str, str]:
    """What a command on this data folder runs with; settings of whoever asks are left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return kept | {"MATCHER_HOME": str(home), "OMP_NUM_THREADS": str(threads)}


@contextmanager
def served(
    home: Path, *, module: Sequence[str] = SERVICE, log: Path | None = None, threads: int = 1
) -> Iterator[str]:
    """Serve the data folder on a free port of the loopback until the block ends; yields the address.

    module: what python -m starts. log: takes everything the process says, else its output is dropped and its errors
    are shown. Raises RuntimeError when it does not become ready.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(log or os.devnull, "wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", *module, "--port", str(port)],
            env=environment_of(home, threads=threads),
            stdout=said,
            stderr=subprocess.STDOUT if log else None,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, server, log)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=STOPPED_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path | None) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{url}/api/v1/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    told = log.read_text(errors="replace")[-2000:] if log else ""
    raise RuntimeError(f"服务没有启动：{told}" if told else "服务没有启动")
