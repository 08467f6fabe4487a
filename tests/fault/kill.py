"""Kill a push batch at random, at every write of a small run, pause it, start it several times at once (杀进程套件).

    python -m tests.fault.kill --target push --workers 12 --kills 1000 --seed 1
    python -m tests.fault.kill --target push --syscalls
    python -m tests.fault.kill --target push --pause
    python -m tests.fault.kill --target push --together
    … --twin NAME      plants a defect; the suite must then end with violations

Each suite prints one JSON line {suite, n, violations, seed, commit, secs} and, without a twin, keeps it in
benchmarks/results/fault.json. Exit status 1 when there are violations.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from benchmarks.measure import commit
from matcher.lexicon.places import place_of
from matcher.services.sending.batch_life import approve_batch
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from tests import push_world
from tests.fault.processes import LONGEST_RUN_S, exit_code, forked, killed_after, killed_at, paused
from tests.fault.push_audit import Withdrawn, audit, interleaved, sink_lines
from tests.fault.push_run import DATABASE, KEYS, OVERTAKEN, open_home, run, run_once
from tests.fault.twins import TWINS

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "fault.json"
SYSCALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink")
SPARE = 12  # postings nobody was planned for, to replace those that are withdrawn


@dataclass
class Suite:
    """What one suite found. n: faults injected, not counting runs that ended before theirs.

    again: messages that the sink was given once more under their key: 0 would mean that no fault fell between
    handing over and writing down.
    """

    name: str
    seed: int
    twin: str = ""
    n: int = 0
    worlds: int = 0
    again: int = 0
    violations: list[str] = field(default_factory=list)
    secs: float = 0.0

    def line(self) -> dict[str, object]:
        """The line for the results file."""
        return {
            "suite": self.name,
            "n": self.n,
            "violations": len(self.violations),
            "seed": self.seed,
            "again": self.again,
            "commit": commit(),
            "secs": round(self.secs, 1),
        }


@contextmanager
def worlds(people: int, postings: int) -> Iterator[Callable[[], Path]]:
    """Makes homes with an approved batch, each a copy of one that was built once."""
    place_of(push_world.VILLAGE)  # loads the gazetteer once, or every child would be killed while it does
    with tempfile.TemporaryDirectory(prefix="matcher-fault-") as folder:
        template = Path(folder) / "template"
        shutil.copytree(migrated(), template)
        database = open_home(template)
        _build(database, people, postings)
        database.close()
        counted = iter(range(1_000_000))

        def fresh() -> Path:
            home = Path(folder) / f"world-{next(counted)}"
            shutil.copytree(template, home)
            return home

        yield fresh


@lru_cache(maxsize=1)
def migrated() -> Path:
    """A home with an empty database of the newest schema, made once for all suites of this process."""
    home = Path(tempfile.mkdtemp(prefix="matcher-fault-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    database = Database.open(f"sqlite:///{home / DATABASE}", Keyring.create(home / KEYS))
    schema.upgrade(database.engine)
    database.close()
    return home


def _build(database: Database, people: int, postings: int) -> None:
    with database.writing(push_world.PLANNER) as session:
        push_world.add_people(session, range(people))
        push_world.add_postings(session, range(postings))
        used = postings - SPARE
        planned = {n: (2 * n % used, (2 * n + 1) % used) for n in range(people)}
        batch_id = push_world.plan(session, planned, wave_size=max(1, people // 3))
    approve_batch(database, batch_id, approver=push_world.APPROVER)


def random_kills(*, workers: int, kills: int, seed: int, twin: str = "") -> Suite:
    """Kill the run at a random moment of the time a whole one takes, audit, start it again.

    Postings are withdrawn in between. The time is measured first, so that a busy machine kills no earlier.
    """
    chance, began = random.Random(seed), time.monotonic()
    suite, postings = Suite("push-random-kill", seed, twin), 20 + SPARE
    with worlds(workers, postings) as fresh:
        whole = _seconds_of_a_run(fresh(), postings)
        while suite.n < kills and not suite.violations:
            home, gone = fresh(), []
            suite.worlds += 1
            while True:
                child = forked(lambda home=home: run(home, postings=postings, twin=twin))
                ended = killed_after(child, chance.uniform(0, whole))
                suite.n += not ended
                suite.violations += audit(home, ended=ended, withdrawn=tuple(gone))
                if ended or suite.violations or suite.n >= kills:
                    break
                if chance.random() < 0.3:
                    gone.append(_withdraw(home, chance.randrange(postings)))
            if not ended and not suite.violations:
                suite.violations += _finished(home, postings, twin, tuple(gone))
            suite.again += _given_again(home)
            shutil.rmtree(home)
    suite.secs = time.monotonic() - began
    return suite


def every_syscall(*, workers: int, seed: int, twin: str = "", step: int = 1) -> Suite:
    """Kill a small run at its 1st, 2nd, 3rd … write, pwrite64, fsync, fdatasync, rename and unlink, to the last.

    step: leave points out between those tried, for a quick run.
    """
    began = time.monotonic()
    suite, postings = Suite("push-every-syscall", seed, twin), 4 + SPARE
    with worlds(workers, postings) as fresh:
        for call in SYSCALLS:
            number, ended = 1, False
            while not ended:
                home = fresh()
                ended = killed_at(home, call, number, postings, twin)
                suite.n += not ended
                suite.violations += audit(home, ended=ended)
                if not ended:
                    suite.violations += _finished(home, postings, twin, ())
                suite.again += _given_again(home)
                shutil.rmtree(home)
                number += step
    suite.secs = time.monotonic() - began
    return suite


def pauses(*, workers: int, rounds: int, seed: int, twin: str = "") -> Suite:
    """Stop a sender, let a second one take over, wake the first: it may write nothing more."""
    chance, began = random.Random(seed), time.monotonic()
    suite, postings = Suite("push-pause", seed, twin), 20 + SPARE
    with worlds(workers, postings) as fresh:
        while suite.n < rounds and not suite.violations:
            home = fresh()
            suite.worlds += 1
            first = forked(lambda home=home: run(home, postings=postings, twin=twin))
            time.sleep(chance.uniform(0.05, 0.3))
            if not paused(first, home):
                shutil.rmtree(home)
                continue
            time.sleep(0.06)  # its lease runs out
            second = forked(lambda home=home: run(home, postings=postings, twin=twin))
            time.sleep(chance.uniform(0.05, 0.2))
            os.kill(first, signal.SIGCONT)
            codes = {exit_code(one) for one in (first, second)}
            suite.n += 1
            suite.violations += [f"a sender ended with {code}" for code in codes - {0, OVERTAKEN}]
            suite.violations += [*audit(home, ended=True), *interleaved(home)]
            shutil.rmtree(home)
    suite.secs = time.monotonic() - began
    return suite


def together(*, workers: int, rounds: int, seed: int, at_once: int = 4) -> Suite:
    """Start several senders at the same moment: one works, the others leave with status 0."""
    began = time.monotonic()
    suite, postings = Suite("push-together", seed), 20 + SPARE
    with worlds(workers, postings) as fresh:
        for _ in range(rounds):
            home = fresh()
            suite.worlds += 1
            children = [
                forked(lambda home=home: run_once(home, postings=postings), stopped=True)
                for _ in range(at_once)
            ]
            for child in children:
                os.waitpid(child, os.WUNTRACED)
            for child in children:
                os.kill(child, signal.SIGCONT)
            suite.violations += [f"a sender ended with {code}" for code in map(exit_code, children) if code]
            suite.n += 1
            suite.violations += audit(home, ended=False)
            shutil.rmtree(home)
    suite.secs = time.monotonic() - began
    return suite


def _seconds_of_a_run(home: Path, postings: int) -> float:
    began = time.monotonic()
    killed_after(forked(lambda: run(home, postings=postings)), LONGEST_RUN_S)
    shutil.rmtree(home)
    return time.monotonic() - began


def _finished(home: Path, postings: int, twin: str, gone: tuple[Withdrawn, ...]) -> list[str]:
    """Let the batch run to its end without a fault, and audit it."""
    child = forked(lambda: run(home, postings=postings, twin=twin))
    if not killed_after(child, LONGEST_RUN_S):
        return ["the batch does not come to an end"]
    return audit(home, ended=True, withdrawn=gone)


def _given_again(home: Path) -> int:
    keys = [line["key"] for line in sink_lines(home)]
    return len(keys) - len(set(keys))


def _withdraw(home: Path, number: int) -> Withdrawn:
    lines = len(sink_lines(home))
    database = open_home(home)
    push_world.withdraw_posting(database, number)
    database.close()
    return Withdrawn(lines, frozenset({push_world.posting_id(number)}))


def keep(suite: Suite) -> None:
    """Put the line of a suite into the results file, in the place of its last one."""
    lines = [json.loads(line) for line in RESULTS.read_text("utf-8").splitlines()] if RESULTS.exists() else []
    kept = [line for line in lines if line["suite"] != suite.name] + [suite.line()]
    RESULTS.write_text("".join(json.dumps(line) + "\n" for line in kept), "utf-8")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=["push"], default="push")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--twin", choices=["", *TWINS], default="")
    for name in ("syscalls", "pause", "together"):
        parser.add_argument(f"--{name}", action="store_true")
    asked = parser.parse_args()
    if asked.syscalls:
        suite = every_syscall(workers=asked.workers or 3, seed=asked.seed, twin=asked.twin)
    elif asked.pause:
        suite = pauses(workers=asked.workers or 60, rounds=asked.rounds, seed=asked.seed, twin=asked.twin)
    elif asked.together:
        suite = together(workers=asked.workers or 12, rounds=asked.rounds, seed=asked.seed)
    else:
        suite = random_kills(workers=asked.workers or 12, kills=asked.kills, seed=asked.seed, twin=asked.twin)
    print(json.dumps(suite.line() | ({"twin": suite.twin} if suite.twin else {})))
    for sentence in suite.violations[:20]:
        print(f"  {sentence}", file=sys.stderr)
    if not suite.twin:
        keep(suite)
    return 1 if suite.violations else 0


if __name__ == "__main__":
    sys.exit(main())
