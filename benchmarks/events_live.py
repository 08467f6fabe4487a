"""Claim: a run-sheet of 20 from 48,584 postings takes under 2 s, a viewer is answered over HTTP in under 100 ms (p95)
with 50 consoles connected, and a change reaches every console within a second.

Postings are real (the shared set); their validity is simulated where they state none, as nothing without a validity
may be aired; headcounts are simulated where they state none. Wishes of the audience and chat lines are made up.
Server and clients share this machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from sqlalchemy import func, update

from benchmarks.measure import POSTINGS, percentiles_ms
from benchmarks.service import served
from matcher.allocation.lineup import LineupProblem, choose_lineup
from matcher.config import Config
from matcher.services.access import Scope, create_key
from matcher.services.imports.import_file import import_file
from matcher.services.live.answering import answer_viewer
from matcher.services.live.planning import LineupRequest, lineup_problem, plan_lineup
from matcher.services.live.sessions import create_live
from matcher.services.live.wishes import typed_wishes
from matcher.services.runtime import Runtime, create_home
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.postings import PostingRow

ITEMS, CONSOLES, ASKED, PER_SECOND, CHANGES = 20, 50, 400, 10, 20
TRADES = ("电焊工", "保洁", "保安", "普工", "叉车工", "厨师", "服务员", "司机", "瓦工", "电工", "缝纫工", "仓库管理员")
PLACES = ("", "容城附近", "深圳", "保定", "郑州附近", "苏州")
WISHES = ("", "包吃住", "长白班", "不上夜班", "月结", "有五险", "5000以上", "夫妻房", "双休")
AGES = ("", "", "45岁", "50岁能去吗", "17岁")
BY = "bench"


def figures() -> dict[str, Any]:
    """Line-up, answers and signals on one installation; nothing where the shared postings are not."""
    if not POSTINGS.exists():
        return {"skipped": "the shared postings are not here"}
    with tempfile.TemporaryDirectory() as folder:
        return measured(*prepared(Path(folder)))


def prepared(home: Path) -> tuple[Config, str]:
    """A new installation with the shared postings, and a key for it."""
    config = Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")
    database = create_home(config)
    import_file(database, POSTINGS, corrections_folder=config.import_folder, kind="postings")
    _make_airable(database)
    key = create_key(database, BY, [Scope.EVENTS], actor=BY).text
    database.close()
    return config, key


def measured(config: Config, key: str) -> dict[str, Any]:
    """Everything that is claimed, over a prepared installation."""
    runtime = Runtime.open(config)
    found: dict[str, Any] = {
        "postings": runtime.index.status().postings,
        "simulated": "validity and headcount where a posting states none; wishes and chat lines",
    }
    found["lineup"], event_id = _lineup(runtime)
    found["answer_in_process"] = _in_process(runtime, event_id)
    runtime.close()
    found |= _served(config, key, event_id)
    return found | {"load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count()}


def chat(count: int, seed: int) -> list[str]:
    """Made-up lines of chat with one to four conditions."""
    rng = random.Random(seed)
    lines = []
    while len(lines) < count:
        parts = [rng.choice(AGES), rng.choice((*TRADES, "", "")), rng.choice(WISHES), rng.choice(WISHES), rng.choice(PLACES)]
        said = " ".join(dict.fromkeys(filter(None, parts)))
        lines += [said] if said else []
    return lines


def _make_airable(database: Database) -> None:
    """What the notice asks for and this set does not hold: a validity, and a number of people."""
    row, until = PostingRow, datetime.now(UTC) + timedelta(days=30)
    with database.writing(BY) as session:
        session.execute(
            update(row).values(
                valid_to=func.coalesce(row.valid_to, until),
                headcount=func.coalesce(row.headcount, 5),
                headcount_left=func.coalesce(row.headcount_left, row.headcount, 5),
                employer_name=func.coalesce(func.nullif(row.employer_name, ""), "样例单位"),
            )
        )


def _lineup(runtime: Runtime) -> tuple[dict[str, Any], int]:
    """Planning 20 of all postings for made-up audiences, and plain greedy on the same problem beside it."""
    now = runtime.database.clock.now()
    starts = now + timedelta(hours=1)
    seconds, plans, event_id = [], [], 0
    for seed in range(5):
        wishes = typed_wishes(chat(200, seed), now=now)
        event_id = create_live(runtime.database, "样例直播", starts, actor=BY).event_id
        began = time.perf_counter()
        plans.append(plan_lineup(runtime, event_id, wishes, LineupRequest(ITEMS, 80), version=1, actor=BY))
        seconds.append(time.perf_counter() - began)
    with runtime.index.reading() as (catalogue, _):
        rows, problem = lineup_problem(catalogue, wishes, LineupRequest(ITEMS, 80), now)
    lazy, lazy_s = _timed(lambda: choose_lineup(problem))
    plain, plain_s = _timed(lambda: _plain_greedy(problem))
    first, first_s = _timed(lambda: _most_wanted(problem))
    figures = {
        "items": ITEMS,
        "candidates": len(rows),
        "different_wishes": len(wishes),
        "whole_s_median": round(float(np.median(seconds)), 3),
        "whole_s_worst": round(max(seconds), 3),
        "items_found": [plan.items for plan in plans],
        "wishes_covered": round(float(np.mean([plan.covered for plan in plans])), 4),
        "gap_to_bound": round(float(np.mean([plan.gap for plan in plans])), 4),
        "asked_of_the_gate_and_barred": round(float(np.mean([plan.barred for plan in plans])), 1),
        "without_gate": {
            "lazy_greedy": {"seconds": round(lazy_s, 3), "value": round(lazy.value, 3), "bound": round(lazy.bound, 3)},
            "plain_greedy": {"seconds": round(plain_s, 3), "value": round(plain, 3)},
            "most_wanted_first": {"seconds": round(first_s, 3), "value": round(first, 3)},
            "gains_computed_again": lazy.evaluations,
        },
    }
    return figures, event_id


def _timed(work: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _value(problem: LineupProblem, rows: Sequence[int]) -> float:
    value = float(problem.weights @ problem.serves[:, list(rows)].max(axis=1))
    for reward, codes in zip(problem.rewards, problem.groups[:, list(rows)], strict=True):
        _, counts = np.unique(codes[codes != -1], return_counts=True)
        value += float(reward) * float((1 - 0.5 ** counts.astype(float)).sum())
    return value


def _plain_greedy(problem: LineupProblem) -> float:
    """Greedy without floors that computes every gain every time, vectorised."""
    chosen: list[int] = []
    served = np.zeros(len(problem.weights), np.float32)
    for _ in range(problem.size):
        gains = problem.weights @ np.maximum(problem.serves - served[:, None], 0)
        for reward, codes in zip(problem.rewards, problem.groups, strict=True):
            counts = dict(zip(*np.unique(codes[chosen], return_counts=True), strict=True)) if chosen else {}
            seen = np.array([counts.get(code, 0) for code in codes])
            gains += np.where(codes == -1, 0, reward * 0.5 ** (seen + 1))
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        served = np.maximum(served, problem.serves[:, chosen[-1]])
    return _value(problem, chosen)


def _most_wanted(problem: LineupProblem) -> float:
    """Peer: the postings that answer most of the audience, whatever else was chosen."""
    strength = problem.weights @ problem.serves
    return _value(problem, np.argsort(-strength, kind="stable")[: problem.size].tolist())


def _in_process(runtime: Runtime, event_id: int) -> dict[str, float]:
    lines = chat(200, 99)
    for line in lines[:20]:
        answer_viewer(runtime, line, event_id)
    seconds = []
    for line in lines:
        began = time.perf_counter()
        answer_viewer(runtime, line, event_id)
        seconds.append(time.perf_counter() - began)
    return percentiles_ms(seconds)


def _served(config: Config, key: str, event_id: int) -> dict[str, Any]:
    """Answers and signals over HTTP, with and without consoles."""
    with served(config.home) as address:
        return asyncio.run(_over_http(f"{address}/api/v1", key, event_id, config))


async def _over_http(url: str, key: str, event_id: int, config: Config) -> dict[str, Any]:
    headers, live = {"Authorization": f"Bearer {key}"}, f"{url}/live/{event_id}"
    limits = httpx.Limits(max_connections=CONSOLES + 50)
    async with httpx.AsyncClient(headers=headers, timeout=30, limits=limits) as client:
        for line in chat(20, 7):
            (await client.post(f"{live}/answer", json={"text": line})).raise_for_status()
        alone = await _answers(client, live)
        async with _consoles(client, live) as heard:
            crowded = await _answers(client, live)
            delays = await _signals(client, live, heard, config, event_id)
    return {
        "answer_http_no_console": alone,
        "answer_http_50_consoles": crowded,
        "requests_a_second": PER_SECOND,
        "signals": delays,
    }


async def _answers(client: httpx.AsyncClient, live: str) -> dict[str, float]:
    """Open loop: lines come on a clock, whether or not earlier ones are answered."""
    seconds: list[float] = []

    async def ask(line: str, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        (await client.post(f"{live}/answer", json={"text": line})).raise_for_status()
        seconds.append(time.perf_counter() - due)

    begin = time.perf_counter() + 0.5
    await asyncio.gather(*(ask(line, begin + n / PER_SECOND) for n, line in enumerate(chat(ASKED, 5))))
    return percentiles_ms(seconds)


@asynccontextmanager
async def _consoles(client: httpx.AsyncClient, live: str) -> AsyncIterator[list[dict[str, list[float]]]]:
    """Fifty open consoles; what each heard, by kind, with the moment it did."""
    heard: list[dict[str, list[float]]] = [{} for _ in range(CONSOLES)]

    async def listen(mine: dict[str, list[float]]) -> None:
        async with client.stream("GET", f"{live}/signals", timeout=None) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    mine.setdefault(line[7:], []).append(time.perf_counter())

    tasks = [asyncio.create_task(listen(mine)) for mine in heard]
    while not all("beat" in mine for mine in heard):
        await asyncio.sleep(0.05)
    yield heard
    for task in tasks:
        task.cancel()


async def _signals(
    client: httpx.AsyncClient, live: str, heard: list[dict[str, list[float]]], config: Config, event_id: int
) -> dict[str, Any]:
    """From the moment a change is acknowledged to the moment each console hears it.

    aired: over HTTP in the same process. taken off: a posting is withdrawn by another process, the office.
    """
    items = [item for item in (await client.get(f"{live}/run-sheet")).json()["items"] if not item["problems"]]
    aired, off = [], []
    for number in range(CHANGES):
        item = items[number % len(items)]
        version = (await client.get(live)).json()["version"]
        edit = {"version": version, "short_no": item["short_no"]}
        (await client.post(f"{live}/air", json=edit)).raise_for_status()
        aired += await _heard_by_all(heard, "aired", number + 1, time.perf_counter())
    office = Database.open(config.database_url, Keyring.load(config.keyring_path))
    for number, item in enumerate(items[: CHANGES // 2]):
        with office.writing(BY) as session:
            PostingRepository(session).set_headcount_left(item["posting_id"], 0)
        off += await _heard_by_all(heard, "taken_off", number + 1, time.perf_counter())
    office.close()
    return {"consoles": CONSOLES, "aired_ms": percentiles_ms(aired), "withdrawn_elsewhere_ms": percentiles_ms(off)}


async def _heard_by_all(heard: list[dict[str, list[float]]], kind: str, count: int, since: float) -> list[float]:
    until = time.perf_counter() + 10
    while any(len(mine.get(kind, ())) < count for mine in heard) and time.perf_counter() < until:
        await asyncio.sleep(0.005)
    return [max(0.0, mine[kind][count - 1] - since) for mine in heard]


if __name__ == "__main__":
    print(json.dumps(figures(), ensure_ascii=False, indent=1))
