"""Random histories of a small installation: nothing stale or blocked is ever shown, all that is live is reachable.

After every step both doors, jobs for a worker and workers for a job, are asked and compared with a model of the
office that shares no code with the store. MATCHER_LONG_TESTS=1 runs many more and longer histories.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from matcher.clock import FixedClock
from matcher.config import Config
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import FindingState, Severity
from matcher.domain.service_terms import BlacklistReason
from matcher.encoding.encoder import Encoder
from matcher.errors import InvalidInput, NotFound
from matcher.ranking.rule_scorer import RuleScorer
from matcher.retrieval.catalogue import Catalogue
from matcher.services import answers, indexing
from matcher.services.answers import jobs_for_worker, workers_for_job
from matcher.services.imports import import_rows
from matcher.services.imports.import_file import import_file
from matcher.services.live_index import LiveIndex
from matcher.services.matching import MatchingService
from matcher.services.runtime import Runtime
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring
from matcher.store.repositories.employers import EmployerRepository, employer_id_for
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository
from tests.office_model import (
    BLOCKED,
    CLEAN,
    EMPLOYERS,
    REPORTED,
    TO_REWRITE,
    Known,
    LetterModel,
    first_told,
)

LONG = bool(os.environ.get("MATCHER_LONG_TESTS"))
START = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
SOURCE = "county"
KEYS = ("A1", "A2", "A3", "A4", "A5")
STAYING, MOVING = "w1", "w2"


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


keys = st.sampled_from(KEYS)
specs = st.tuples(
    st.sampled_from(EMPLOYERS),
    st.sampled_from((CLEAN[0], *CLEAN, TO_REWRITE, *BLOCKED)),
    st.sampled_from((None, None, -24, 6, 48)),  # hours from now to the start
    st.sampled_from((None, None, 12, 60)),  # hours open
)
files = st.dictionaries(keys, specs, min_size=1)
MOSTLY_LIVE = (PublishState.LIVE,) * 4 + tuple(PublishState)
MOSTLY_PASSED = (ReviewState.PASSED,) * 3 + tuple(ReviewState)
MOSTLY_SETTLED = (FindingState.DISMISSED, FindingState.RESOLVED, FindingState.OPEN)


class Office(RuleBasedStateMachine):
    """Everything that may happen to postings between two questions."""

    def __init__(self) -> None:
        super().__init__()
        _, path, keyring = template()
        self.folder = Path(tempfile.mkdtemp(prefix="matcher-gate-"))
        shutil.copyfile(path, self.folder / "matcher.db")
        url = f"sqlite:///{self.folder / 'matcher.db'}"
        self.config = Config(self.folder, url, self.folder / "keyring.json")
        self.clock = FixedClock(START)
        self.keyring = keyring
        self.encoder = Encoder(LetterModel(), "letters")
        self.patched = patch.object(indexing, "_encoder", lambda path: self.encoder)
        self.patched.start()
        self.known: dict[str, Known] = {}
        self.blacklist: set[str] = set()
        self.workers = {STAYING}
        self.steps = self.written = 0
        self.runtime = self.opened()
        self.take_in("workers", [{"external_id": STAYING, "name": "样例甲"}])

    def opened(self) -> Runtime:
        database = Database.open(self.config.database_url, self.keyring, clock=self.clock, check=False)
        index = LiveIndex(database, self.encoder, self.config.snapshot_folder)
        index.start()
        scorer = RuleScorer()
        return Runtime(
            self.config, database, self.encoder, scorer, index, MatchingService(self.encoder, scorer)
        )

    def teardown(self) -> None:
        self.runtime.close(save=False)
        self.patched.stop()
        shutil.rmtree(self.folder)

    @property
    def database(self) -> Database:
        return self.runtime.database

    def take_in(self, kind: str, rows: list[dict[str, Any]], *, full: bool = False) -> None:
        path = self.folder / f"{kind}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        report = import_file(
            self.database,
            path,
            corrections_folder=self.folder,
            kind=kind,
            source=SOURCE,
            full=full,
            processes=1,
        )
        assert report.set_aside == 0, report.problems

    @rule(told=files, full=st.sampled_from((False, False, True)))
    def a_file_arrives(self, told: dict[str, tuple[str, str, int | None, int | None]], full: bool) -> None:
        rows = []
        today = self.clock.at.replace(microsecond=0)  # files name no smaller moment than the second
        for key, (employer, text, begins, length) in sorted(told.items()):
            start = None if begins is None else today + timedelta(hours=begins)
            end = None if length is None else (start or today) + timedelta(hours=length)
            self.learn(key, first_told(employer, text, start, end))
            rows.append(
                {
                    "external_id": key,
                    "title": f"搬运工{key}",
                    "employer_name": employer,
                    "duties": text,
                    "valid_from": start and start.isoformat(),
                    "valid_to": end and end.isoformat(),
                }
            )
        for key in set(self.known) - set(told) if full else ():
            one = self.known[key]
            if one.state in (PublishState.LIVE, PublishState.PAUSED):
                one.state, one.absent = PublishState.WITHDRAWN, True
        self.take_in("postings", rows, full=full)

    def learn(self, key: str, told: Known) -> None:
        before = self.known.get(key)
        self.known[key] = told if before is None else before.told_again(told)

    @precondition(lambda self: self.known)
    @rule(key=keys, left=st.sampled_from((0, 3)))
    def places_are_counted(self, key: str, left: int) -> None:
        if key in self.known:
            with self.database.writing() as session:
                PostingRepository(session).set_headcount_left(posting_id(key), left)
            self.known[key].left = left

    @precondition(lambda self: self.known)
    @rule(key=keys, state=st.sampled_from(MOSTLY_LIVE))
    def the_office_publishes_or_not(self, key: str, state: PublishState) -> None:
        if key in self.known:
            with self.database.writing() as session:
                PostingRepository(session).set_states([posting_id(key)], publish_state=state)
            self.known[key].state, self.known[key].absent = state, False

    @precondition(lambda self: self.known)
    @rule(key=keys, state=st.sampled_from(MOSTLY_PASSED))
    def the_office_reviews(self, key: str, state: ReviewState) -> None:
        if key in self.known:
            with self.database.writing() as session:
                PostingRepository(session).set_states([posting_id(key)], review_state=state)
            self.known[key].review = state

    @precondition(lambda self: self.known)
    @rule(employer=st.sampled_from(EMPLOYERS), barred=st.booleans())
    def an_employer_goes_on_or_off_the_blacklist(self, employer: str, barred: bool) -> None:
        if not any(one.employer == employer for one in self.known.values()):
            return
        with self.database.writing() as session:
            employers = EmployerRepository(session)
            if barred:
                employers.blacklist(employer_id_for(employer), BlacklistReason.FALSE_POSTING, "样例1号")
            else:
                employers.lift_blacklist(employer_id_for(employer))
        (self.blacklist.add if barred else self.blacklist.discard)(employer)

    @precondition(lambda self: self.known)
    @rule(key=keys, severity=st.sampled_from((None, Severity.BLOCK, Severity.AMEND)))
    def the_office_writes_down_a_finding(self, key: str, severity: Severity | None) -> None:
        """It takes the place of all that was found before; None strikes everything."""
        if key in self.known:
            self.written += 1  # every complaint is another one: no earlier decision holds for it
            found = [REPORTED | {"severity": severity, "span_end": self.written}] if severity else []
            with self.database.writing() as session:
                PostingRepository(session).set_findings(posting_id(key), found)
            one = self.known[key]
            one.rules_say = None
            one.person_says = FindingState.OPEN if severity is Severity.BLOCK else None

    @precondition(lambda self: self.known)
    @rule(key=keys, state=st.sampled_from(MOSTLY_SETTLED))
    def the_office_decides_on_what_was_found(self, key: str, state: FindingState) -> None:
        if key in self.known:
            with self.database.writing() as session:
                findings = FindingRepository(session)
                for one in findings.of_posting(posting_id(key)):
                    findings.decide(one.finding_id, state)
            one = self.known[key]
            one.rules_say = one.rules_say and state
            one.person_says = one.person_says and state

    @rule(passed=st.sampled_from((0.01, 1, 7, 24)))
    def time_passes(self, passed: float) -> None:
        self.clock.at += timedelta(hours=passed)

    @rule(more=st.sampled_from((timedelta(microseconds=-1), timedelta(0), timedelta(milliseconds=1))))
    def the_next_moment_comes_that_a_posting_names(self, more: timedelta) -> None:
        named = [moment for one in self.known.values() for moment in (one.begins, one.ends) if moment]
        self.clock.at = max(self.clock.at, min((m for m in named if m > self.clock.at), default=START) + more)

    @rule()
    def a_worker_comes_or_goes(self) -> None:
        if MOVING in self.workers:
            with self.database.writing() as session:
                WorkerRepository(session).withdraw([posting_id(MOVING)])
        else:
            self.take_in("workers", [{"external_id": MOVING, "name": "样例乙"}])
        self.workers ^= {MOVING}

    @rule()
    def the_index_is_saved(self) -> None:
        self.runtime.index.save()

    @rule(saved=st.booleans(), damaged=st.booleans())
    def the_service_starts_again(self, saved: bool, damaged: bool) -> None:
        self.runtime.close(save=saved)
        vectors = self.config.snapshot_folder / "postings" / "vectors.faiss"
        if damaged and vectors.exists():
            vectors.write_bytes(vectors.read_bytes()[:-1] + b"?")
        self.runtime = self.opened()

    @invariant()
    def jobs_are_exactly_the_live_ones(self) -> None:
        answer = jobs_for_worker(self.runtime, posting_id(STAYING), top=50)
        shown = {match.posting_id.removeprefix(f"{SOURCE}:") for match in answer.matches}
        assert shown == self.live()
        assert shown == {key.removeprefix(f"{SOURCE}:") for key in answer.cards}

    @invariant()
    def workers_are_offered_to_live_postings_alone(self) -> None:
        self.steps += 1
        if not self.known:
            return
        key = sorted(self.known)[self.steps % len(self.known)]
        answer = workers_for_job(self.runtime, posting_id(key))
        offered = {match.worker_id.removeprefix(f"{SOURCE}:") for match in answer.matches}
        assert offered == (self.workers if key in self.live() else set())

    @invariant()
    def a_worker_who_left_is_not_found(self) -> None:
        if MOVING not in self.workers:
            with pytest.raises(NotFound):
                jobs_for_worker(self.runtime, posting_id(MOVING))

    def live(self) -> set[str]:
        return {key for key, one in self.known.items() if one.shown(self.clock.at, self.blacklist)}


def posting_id(key: str) -> str:
    return f"{SOURCE}:{key}"


def unchecked(runtime: Runtime, answer: Any, top: int) -> Any:
    """The answer as the index gave it."""
    return answers._packed(runtime, answer, answer.matches[:top], {m.posting_id: m for m in answer.matches})  # type: ignore[misc]


DEFECTS = {
    "never removed from the index nor checked": (
        (Catalogue, "remove", lambda self, ids: None),
        (answers, "_fresh", unchecked),
    ),
    "neither refreshed nor checked": (
        (LiveIndex, "refresh", lambda self: None),
        (answers, "_fresh", unchecked),
    ),
    "blocking findings of the rules are not stored": ((import_rows, "posting_findings", lambda posting: []),),
    "what starts later is not in the index": (
        (PostingRepository, "indexable_ids", PostingRepository.live_ids),
        (PostingRepository, "all_indexable", PostingRepository.all_live),
    ),
    "a decision is not in the index log": ((FindingRepository, "_log", lambda self, ids: None),),
    "a blacklisting is not in the index log": (
        (EmployerRepository, "_postings_changed", lambda self, one: None),
    ),
    "a start trusts its snapshot": (
        (LiveIndex, "_catch_up", lambda self: None),
        (LiveIndex, "refresh", lambda self: None),
    ),
}
"""Faults planted one at a time: (where, name, replacement). The machine must find each."""

DEFAULT = settings(
    max_examples=400 if LONG else 14,
    stateful_step_count=60 if LONG else 25,
    phases=list(Phase) if LONG else [Phase.explicit, Phase.generate],  # shrinking is for the long run
    derandomize=not LONG,  # CI is the same every time; the long run explores
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
HUNT = settings(
    DEFAULT,
    max_examples=60,
    derandomize=True,
    phases=[Phase.generate],
    database=None,
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
)


def test_nothing_stale_or_blocked_is_shown_and_all_that_is_live_is_reachable() -> None:
    run_state_machine_as_test(Office, settings=DEFAULT)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("defect", DEFECTS if LONG else list(DEFECTS)[:1])
def test_the_machine_finds_a_planted_defect(defect: str) -> None:
    with ExitStack() as planted:
        for where, name, replacement in DEFECTS[defect]:
            planted.enter_context(patch.object(where, name, replacement))
        with pytest.raises(AssertionError):
            run_state_machine_as_test(Office, settings=HUNT)  # type: ignore[no-untyped-call]


def test_a_posting_appears_when_its_day_comes_though_nothing_is_written_then() -> None:
    office = Office()
    office.a_file_arrives(told={"A1": (EMPLOYERS[0], CLEAN[0], 6, None)}, full=False)
    office.jobs_are_exactly_the_live_ones()
    assert office.live() == set()
    office.the_service_starts_again(saved=True, damaged=False)
    office.time_passes(passed=7)
    office.jobs_are_exactly_the_live_ones()
    assert office.live() == {"A1"}
    office.teardown()


def test_a_posting_described_in_the_request_gets_no_workers_while_it_is_blocked() -> None:
    office = Office()
    described = Posting("", "搬运工", duties=BLOCKED[0])
    with pytest.raises(InvalidInput, match="违规"):
        workers_for_job(office.runtime, described)
    answer = workers_for_job(office.runtime, Posting("", "搬运工", duties=CLEAN[0]))
    assert len(answer.matches) == 1
    office.teardown()
