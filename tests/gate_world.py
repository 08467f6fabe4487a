"""A small office whose every output is compared with the truth at the moment something leaves it.

A history is a list of steps, plain data, so that one that went wrong can be repeated and made shorter. A step
changes postings or asks one channel; a change may also be made to fall into the middle of an output, between two
transactions of it: what was checked before such a moment is no check.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from matcher.clock import FixedClock
from matcher.config import Config
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PostingKind, PublishState, ReviewState
from matcher.domain.record_terms import FindingState, Severity
from matcher.domain.service_terms import BlacklistReason
from matcher.domain.values import Pay, Place
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.ranking.rule_scorer import RuleScorer
from matcher.services import indexing
from matcher.services.live_index import LiveIndex
from matcher.services.matching import MatchingService
from matcher.services.review.reviewing import posting_findings
from matcher.services.runtime import Runtime
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.employers import EmployerRepository, employer_id_for
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.imports import ImportRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import Base
from tests.office_model import BLOCKED, CLEAN, EMPLOYERS, REPORTED, TO_REWRITE, Known, LetterModel, first_told
from tests.push_world import VILLAGE, add_people, posting_id, worker_id

START = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
SOURCE = "county"
POSTINGS = 3
PEOPLE = 2
HOME = Place("样例村", VILLAGE)
KEPT = frozenset(
    {"workers", "worker_intents", "worker_certificates", "worker_identities", "worker_phones", "consents",
     "index_changes", "audit_log"}
)  # fmt: skip
"""Tables that a new history leaves as they are: people stay, and the log tells the index what went."""
HISTORIES_AN_INDEX = 300
"""The index only grows; a fresh one now and then keeps asking it cheap."""
INTERRUPTED_BEFORE = (0, 1, 1, 1, 2, 2, 3, 5, 7, 9, 11, 13)
"""Transactions of an output that go undisturbed: a text takes one or two, a push a dozen."""
MOSTLY_LIVE = (PublishState.LIVE,) * 3 + tuple(PublishState)
MOSTLY_PASSED = (ReviewState.PASSED,) * 3 + tuple(ReviewState)


class Stale(AssertionError):
    """Something left that must not have left."""


@dataclass(frozen=True)
class Step:
    """One thing that happens. what: a change or "ask"; meanwhile: a change in the middle of an output."""

    what: str
    key: int = 0
    value: Any = None
    meanwhile: Step | None = None
    before_transaction: int = 1


class WatchedDatabase(Database):
    """Calls `between` before each transaction with its number, from 0, while an output is being made."""

    between: Callable[[], None] | None = None

    @contextmanager
    def reading(self) -> Iterator[StoreSession]:
        if self.between:
            self.between()
        with super().reading() as session:
            yield session

    @contextmanager
    def writing(self, actor: str = "system") -> Iterator[StoreSession]:
        if self.between:
            self.between()
        with super().writing(actor) as session:
            yield session


@lru_cache(maxsize=1)
def template() -> tuple[tempfile.TemporaryDirectory[str], Path, Keyring]:
    """An empty migrated database to copy; its folder goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="matcher-gate-")
    path = Path(folder.name) / "template.db"
    keyring = Keyring.create(Path(folder.name) / "keyring.json")
    engine = open_engine(f"sqlite:///{path}", keyring=keyring)
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return folder, path, keyring


@lru_cache(maxsize=64)
def found_by_the_rules(text: str) -> tuple[dict[str, Any], ...]:
    """What the compliance rules find in duties; they take longer than everything else here."""
    return tuple(posting_findings(Posting("p", "搬运工", duties=text)))


