"""Random histories of an office against every channel: nothing stale, nothing blocked leaves.

    python -m tests.fault.gate --histories 100000

writes benchmarks/results/gate.json; `--minutes` ends it sooner, with as many as were played. A history that fails
is made shorter and printed, and the run ends with 1.
"""

from __future__ import annotations

import argparse
import logging
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from tqdm import tqdm

from benchmarks.measure import write_result
from tests.gate_channels import CHANNELS, WEIGHTS, Ask
from tests.gate_world import GateWorld, Stale, Step, drawn

CLAIM = "no channel lets out a posting that is withdrawn, filled, expired, barred or blocked"
SEED = 20_260_601
MEMORY = Path("/dev/shm")
"""A folder in memory where there is one: a history writes some fifty transactions."""


@dataclass
class Report:
    """What so many histories showed. asked: times each channel was asked; left: postings that left by it."""

    histories: int = 0
    steps: int = 0
    interrupted: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    failure: str = ""
    history: list[Step] = field(default_factory=list)


@contextmanager
def a_world() -> Iterator[GateWorld]:
    """A small office in a folder of its own."""
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="matcher-gate-", dir=where) as folder:
        world = GateWorld(Path(folder))
        try:
            yield world
        finally:
            world.close()


def play_histories(
    count: int,
    *,
    seed: int = SEED,
    channels: Mapping[str, Ask] = CHANNELS,
    weights: Sequence[float] | None = None,
    advance: Callable[[int], object] = lambda done: None,
    minutes: float = math.inf,
) -> Report:
    """Play so many histories, or fewer: time that is up, or the first one that fails, made short, ends it."""
    rng, report = random.Random(seed), Report()
    names, shares = list(channels), weights or [1.0] * len(channels)
    ends = time.monotonic() + 60 * minutes
    with a_world() as world:
        for _ in range(count):
            if time.monotonic() > ends:
                break
            history = drawn(rng, names, shares)
            report.histories += 1
            report.steps += len(history)
            report.interrupted += sum(step.meanwhile is not None for step in history)
            report.failure = played(world, history, channels)
            if report.failure:
                report.history = shortened(world, history, channels)
                break
            advance(1)
        report.asked, report.left = world.asked, world.left
    return report


def played(world: GateWorld, history: Sequence[Step], channels: Mapping[str, Ask]) -> str:
    """What left though it must not have, "" when nothing did."""
    world.begin_again()
    for step in history:
        with suppress(Stale):
            world.play(step, channels)
        if world.stale:
            break
    return world.stale


def shortened(world: GateWorld, history: Sequence[Step], channels: Mapping[str, Ask]) -> list[Step]:
    """The history without every step that the failure does not need."""
    kept, place = list(history), 0
    while place < len(kept):
        fewer = kept[:place] + kept[place + 1 :]
        if played(world, fewer, channels):
            kept = fewer
        else:
            place += 1
    return kept


def main() -> int:
    """Run the long profile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wall, cpu = time.perf_counter(), time.process_time()
    with tqdm(total=given.histories, unit=" histories") as bar:
        report = play_histories(
            given.histories, seed=given.seed, weights=WEIGHTS, advance=bar.update, minutes=given.minutes
        )
    figures = {
        "data": "simulated: random histories of a small made-up office; half of the outputs are interrupted",
        "seed": given.seed,
        "histories": report.histories,
        "steps": report.steps,
        "interrupted_outputs": report.interrupted,
        "outputs_by_channel": dict(report.asked.most_common()),
        "postings_that_left_by_channel": dict(report.left.most_common()),
        "stale_or_blocked": int(bool(report.failure)),
        "failure": report.failure,
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "wall_seconds": round(time.perf_counter() - wall, 1),
    }
    write_result("gate", CLAIM, figures)
    for step in report.history:
        print(step)
    print(report.failure or f"{report.histories} histories, {report.asked.total()} outputs: nothing stale left")
    return int(bool(report.failure))


if __name__ == "__main__":
    sys.exit(main())
