"""A small made-up county in a database with its index, for tests of planning. The plain rule scorer judges."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from matcher.clock import FixedClock
from matcher.config import Config
from matcher.demo.county import County
from matcher.demo.places import gazetteer_rows
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.encoding.encoder import Encoder
from matcher.lexicon.files import use_gazetteer
from matcher.ranking.rule_scorer import RuleScorer
from matcher.services.installation import create_home
from matcher.services.live_index import LiveIndex
from matcher.services.matching import MatchingService
from matcher.services.runtime import Runtime
from matcher.store.identity import Identity, Phone
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.consents import ConsentGiven
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.workers import WorkerCategoryRow

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PLANNER = "样例甲"
RELOCATED = (WorkerCategory.RELOCATED,)


@cache
def county(workers: int = 60, postings: int = 120) -> County:
    """The county, read with its own place names."""
    with tempfile.TemporaryDirectory() as folder:
        use_gazetteer(write_gazetteer(Path(folder)))
        made = County.generate(3, workers, postings)
        assert made.workers
        assert made.postings
    return made


def write_gazetteer(folder: Path) -> Path:
    """The fictional place names, as a county keeps its own."""
    path, rows = folder / "gazetteer.csv", gazetteer_rows()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def live_postings(postings: int = 120) -> list[Posting]:
    """The county's open postings, their ids in the order of the list."""
    made = county(postings=postings)
    states = made.publish_states()
    pairs = zip(made.posting_rows, made.postings, strict=True)
    return [posting for row, posting in pairs if states[str(row["external_id"])] == "live"]


def open_runtime(folder: Path, people: Iterable[Worker] = (), postings: Iterable[Posting] = ()) -> Runtime:
    """A new installation that holds these people, all willing and relocated, and these postings."""
    write_gazetteer(folder)
    config = Config(folder, f"sqlite:///{folder / 'matcher.db'}", folder / "keyring.json")
    database = create_home(config)
    database.clock = FixedClock(NOW)
    encoder = shipped_encoder()
    with database.writing(PLANNER) as session:
        add_postings(session, list(postings))
        add_people(session, list(people))
    index = LiveIndex(database, encoder, config.snapshot_folder)
    index.start()
    scorer = RuleScorer()
    return Runtime(config, database, encoder, scorer, index, MatchingService(encoder, scorer))


@cache
def shipped_encoder() -> Encoder:
    return Encoder.load(None)


def add_postings(session: StoreSession, postings: Sequence[Posting]) -> None:
    states = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}
    PostingRepository(session).upsert([posting_to_row(one, states) for one in postings])


def add_people(
    session: StoreSession,
    people: Sequence[Worker],
    *,
    status: JobStatus | None = JobStatus.SEEKING,
    categories: tuple[WorkerCategory, ...] = RELOCATED,
    agreed: bool = True,
) -> None:
    given = ConsentGiven(ConsentPurpose.MATCHING, ConsentBasis.CONSENT, "2026-01", "a" * 64, ConsentChannel.DESK)
    WorkerRepository(session).upsert(
        [
            WorkerEntry(
                worker=one,
                source="county",
                identity=Identity(name="样例人", phones=(Phone(f"138000{place:05d}"),)),
                extra={"job_status": status} if status else {},
                categories=categories,
                consents=(given,) if agreed else (),
            )
            for place, one in enumerate(people)
        ]
    )


def approve_category(session: StoreSession, worker_id: str, category: WorkerCategory) -> None:
    session.add(
        WorkerCategoryRow(worker_id=worker_id, category=category, state=CategoryState.FINAL_REVIEW, automatic=False)
    )
    session.flush()


def twin(person: Worker, worker_id: str) -> Worker:
    """The same person under another id."""
    return replace(person, worker_id=worker_id)
