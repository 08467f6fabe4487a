"""Measuring and recording: peak memory of the process tree, percentiles, machine and commit."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

RESULTS = Path(__file__).parent / "results"
SHARED = Path(os.environ.get("MATCHER_SHARED", Path(__file__).parents[2] / "shared"))
POSTINGS = SHARED / "data" / "postings.jsonl.gz"
SAMPLE_EVERY_S = 0.05


class TreeMemory:
    """Peak resident memory of this process and its children, sampled (PSS, so shared pages count once)."""

    def __init__(self, every_s: float = SAMPLE_EVERY_S) -> None:
        self.peak_bytes = 0
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> TreeMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        me = psutil.Process()
        while not self._stop.is_set():
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            self.peak_bytes = max(self.peak_bytes, total)
            self._stop.wait(self._every_s)


@contextmanager
def timed(figures: dict[str, Any], name: str) -> Iterator[None]:
    """Put the seconds of the block under `name`."""
    start = time.perf_counter()
    yield
    figures[name] = round(time.perf_counter() - start, 3)
    print(f"  {name}: {figures[name]}", flush=True)


def percentiles_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the largest, in milliseconds."""
    values = np.asarray(seconds) * 1000
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return {
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "p99_ms": round(float(p99), 2),
        "max_ms": round(float(values.max()), 2),
        "n": len(values),
    }


def write_result(name: str, claim: str, figures: dict[str, Any]) -> Path:
    """Write `benchmarks/results/<name>.json` with machine and commit, and return its path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    record = {"claim": claim, "machine": machine(), "commit": commit(), "figures": figures}
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"written: benchmarks/results/{path.name}")
    return path


def recorded(name: str) -> dict[str, Any]:
    """Figures of the last run that was written down, empty where there is none."""
    path = RESULTS / f"{name}.json"
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else {}
    return figures


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "processor": platform.machine(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """Short id of the commit the tree stands on, with + when the tree has changes."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], capture_output=True, text=True, check=False, cwd=Path(__file__).parent
        ).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain") else "")
