"""The real service as the IT person runs it: init, serve, import over HTTP, match, stop, start again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

POSTINGS = [
    {
        "id": "1",
        "title": "瓦工 贴砖",
        "description": "室内贴砖，工具自带",
        "salary_raw": "350元/天",
        "city": "保定市",
    },
    {"id": "2", "title": "保洁员", "description": "打扫办公楼", "salary_raw": "2800元/月", "city": "保定市"},
    {"id": "3", "title": "保安", "description": "长白班看大门", "salary_raw": "3200元/月", "city": "保定市"},
]
API = "/api/v1"


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "matcher", "serve", "--port", str(port)], env=environment
    )
    url = f"http://127.0.0.1:{port}{API}"
    try:
        for _ in range(300):
            try:
                if httpx.get(f"{url}/health/ready", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        yield url, server
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def command(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "matcher", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    made = os.environ | {"MATCHER_HOME": str(tmp_path / "home")}
    if request.param == "sqlite":
        yield made
        return
    server = request.getfixturevalue("postgres_server")
    server.admin("CREATE DATABASE service ENCODING 'UTF8'")
    yield made | {"MATCHER_DATABASE_URL": server.url("service")}
    server.admin("DROP DATABASE service WITH (FORCE)")


def test_the_service_from_first_start_to_restart(environment: dict[str, str]) -> None:
    command(environment, "init")
    key = command(environment, "key", "create", "测试", "--scope", "import", "--scope", "match").strip()
    headers = {"Authorization": f"Bearer {key}"}
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in POSTINGS)
    question = {"worker": {"text": "会贴砖，想在保定找活"}, "top": 3}
    with served(environment) as (url, server):
        imported = httpx.post(
            f"{url}/imports",
            files={"file": ("岗位.jsonl", lines.encode())},
            data={"source": "测试"},
            headers=headers,
            timeout=60,
        )
        assert imported.json()["counts"]["new"] == 3
        first = httpx.post(f"{url}/match/jobs-for-worker", json=question, headers=headers, timeout=60).json()
        assert first["matches"][0]["posting_id"] == "测试:1"
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) in (0, -signal.SIGTERM)
    assert "最新" in command(environment, "status")
    with served(environment) as (url, _):
        again = httpx.post(f"{url}/match/jobs-for-worker", json=question, headers=headers, timeout=60).json()
        assert again == first
