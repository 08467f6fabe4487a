"""Kill the server in the middle of a livestream: consoles listen, leads come in, postings go on air (直播杀进程套件).

    python -m tests.fault.live_session --kills 20 --seed 1
    … --twin NAME      plants a defect; the suite must then end with violations

Nothing that was acknowledged may be lost, nothing may be there twice, and every console hears every signal once, in
order, over any number of broken connections.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
from sqlalchemy import select

from matcher.domain.posting_terms import PublishState
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.live import LiveLeadRow, LiveSignalRow
from tests.fault.kill import Suite, keep
from tests.fault.live_home import LiveHome, kill, live_home
from tests.fault.live_server import TWINS

SUITE = "live-session-kill"
CONSOLES = 2
SILENT = 2.5  # seconds without a new signal after which a console is taken to have caught up
LONGEST_CATCH_UP_S = 20.0


@dataclass
class Console:
    """A console that stays: it connects again whenever it is cut off, naming the last signal it heard."""

    home: LiveHome
    heard: list[int] = field(default_factory=list)
    resets: int = 0
    connections: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._listen, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._over.set()

    def _listen(self) -> None:
        while not self._over.is_set():
            last = {"Last-Event-ID": str(self.heard[-1])} if self.heard else {}
            try:
                with httpx.stream(
                    "GET", f"{self.home.url}/signals?after=0", headers=self.home.headers | last, timeout=10
                ) as answer:
                    self.connections += 1
                    self._read(answer)
            except httpx.TransportError:
                time.sleep(0.05)

    def _read(self, answer: httpx.Response) -> None:
        number = 0
        for line in answer.iter_lines():
            if self._over.is_set():
                return
            if line.startswith("id: "):
                number = int(line[4:])
            elif line == "event: reset":
                self.resets += 1
            elif line.startswith("data: {") and number:
                self.heard.append(number)
                number = 0


@dataclass
class Said:
    """What the server has acknowledged."""

    leads: set[tuple[int, str]] = field(default_factory=set)
    aired: int = 0
    version: int = 0


def play(home: LiveHome, said: Said, chance: random.Random, until: float) -> None:
    """A host and a busy chat, until the time is up or the server is gone. What was not answered is said again."""
    with httpx.Client(headers=home.headers, timeout=5) as client:
        try:
            while time.monotonic() < until:
                number, phone = chance.choice((1, 2, 3, 5, 6)), f"1380000{chance.randrange(400):04d}"
                paste = {"text": f"{number}号 {phone}\n{number}号 +86 {phone}"}
                if client.post(f"{home.url}/leads", json=paste).status_code == 200:
                    said.leads.add((number, phone))
                if chance.random() < 0.15:
                    said.version = client.get(home.url).json()["version"]
                    edit = {"version": said.version, "short_no": number}
                    said.aired += client.post(f"{home.url}/air", json=edit).status_code == 200
        except httpx.TransportError:
            pass


def session_with_kills(
    kills: int, seed: int, *, twin: str = "", between_s: tuple[float, float] = (0.4, 1.2)
) -> Suite:
    """One livestream through so many kills, audited at the end."""
    suite, chance, began = Suite(SUITE, seed, twin), random.Random(seed), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="matcher-live-") as folder:
        home = live_home(Path(folder))
        server = home.serve(twin)
        said, consoles = Said(), [Console(home) for _ in range(CONSOLES)]
        threads = [console.start() for console in consoles]
        try:
            for _ in range(kills):
                _play_and_kill(home, said, chance, server, between_s)
                suite.n += 1
                _while_it_is_down(home, chance)
                server = home.serve(twin)
            play(home, said, chance, time.monotonic() + between_s[0])
            _wait_for(consoles)
        finally:
            for console in consoles:
                console.stop()
            kill(server)
            for thread in threads:
                thread.join(timeout=12)
        suite.violations = audit(home, said, consoles)
        suite.worlds = 1
    suite.secs = time.monotonic() - began
    return suite


def _play_and_kill(
    home: LiveHome, said: Said, chance: random.Random, server: BaseProcess, between_s: tuple[float, float]
) -> None:
    """The host goes on while the server is killed from outside, in the middle of whatever it does."""
    ends = time.monotonic() + chance.uniform(*between_s)
    playing = threading.Thread(target=play, args=(home, said, chance, ends + 5))
    playing.start()
    time.sleep(max(0.0, ends - time.monotonic()))
    kill(server)
    playing.join()


def _while_it_is_down(home: LiveHome, chance: random.Random) -> None:
    """The office goes on: places fill and a posting may be withdrawn, and nobody tells the consoles yet."""
    database = home.opened()
    with database.writing("office") as session:
        repository = PostingRepository(session)
        repository.set_headcount_left(f"p{chance.randrange(4)}", chance.randint(1, 19))
        if chance.random() < 0.3:
            repository.set_states(["p5"], publish_state=PublishState.WITHDRAWN)
    database.close()


def _wait_for(consoles: list[Console]) -> None:
    """Until nobody has heard anything new for a while."""
    until, counts, since = time.monotonic() + LONGEST_CATCH_UP_S, [-1], time.monotonic()
    while time.monotonic() < until and time.monotonic() - since < SILENT:
        now = [len(console.heard) for console in consoles]
        if now != counts:
            counts, since = now, time.monotonic()
        time.sleep(0.05)


def audit(home: LiveHome, said: Said, consoles: list[Console]) -> list[str]:
    """What is wrong; empty when nothing is."""
    database = home.opened()
    with database.reading() as session:
        leads = session.execute(select(LiveLeadRow.short_no, LiveLeadRow.phone)).all()
        signals = list(session.scalars(select(LiveSignalRow.id).order_by(LiveSignalRow.id)))
        last = session.execute(
            select(LiveSignalRow.payload).where(LiveSignalRow.kind == "leads").order_by(LiveSignalRow.id.desc())
        ).first()
    database.close()
    stored = [(number, phone) for number, phone in leads]
    wrong = [f"an acknowledged lead is lost ({len(said.leads - set(stored))})"] * bool(said.leads - set(stored))
    wrong += ["a lead is there twice"] * (len(stored) != len(set(stored)))
    wrong += ["the consoles were told another number of leads"] * bool(last and last[0]["total"] != len(stored))
    wrong += ["nothing was acknowledged: the suite proves nothing"] * (not said.leads)
    for number, console in enumerate(consoles):
        if console.heard != sorted(set(console.heard)):
            wrong.append(f"console {number} heard a signal twice or out of order")
        if console.heard != signals:
            wrong.append(f"console {number} heard {len(console.heard)} of {len(signals)} signals")
        if console.resets:
            wrong.append(f"console {number} was told to begin anew")
    return wrong


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--twin", choices=list(TWINS), default="")
    asked = parser.parse_args()
    suite = session_with_kills(asked.kills, asked.seed, twin=asked.twin)
    print(json.dumps(suite.line() | ({"twin": suite.twin} if suite.twin else {})))
    for sentence in suite.violations:
        print(f"  {sentence}", file=sys.stderr)
    if not suite.twin:
        keep(suite)
    return 1 if suite.violations else 0


if __name__ == "__main__":
    sys.exit(main())
