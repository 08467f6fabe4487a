"""Claim: a kiosk weighs under 150 KB, answers in 300 ms while 50 are in use, and keeps 80 % of its peak at 3× load.

One service, one process, on loopback; 48,584 postings, or the sample county where they are not at hand. Every
kiosk is a paired device that goes from the first picture to a slip, again and again. Requests leave on a clock
whether or not earlier ones have come back (open loop), so waiting is counted. The clients run on the same machine.
The load average before each part is written beside its figures; what the clients could not send in time is seen
in `offered_per_s`.

    python -m benchmarks.kiosk_load [HOME]

HOME: an installation that holds the postings already; without it one is made for the run.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from api.accounts.csrf import token_for
from benchmarks.measure import POSTINGS, percentiles_ms, timed, write_result
from benchmarks.service import served
from matcher.config import Config
from matcher.demo.county import County
from matcher.domain.service_terms import Role
from matcher.services.accounts.devices import pair_device, pairing_code
from matcher.services.accounts.managing import create_account
from matcher.services.imports.import_file import import_file
from matcher.services.installation import create_home
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository

STEPS = 6  # taps of one turn, the slip included
KIOSKS = 50
SECONDS_BETWEEN = 2.0
LOAD_S, PEAK_S, OVERLOAD_S = 40.0, 10.0, 20.0
OVERLOAD = 3.0
PEAK_CLIENTS = 16
IN_TIME_S = 1.0  # an answer later than this is no use to whoever stands there
QUIET_TURNS = 15
ASSETS = ("kiosk.css", "kiosk.js", "tokens.css")
AIMS = ("today", "steady", "near", "board", "family")
TRADES = ("any", "brick", "clean", "kitchen", "guard", "driver", "factory", "shop")
REACHES = ("walk", "circle", "ride_30", "anywhere")
_VISIT = re.compile(r'name="visit" value="([^"]+)"')
_POSTING = re.compile(r'name="posting" value="([^"]+)">我要去')


@dataclass(frozen=True)
class Answer:
    """What came back. retry: with Retry-After."""

    status: int
    retry: bool
    body: bytes


@dataclass(frozen=True)
class Client:
    """A browser's requests at the least cost, so that the clients are not what is measured."""

    host: str
    port: int

    async def get(self, path: str, session: str = "") -> Answer:
        return await self._ask(f"GET {path} HTTP/1.1\r\n", session, "")

    async def post(self, path: str, fields: dict[str, str], session: str) -> Answer:
        body = urlencode(fields)
        head = (
            f"POST {path} HTTP/1.1\r\nX-CSRF-Token: {token_for(session)}\r\nX-Kiosk: 1\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        )
        return await self._ask(head, session, body)

    async def _ask(self, head: str, session: str, body: str) -> Answer:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        common = f"Host: {self.host}:{self.port}\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        writer.write(f"{head}{common}Cookie: matcher_session={session}\r\n\r\n{body}".encode())
        try:
            told = await reader.read(-1)
        finally:
            writer.close()
        top, _, content = told.partition(b"\r\n\r\n")
        if not top:
            raise ConnectionError
        return Answer(int(top.split(b" ", 2)[1]), b"\r\nretry-after:" in top.lower(), content)


@dataclass
class Kiosk:
    """One machine and the turn it is in. number picks what is tapped."""

    client: Client
    session: str
    number: int
    step: int = 0
    visit: str = ""
    posting: str = ""
    busy: bool = False

    async def next_step(self) -> Answer:
        """The next tap of the turn; one that was refused is made again."""
        name = ("open", "aim", "trade", "reach", "more", "slip")[self.step]
        fields = {
            "aim": {"aim": AIMS[self.number % len(AIMS)]},
            "trade": {"trade": TRADES[self.number % len(TRADES)]},
            "reach": {"reach": REACHES[self.number % len(REACHES)]},
            "slip": {"posting": self.posting},
        }.get(name, {})
        if name == "open":
            answer = await self.client.get("/kiosk", self.session)
        else:
            answer = await self.client.post(f"/kiosk/{name}", {"visit": self.visit} | fields, self.session)
        if answer.status == 200:
            self._read(answer.body.decode())
        return answer

    def _read(self, html: str) -> None:
        visit, posting = _VISIT.search(html), _POSTING.search(html)
        self.visit = visit[1] if visit else self.visit
        self.posting = posting[1] if posting else self.posting
        self.step += 1
        if self.step == STEPS:
            self.step, self.number = 0, self.number + 7


@dataclass
class Seen:
    """What came back. seconds: from the moment a request was due; by step of the turn as well."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    by_step: dict[int, list[float]] = field(default_factory=dict)
    good: int = 0
    told_when: int = 0

    async def ask(self, kiosk: Kiosk, due: float) -> None:
        """One request of a kiosk, counted from when it was due."""
        kiosk.busy, step = True, kiosk.step
        try:
            answer = await kiosk.next_step()
            status, retry = answer.status, answer.retry
        except OSError:
            status, retry = 0, False
        took = time.perf_counter() - due
        kiosk.busy = False
        self.statuses[status] += 1
        self.told_when += status == 503 and retry
        if status == 200:
            self.seconds.append(took)
            self.by_step.setdefault(step, []).append(took)
            self.good += took <= IN_TIME_S


def main() -> None:
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(sys.argv[1] if len(sys.argv) > 1 else folder).absolute()
        config = Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")
        database = create_home(config)
        with timed(figures, "prepare_s"):
            figures["postings"] = _stored(database) or _postings(database, config, home)
        sessions = _devices(database)
        database.close()
        with served(home) as url:
            asyncio.run(_measure(url, sessions, figures))
    write_result("kiosk", __doc__.splitlines()[0], figures)


async def _measure(url: str, sessions: list[str], figures: dict[str, Any]) -> None:
    address = urlsplit(url)
    client = Client(address.hostname or "", address.port or 0)
    for part in (_quiet, _fifty, _fifty_in_step, _overloaded):
        name = part.__name__.strip("_")
        before = os.getloadavg()[0]
        figures[name] = await part(client, sessions) | {"load_average_before": round(before, 2)}
        print(f"  {name}: {figures[name]}", flush=True)


async def _quiet(client: Client, sessions: list[str]) -> dict[str, Any]:
    """One kiosk alone: what a first view weighs and takes, and how long jobs take."""
    kiosk, seen = Kiosk(client, sessions[0], 0), Seen()
    for _ in range(6):  # the first of everything reads tables and templates
        await kiosk.next_step()
    views: list[float] = []
    weight = 0
    for _ in range(QUIET_TURNS):
        begun = time.perf_counter()
        page = await kiosk.next_step()
        assets = [await client.get(f"/static/{name}") for name in ASSETS]
        views.append(time.perf_counter() - begun)
        weight = sum(len(one.body) for one in (page, *assets))
        for _ in range(5):
            await seen.ask(kiosk, time.perf_counter())
    return {
        "page_weight_bytes": weight,
        "first_view": percentiles_ms(views),
        "results": percentiles_ms(seen.by_step[3]),
        "slip": percentiles_ms(seen.by_step[5]),
        "every_tap": percentiles_ms(seen.seconds),
    }


async def _fifty(client: Client, sessions: list[str]) -> dict[str, Any]:
    """Fifty kiosks, a tap every two seconds each, people at different steps of their way."""
    return await _fifty_people(client, sessions, steps_apart=STEPS)


async def _fifty_in_step(client: Client, sessions: list[str]) -> dict[str, Any]:
    """The worst moment: all fifty ask for their jobs within the same two seconds."""
    return await _fifty_people(client, sessions, steps_apart=1)


async def _fifty_people(client: Client, sessions: list[str], *, steps_apart: int) -> dict[str, Any]:
    kiosks = [Kiosk(client, sessions[number], number) for number in range(KIOSKS)]
    for number, kiosk in enumerate(kiosks):
        for _ in range(number % steps_apart):
            await kiosk.next_step()
    seen, begin = Seen(), time.perf_counter() + 0.5

    async def use(number: int) -> None:
        kiosk = kiosks[number]
        for tap in range(int(LOAD_S / SECONDS_BETWEEN)):
            due = begin + number * SECONDS_BETWEEN / KIOSKS + tap * SECONDS_BETWEEN
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await seen.ask(kiosk, due)

    await asyncio.gather(*(use(number) for number in range(KIOSKS)))
    return {
        "every_tap": percentiles_ms(seen.seconds),
        "results": percentiles_ms(seen.by_step[3]),
        "statuses": dict(seen.statuses),
    }


async def _overloaded(client: Client, sessions: list[str]) -> dict[str, Any]:
    """The peak of a few clients that never wait, then an open loop at three times that rate."""
    peak = await _peak(client, sessions)
    seen, kiosks, running = Seen(), [], set()
    rate = OVERLOAD * peak
    begin = time.perf_counter() + 0.2
    for tick in range(int(rate * OVERLOAD_S)):
        due = begin + tick / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        kiosk = next((one for one in kiosks if not one.busy), None)
        if kiosk is None:
            kiosk = Kiosk(client, sessions[len(kiosks) % KIOSKS], len(kiosks))
            kiosks.append(kiosk)
        kiosk.busy = True
        task = asyncio.create_task(seen.ask(kiosk, due))
        running.add(task)
        task.add_done_callback(running.discard)
    sent_s = time.perf_counter() - begin
    await asyncio.gather(*running)
    after = Seen()
    recovering = Kiosk(client, sessions[0], 1)
    for _ in range(12):
        await after.ask(recovering, time.perf_counter())
    goodput = seen.good / sent_s
    return {
        "peak_per_s": round(peak, 1),
        "offered_per_s": round(sum(seen.statuses.values()) / sent_s, 1),
        "goodput_per_s": round(goodput, 1),
        "share_of_peak": round(goodput / peak, 3),
        "statuses": dict(seen.statuses),
        "refusals_with_retry_after": seen.told_when,
        "accepted": percentiles_ms(seen.seconds),
        "right_after": percentiles_ms(after.seconds),
    }


async def _peak(client: Client, sessions: list[str]) -> float:
    """Good answers a second of PEAK_CLIENTS kiosks that tap as soon as they can."""
    seen, until = Seen(), time.perf_counter() + PEAK_S

    async def use(number: int) -> None:
        kiosk = Kiosk(client, sessions[number], number)
        while time.perf_counter() < until:
            await seen.ask(kiosk, time.perf_counter())

    await asyncio.gather(*(use(number) for number in range(PEAK_CLIENTS)))
    return seen.good / PEAK_S


def _stored(database: Database) -> int:
    with database.reading() as session:
        return PostingRepository(session).counts().stored


def _postings(database: Database, config: Config, home: Path) -> int:
    if POSTINGS.exists():
        result = import_file(database, POSTINGS, corrections_folder=config.import_folder, kind="postings")
    else:
        files = County.generate(3, 200, 1_500, today=datetime.now(UTC).date()).write_files(home / "files")
        chosen = next(path for path in files if path.name == "postings.xlsx")
        result = import_file(database, chosen, corrections_folder=config.import_folder, source="sample")
    return result.rows_read


def _devices(database: Database) -> list[str]:
    """Session tokens of KIOSKS paired machines."""
    tokens = []
    for number in range(KIOSKS):
        login = f"bench-{number}-{os.getpid()}"
        create_account(database, login, Role.KIOSK_DEVICE, actor="bench", name=f"样例自助机{number}")
        tokens.append(pair_device(database, pairing_code(database, login, actor="bench")).token)
    return tokens


if __name__ == "__main__":
    main()
