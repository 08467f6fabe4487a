"""Made-up people, postings, pushes and households for the tests of care."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import BatchState, ConsentChannel, PersonProgress
from matcher.domain.service_terms import Channel, ConsentBasis, ConsentPurpose, PushState
from matcher.domain.values import Pay, Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.store.database import Database
from matcher.store.identity import Identity, Phone
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.consents import ConsentGiven
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.worker_upsert import WorkerEntry
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.pushes import PushRow

VILLAGE = Place("样例村", "130629100001")
CONSENTS = tuple(
    ConsentGiven(purpose, ConsentBasis.CONSENT, "2026-01", "a" * 64, ConsentChannel.DESK)
    for purpose in (ConsentPurpose.MATCHING, ConsentPurpose.CONTACT)
)


def phone_of(number: int) -> str:
    return f"139{number:08d}"


def add_worker(
    database: Database,
    number: int = 1,
    *,
    status: JobStatus | None = JobStatus.SEEKING,
    phone: str | None = None,
    categories: tuple[WorkerCategory, ...] = (),
    household_no: str | None = None,
    **extra: Any,
) -> str:
    """A person who agreed to matching and contact; returns the id. extra: columns of `workers`."""
    entry = WorkerEntry(
        Worker(f"w{number}", text="找活", place=extra.pop("place", VILLAGE)),
        source="county",
        identity=Identity(name=f"样例{number}号", phones=(Phone(phone or phone_of(number)),)),
        extra={"job_status": status, **extra},
        categories=categories,
        household_no=household_no,
        consents=extra.get("consents", CONSENTS),
    )
    with database.writing() as session:
        WorkerRepository(session).upsert([entry])
    return f"w{number}"


def add_posting(database: Database, number: int = 1, *, places: int | None = 3, **states: Any) -> str:
    """A live posting; returns the id. states: columns of `postings`."""
    posting = Posting(
        posting_id=f"p{number}",
        source="county",
        title=f"样例{number}岗",
        employer_id=f"e{states.pop('employer', number)}",
        employer_name="样例建筑公司",
        pay=Pay(20_000, 26_000),
        place=Place("样例镇", "130629100000"),
        headcount=places,
        headcount_left=places,
    )
    given = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE} | states
    with database.writing() as session:
        PostingRepository(session).upsert([posting_to_row(posting, given)])
    return f"p{number}"


def add_batch(session: StoreSession, *, state: BatchState = BatchState.RUNNING, run_at: Any = None) -> int:
    """A batch; returns its number."""
    row = PushBatchRow(
        name="样例批次", population={}, policy={}, versions={}, seed=1, state=state,
        run_at=run_at or session.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def add_pushes(
    session: StoreSession,
    batch_id: int,
    worker_id: str,
    postings: Sequence[str],
    *,
    state: PushState = PushState.DELIVERED,
    at: datetime | None = None,
    **values: Any,
) -> list[PushRow]:
    """A person's pushes of a batch, in a state since `at` (default now)."""
    moment = at or session.now()
    session.merge(
        PushBatchPersonRow(
            batch_id=batch_id,
            worker_id=worker_id,
            found=len(postings),
            progress=PersonProgress.SENT,
            region_code=VILLAGE.region_code,
        )
    )
    told = state not in (PushState.PENDING, PushState.FAILED, PushState.VOID)
    answered = state in (PushState.INTERESTED, PushState.UNSUITABLE)
    return [
        PushRepository(session).add(
            batch_id=batch_id,
            worker_id=worker_id,
            posting_id=posting_id,
            position=place,
            rank=place,
            score=0.5,
            channel=Channel.SMS,
            state=state,
            sent_at=moment,
            delivered_at=moment if told else None,
            responded_at=moment if answered else None,
            counts_toward_quota=told,
            updated_at=moment,
            **values,
        )
        for place, posting_id in enumerate(postings)
    ]