@dataclass
class GateWorld:
    """The office, what is known of its postings, and what left it. Close it after use."""

    folder: Path
    database: WatchedDatabase = field(init=False)
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))
    known: dict[int, Known] = field(default_factory=dict)
    blacklist: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    written: int = 0
    histories: int = 0
    channel: str = ""
    key: int = 0
    """The posting that is asked about, where a channel is asked about one."""
    stale: str = ""
    """What left though it must not have."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What channels set up once and use again in the same history."""

    def __post_init__(self) -> None:
        _, path, keyring = template()
        shutil.copyfile(path, self.folder / "gate.db")
        url = f"sqlite:///{self.folder / 'gate.db'}"
        engine = open_engine(url, keyring=keyring, check=False)
        self.database = WatchedDatabase(engine, keyring, self.clock)
        self.config = Config(self.folder, url, self.folder / "keyring.json")
        self._tables = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name not in KEPT]
        with self.database.writing("样例甲") as session:
            for number in range(PEOPLE):
                add_people(session, [number], worker=Worker(worker_id(number), text="搬运工", place=HOME))
        self.encoder = Encoder(LetterModel(), "letters")
        self._patched = patch.object(indexing, "_encoder", lambda path: self.encoder)
        self._patched.start()
        self.runtime = self._opened()

    def _opened(self) -> Runtime:
        index, scorer = LiveIndex(self.database, self.encoder, self.folder / "index"), RuleScorer()
        index.start()
        return Runtime(
            self.config, self.database, self.encoder, scorer, index, MatchingService(self.encoder, scorer)
        )

    def close(self) -> None:
        self._patched.stop()
        self.database.close()

    def begin_again(self) -> None:
        """Forget all postings and all that came of them; people stay."""
        with self.database.writing("样例甲") as session:
            PostingRepository(session)._log([posting_id(key) for key in self.known])
            connection = session.connection().connection.driver_connection
            for table in self._tables:
                connection.execute(f"DELETE FROM {table}")
        self.known.clear()
        self.blacklist.clear()
        self.kept.clear()
        self.stale = ""
        self.clock.at = START
        self.histories += 1
        if self.histories % HISTORIES_AN_INDEX == 0:
            self.runtime = self._opened()

    def may_leave(self, one: str) -> bool:
        """The truth, by what is known."""
        key = int(one[1:])
        return key in self.known and self.known[key].shown(self.clock.at, self.blacklist)

    def leaves(self, *posting_ids: str) -> None:
        """Called by a channel at the moment of output. Raises Stale, which a service may swallow: `stale` stays."""
        for one in posting_ids:
            if not self.may_leave(one):
                self.stale = f"{self.channel}: {one} left though {self.known.get(int(one[1:]))}"
                raise Stale(self.stale)
        self.left[self.channel] += len(posting_ids)

    def play(self, step: Step, channels: Mapping[str, Callable[[GateWorld], None]]) -> None:
        """Let one thing happen."""
        if step.what != "ask":
            getattr(self, step.what)(step.key, step.value)
            return
        self.channel, self.key = str(step.value), step.key
        self.asked[self.channel] += 1
        waiting, number = [step.meanwhile] if step.meanwhile else [], 0

        def between() -> None:
            nonlocal number
            number += 1
            if waiting and number > step.before_transaction:
                change = waiting.pop()
                self.database.between = None
                self.play(change, channels)
                self.database.between = between

        self.database.between = between
        try:
            channels[self.channel](self)
        finally:
            self.database.between = None

    def told(self, key: int, value: tuple[Any, ...]) -> None:
        """A file tells of some postings; full: of all there are."""
        rows, full = value
        today = self.clock.at
        with self.database.writing("样例甲") as session:
            job = self._job(session) if full else None
            self._write(session, rows, today, job)
            if job is not None:
                PostingRepository(session).withdraw_absent(SOURCE, job)
        for one in set(self.known) - {row[0] for row in rows} if full else ():
            if self.known[one].state in (PublishState.LIVE, PublishState.PAUSED):
                self.known[one].state, self.known[one].absent = PublishState.WITHDRAWN, True

    def _job(self, session: StoreSession) -> int:
        return ImportRepository(session).start(
            entity="posting", source=SOURCE, file_name="a.csv", file_sha256="0" * 64, full=True
        )

    def _write(
        self, session: StoreSession, rows: Sequence[tuple[Any, ...]], today: datetime, job: int | None
    ) -> None:
        states = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}
        names = {row[1] for row in rows}
        EmployerRepository(session).ensure({employer_id_for(name): name for name in names})
        made, found = [], {}
        for key, employer, text, begins, length in rows:
            start = None if begins is None else today + timedelta(hours=begins)
            end = None if length is None else (start or today) + timedelta(hours=length)
            told, before = first_told(employer, text, start, end), self.known.get(key)
            self.known[key] = told if before is None else before.told_again(told)
            found[posting_id(key)] = found_by_the_rules(text)
            posting = Posting(
                posting_id(key),
                "搬运工",
                duties=text,
                requirements="能吃苦",
                source=SOURCE,
                employer_id=employer_id_for(employer),
                employer_name=employer,
                pay=Pay(20_000, 20_000),
                place=Place("样例镇", "130629100000"),
                headcount=3,
                kind=PostingKind.GIG,
                valid_from=start,
                valid_to=end,
            )
            made.append(posting_to_row(posting, states))
        PostingRepository(session).upsert(made, job_id=job)
        FindingRepository(session).replace(found, rules_only=True)

    def places(self, key: int, left: int) -> None:
        """Places are counted again."""
        if key in self.known:
            with self.database.writing("样例甲") as session:
                PostingRepository(session).set_headcount_left(posting_id(key), left)
            self.known[key].left = left

    def publish(self, key: int, state: PublishState) -> None:
        """The office publishes or takes down."""
        if key in self.known:
            with self.database.writing("样例甲") as session:
                PostingRepository(session).set_states([posting_id(key)], publish_state=state)
            self.known[key].state, self.known[key].absent = state, False

    def review(self, key: int, state: ReviewState) -> None:
        """The office reviews."""
        if key in self.known:
            with self.database.writing("样例甲") as session:
                PostingRepository(session).set_states([posting_id(key)], review_state=state)
            self.known[key].review = state

    def bar(self, key: int, barred: bool) -> None:
        """An employer goes on or off the blacklist."""
        name = EMPLOYERS[key % len(EMPLOYERS)]
        if not any(one.employer == name for one in self.known.values()):
            return
        with self.database.writing("样例甲") as session:
            employers = EmployerRepository(session)
            if barred:
                employers.blacklist(employer_id_for(name), BlacklistReason.FALSE_POSTING, "样例1号")
            else:
                employers.lift_blacklist(employer_id_for(name))
        (self.blacklist.add if barred else self.blacklist.discard)(name)

    def complain(self, key: int, severity: Severity) -> None:
        """A person reports something; it takes the place of all that was found before."""
        if key not in self.known:
            return
        self.written += 1
        with self.database.writing("样例甲") as session:
            PostingRepository(session).set_findings(
                posting_id(key), [REPORTED | {"severity": severity, "span_end": self.written}]
            )
        self.known[key].rules_say = None
        self.known[key].person_says = FindingState.OPEN if severity is Severity.BLOCK else None

    def decide(self, key: int, state: FindingState) -> None:
        """The office decides on everything that was found."""
        if key not in self.known:
            return
        with self.database.writing("样例甲") as session:
            findings = FindingRepository(session)
            for one in findings.of_posting(posting_id(key)):
                findings.decide(one.finding_id, state)
        one_known = self.known[key]
        one_known.rules_say = one_known.rules_say and state
        one_known.person_says = one_known.person_says and state

    def pass_time(self, key: int, hours: float) -> None:
        """The clock jumps."""
        self.clock.at += timedelta(hours=hours)

    def next_edge(self, key: int, microseconds: int) -> None:
        """The clock jumps to the next moment that a posting names, just before or just after it."""
        named = [moment for one in self.known.values() for moment in (one.begins, one.ends) if moment]
        ahead = [moment for moment in named if moment > self.clock.at]
        if ahead:
            self.clock.at = max(self.clock.at, min(ahead) + timedelta(microseconds=microseconds))


