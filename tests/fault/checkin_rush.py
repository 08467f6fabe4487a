"""Kill the desk in the middle of a check-in rush: nothing that was confirmed is lost, nobody comes twice.

    python -m tests.fault.checkin_rush --kills 100 --seed 1

Two desks check in people of one fair at once; one of them is killed with SIGKILL at a random moment and starts again
from the beginning of its list. Each desk writes down, flushed to disk, whom it told "已签到". A twin that confirms
before it commits, and one that does not look for an earlier check-in, must be caught.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.event_terms import CheckinVia
from matcher.errors import Unavailable
from matcher.services.fairs import arriving
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.tables.events import CheckinRow
from tests.fair_world import ready
from tests.fault.kill import Suite, keep
from tests.fault.processes import exit_code, forked, killed_after
from tests.push_world import worker_id

PEOPLE = 14
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LONGEST_S = 0.5
Plant = Callable[[], object] | None


@dataclass
class Report:
    """Rounds played, desks killed in the middle, people confirmed, and what went wrong."""

    rounds: int = 0
    killed: int = 0
    confirmed: int = 0
    failures: list[str] = field(default_factory=list)


@contextmanager
def office() -> Iterator[Path]:
    """A folder with a planned fair, number 1."""
    with tempfile.TemporaryDirectory(prefix="matcher-rush-") as name:
        folder = Path(name)
        keyring = Keyring.create(folder / "keys.json")
        engine = open_engine(f"sqlite:///{folder / 'office.db'}", keyring=keyring, check=False)
        schema.upgrade(engine)
        database = Database(engine, keyring, FixedClock(START))
        ready(database, people=PEOPLE, booths=3, slots=PEOPLE)
        database.close()
        yield folder


def opened(folder: Path) -> Database:
    keyring = Keyring.load(folder / "keys.json")
    return Database.open(f"sqlite:///{folder / 'office.db'}", keyring, clock=FixedClock(START), check=False)


def desk(folder: Path, name: str, order: list[int]) -> Callable[[], int]:
    """A desk that checks everybody in and writes down whom it confirmed."""

    def work() -> int:
        database = opened(folder)
        out = os.open(folder / f"{name}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number in order:
            for _ in range(20):
                try:
                    arriving.check_in_person(database, 1, worker_id(number), actor=name)
                    break
                except Unavailable:  # the other desk holds the database
                    time.sleep(0.02)
            os.write(out, f"{worker_id(number)}\n".encode())
            os.fsync(out)
        database.close()
        return 0

    return work


def play(rounds: int, seed: int, *, plant: Plant = None) -> Report:
    """So many rushes, each with one desk killed and started again."""
    drawn, report = random.Random(seed), Report()
    for _ in range(rounds):
        with office() as folder:
            orders = [drawn.sample(range(PEOPLE), PEOPLE) for _ in range(2)]
            with patch.object(ShortlistRepository, "check_in", plant()) if plant else _nothing():
                other = forked(desk(folder, "甲", orders[0]))
                victim = forked(desk(folder, "乙", orders[1]))
                ended = killed_after(victim, drawn.uniform(0.05, LONGEST_S))
                report.killed += not ended
                told = _told(folder)
                before = _here(folder)
                exit_code(other)
                exit_code(forked(desk(folder, "乙", orders[1])))
            _judge(folder, told, before, report)
        report.rounds += 1
        if report.failures:
            break
    return report


def _judge(folder: Path, told: list[str], before: Counter[str], report: Report) -> None:
    here = _here(folder)
    lost = sorted((set(told) - set(before)) | (set(_told(folder)) - set(here)))
    twice = sorted(one for one, times in here.items() if times > 1)
    missing = {worker_id(number) for number in range(PEOPLE)} - set(here)
    report.confirmed += len(told)
    report.failures += [f"confirmed and lost: {one}" for one in lost]
    report.failures += [f"checked in twice: {one}" for one in twice]
    report.failures += [f"never checked in: {one}" for one in sorted(missing)]


def _told(folder: Path) -> list[str]:
    """Whom the desks confirmed; a last line cut short by the kill was not confirmed."""
    found = []
    for path in folder.glob("*.txt"):
        found += path.read_text(encoding="utf-8").rpartition("\n")[0].split()
    return found


def _here(folder: Path) -> Counter[str]:
    database = opened(folder)
    with database.reading() as session:
        found = Counter(str(row.worker_id) for row in session.scalars(select(CheckinRow)))
    database.close()
    return found


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def without_looking() -> object:
    """The twin that puts a person in without looking whether they are in."""

    def check_in(self: ShortlistRepository, event_id: int, who: str, via: CheckinVia, *, walk_in: bool = False) -> object:
        made = CheckinRow(event_id=event_id, worker_id=who, at=START, via=via, walk_in=walk_in)
        self._session.add(made)
        self._session.flush()
        return made, True

    return check_in


def without_keeping() -> object:
    """The twin that confirms what it never wrote."""

    def check_in(self: ShortlistRepository, event_id: int, who: str, via: CheckinVia, *, walk_in: bool = False) -> object:
        return CheckinRow(event_id=event_id, worker_id=who, at=START, via=via, walk_in=walk_in), True

    return check_in


def main() -> int:
    """1 when something was lost or doubled, or a twin was not caught."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    began = time.monotonic()
    report = play(options.kills, options.seed)
    keep(Suite("check-in-rush-kill", options.seed, n=report.killed, violations=report.failures, secs=time.monotonic() - began))
    print(f"{report.rounds} rushes, {report.killed} killed in the middle, {report.confirmed} confirmed: {report.failures or 'none lost, none twice'}")
    twins = {plant.__name__: play(3, options.seed, plant=plant).failures for plant in (without_looking, without_keeping)}
    for name, failures in twins.items():
        print(f"twin {name}: {failures[:1] or 'NOT CAUGHT'}")
    return int(bool(report.failures) or not all(twins.values()))


if __name__ == "__main__":
    sys.exit(main())
