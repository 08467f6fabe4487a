"""Claim: at 48,584 postings a match with reasons takes 30 ms in process and 60 ms over HTTP at 20 a second (p95).

Queries are the 100 worker sentences of tests/data, each asked several times in a fixed shuffled order. Over HTTP
requests leave on a clock whether or not earlier ones have come back (open loop), so waiting is counted.
The retrieval is also held against the exhaustive ranking of the whole catalogue by the same fused score.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.measure import POSTINGS, percentiles_ms, timed, write_result
from benchmarks.service import served
from matcher.config import Config
from matcher.retrieval.candidates import Query, occupation_affinity, question_scale, retrieve, wanted_affinity
from matcher.retrieval.fusion import fused_scores
from matcher.retrieval.tokens import worker_tokens, worker_wish
from matcher.services.access import Scope, create_key
from matcher.services.answers import jobs_for_worker
from matcher.services.imports.import_file import import_file
from matcher.services.runtime import Runtime, create_home
from matcher.text.worker_reader import worker_from_row

SENTENCES = Path(__file__).parents[1] / "tests" / "data" / "worker_sentences_100.jsonl"
ROUNDS = 5
REQUESTS_PER_S = 20
HTTP_SECONDS = 30
TOP = 10


def sentences() -> list[str]:
    """The worker sentences."""
    with SENTENCES.open(encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def main() -> None:
    if not POSTINGS.exists():
        print("the shared postings are not here; nothing to measure")
        return
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config = Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")
        database = create_home(config)
        with timed(figures, "prepare_s"):
            import_file(database, POSTINGS, corrections_folder=config.import_folder, kind="postings")
        key = create_key(database, "bench", [Scope.MATCH], actor="bench").text
        database.close()
        runtime = Runtime.open(config)
        figures["in_process"] = _in_process(runtime)
        print(f"  in process: {figures['in_process']}")
        figures["retrieval"] = _recall(runtime)
        print(f"  retrieval: {figures['retrieval']}")
        runtime.close()
        figures["http_20_per_s"] = _over_http(home, key)
        print(f"  http: {figures['http_20_per_s']}")
    write_result("latency", __doc__.splitlines()[0], figures)


def _asked() -> list[str]:
    asked = sentences() * ROUNDS
    random.Random(5).shuffle(asked)
    return asked


def _in_process(runtime: Runtime) -> dict[str, float]:
    """The whole path: reading the sentence, matching, reasons, freshness from the database."""
    asked = _asked()
    for text in asked[:20]:
        jobs_for_worker(runtime, worker_from_row({"id": "w", "text": text}), top=TOP)
    seconds = []
    for text in asked:
        start = time.perf_counter()
        jobs_for_worker(runtime, worker_from_row({"id": "w", "text": text}), top=TOP)
        seconds.append(time.perf_counter() - start)
    return percentiles_ms(seconds)


def _recall(runtime: Runtime) -> dict[str, float]:
    """Share of the exact best 10 and best 100 by the fused score that candidate retrieval returns."""
    found10 = found100 = total10 = total100 = 0
    with runtime.index.reading() as (catalogue, _):
        every = catalogue.alive
        for text in sentences():
            worker = worker_from_row({"id": "w", "text": text})
            query = Query(
                vector=runtime.encoder.encode([worker_wish(worker)])[0],
                tokens=dict.fromkeys(worker_tokens(worker), 1.0),
                affinity=wanted_affinity(worker.occupations),
            )
            got = retrieve(catalogue, query, every, k=200).rows
            best = _exhaustive(catalogue, query, every)
            found10 += len(set(got[:10]) & set(best[:10]))
            found100 += len(set(got) & set(best[:100]))
            total10 += len(best[:10])
            total100 += len(best[:100])
    return {
        "recall_at_10": round(found10 / total10, 4),
        "recall_of_best_100": round(found100 / total100, 4),
    }


def _exhaustive(catalogue: Any, query: Query, every: Any) -> Any:
    """Every row scored by the fused score, no candidate lists, best 100."""
    rows = np.arange(len(every))
    lexical = catalogue.lexical.weighted_scores(query.tokens)
    lexical[~every] = 0
    dense = catalogue.vectors.similarities(query.vector, rows)
    occupation = occupation_affinity(query.affinity, catalogue.columns.occ, catalogue.columns.occ_conf)
    fused = fused_scores(dense, lexical, occupation, question_scale(catalogue, query))
    fused[~every] = -np.inf
    return np.argsort(-fused, kind="stable")[:100]


def _over_http(home: Path, key: str) -> dict[str, float]:
    with served(home, threads=2) as address:
        return asyncio.run(_open_loop(f"{address}/api/v1/match/jobs-for-worker", key))


async def _open_loop(url: str, key: str) -> dict[str, float]:
    asked = (_asked() * 10)[: REQUESTS_PER_S * HTTP_SECONDS]
    seconds: list[float] = []

    async def ask(client: httpx.AsyncClient, text: str, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        response = await client.post(url, json={"worker": {"text": text}, "top": TOP})
        response.raise_for_status()
        seconds.append(time.perf_counter() - due)

    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        for text in asked[:20]:
            await client.post(url, json={"worker": {"text": text}, "top": TOP})
        begin = time.perf_counter() + 0.5
        await asyncio.gather(*(ask(client, text, begin + n / REQUESTS_PER_S) for n, text in enumerate(asked)))
    return percentiles_ms(seconds)


if __name__ == "__main__":
    main()