def drawn(rng: random.Random, channels: Sequence[str], weights: Sequence[float]) -> list[Step]:
    """A random history: postings come in, things change, channels are asked."""
    steps = [_told(rng)]
    liked = rng.choices(channels, weights, k=2)
    for _ in range(rng.randint(1, 3)):
        steps += [_change(rng) for _ in range(rng.choice((0, 1, 1, 2)))]
        channel = rng.choice(liked)
        meanwhile = _change(rng) if rng.random() < 0.5 else None
        steps.append(
            Step("ask", rng.randrange(POSTINGS), channel, meanwhile, rng.choice(INTERRUPTED_BEFORE))
        )
    return steps


def _told(rng: random.Random) -> Step:
    rows = tuple(
        (
            key,
            rng.choice(EMPLOYERS),
            rng.choice((CLEAN[0], *CLEAN, TO_REWRITE, *BLOCKED)),
            rng.choice((None, None, None, -24, 6)),
            rng.choice((None, 12, 30, 60)),
        )
        for key in sorted(rng.sample(range(POSTINGS), rng.randint(1, POSTINGS)))
    )
    return Step("told", value=(rows, rng.random() < 0.3))


_CHANGES: tuple[tuple[str, Callable[[random.Random], Any]], ...] = (
    ("places", lambda rng: rng.choice((0, 0, 3))),
    ("publish", lambda rng: rng.choice(MOSTLY_LIVE)),
    ("review", lambda rng: rng.choice(MOSTLY_PASSED)),
    ("bar", lambda rng: rng.random() < 0.6),
    ("complain", lambda rng: rng.choice((Severity.BLOCK, Severity.BLOCK, Severity.AMEND))),
    ("decide", lambda rng: rng.choice(tuple(FindingState))),
    ("pass_time", lambda rng: rng.choice((0.01, 1, 7, 24))),
    ("next_edge", lambda rng: rng.choice((-1, 0, 1))),
)


def _change(rng: random.Random) -> Step:
    if rng.random() < 0.15:
        return _told(rng)
    what, value = rng.choice(_CHANGES)
    return Step(what, rng.randrange(POSTINGS), value(rng))
