"""A month of work for the sample office: pushes delivered and answered, events, urgent requests, categories."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matcher.clock import SHANGHAI
from matcher.domain.event_terms import EventState
from matcher.domain.record_terms import (
    BatchState,
    ConsentChannel,
    PersonProgress,
    ShortfallAction,
    UrgentState,
)
from matcher.domain.service_terms import (
    Channel,
    ConsentBasis,
    ConsentPurpose,
    EventType,
    PushState,
)
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.store.database import Database
from matcher.store.freshness import live_condition
from matcher.store.repositories.consents import ConsentGiven, ConsentRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.gigs import UrgentRequestRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow, PushShortfallRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerRow

CAUSES = ("crowded", "no_candidates", "too_few", "one_employer")
TEXTS = ("12 人共需 24 个，合适名额只有 9 个", "眼下没有符合本人条件的岗位", "符合本人条件的岗位只有 1 个", "合适的 3 个岗位只出自 1 家单位")
SEEN = ConsentGiven(ConsentPurpose.SHOW_TO_EMPLOYER, ConsentBasis.CONSENT, "2026-01", "a" * 64, ConsentChannel.DESK)


def play_a_month(database: Database, employer_id: str) -> None:
    """Write it all; two people of the employer's postings want to come, one of whom agreed to be shown."""
    with database.writing("样例") as session:
        people = list(session.scalars(select(WorkerRow).where(WorkerRow.job_status == JobStatus.SEEKING).order_by(WorkerRow.worker_id)))
        live = list(session.scalars(select(PostingRow.posting_id).where(live_condition(session.now())).order_by(PostingRow.posting_id)))
        own = list(session.scalars(select(PostingRow.posting_id).where(live_condition(session.now()), PostingRow.employer_id == employer_id)))
        batch = _batch(session, len(people))
        for number, person in enumerate(people):
            _push(session, batch, person, number, live)
        _wanting(session, batch, people, next(one for one in own if one not in live[:9]))
        _categories(session, people)
        _events(session)
        _urgent(session, live)


def _batch(session: StoreSession, people: int) -> int:
    row = PushBatchRow(
        name="样例批次", population={}, policy={}, versions={}, seed=1, state=BatchState.DONE, people=people,
        run_at=session.now() - timedelta(minutes=5),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _push(session: StoreSession, batch: int, person: WorkerRow, number: int, live: list[str]) -> None:
    count = (2, 2, 2, 1, 2, 0, 2)[number % 7]
    session.add(
        PushBatchPersonRow(
            batch_id=batch, worker_id=person.worker_id, found=count, progress=PersonProgress.SENT,
            region_code=person.region_code,
        )
    )  # fmt: skip
    for place in range(count):
        state = PushState.INTERESTED if (number + place) % 5 == 0 else PushState.DELIVERED
        push = _add(session, batch, person.worker_id, live[(7 * number + place) % len(live)], place, state)
        if state is PushState.INTERESTED and number % 2:
            push.employer_answered_at = session.now()
    if count < 2:
        which = number // 7 % len(CAUSES)
        session.add(
            PushShortfallRow(
                batch_id=batch, worker_id=person.worker_id, found=count, missing=2 - count, cause=CAUSES[which],
                text=TEXTS[which], action=ShortfallAction.COLLECT_POSTINGS,
            )
        )  # fmt: skip


def _add(session: StoreSession, batch: int, worker_id: str, posting_id: str, place: int, state: PushState):
    return PushRepository(session).add(
        batch_id=batch, worker_id=worker_id, posting_id=posting_id, position=place, rank=place + 1, score=0.8,
        channel=Channel.SMS, state=state, sent_at=session.now(), delivered_at=session.now(),
        counts_toward_quota=True, reasons=[{"code": "near_ride", "text": "骑车约12分钟"}],
    )  # fmt: skip


def _wanting(session: StoreSession, batch: int, people: list[WorkerRow], own: str) -> None:
    for number, person in enumerate(people[:2]):
        _add(session, batch, person.worker_id, own, 5 + number, PushState.INTERESTED)
    ConsentRepository(session).grant(people[0].worker_id, SEEN)
    for person in people[10:40]:
        ConsentRepository(session).grant(person.worker_id, SEEN)


def _categories(session: StoreSession, people: list[WorkerRow]) -> None:
    session.flush()
    known = {(one.worker_id, one.category): one for one in session.scalars(select(WorkerCategoryRow))}
    for category, chosen in (
        (WorkerCategory.OLDER, people[:30]),
        (WorkerCategory.OUT_OF_POVERTY, people[20:52]),
        (WorkerCategory.DISABLED, people[40:43]),
    ):
        for person in chosen:
            row = known.get((person.worker_id, category))
            if row is None:
                row = WorkerCategoryRow(worker_id=person.worker_id, category=category, automatic=False)
                session.add(row)
            row.state = CategoryState.FINAL_REVIEW
    for (worker_id, category), row in known.items():
        if category is WorkerCategory.DISABLED and worker_id not in {one.worker_id for one in people[40:43]}:
            row.state = CategoryState.CANCELLED


def _events(session: StoreSession) -> None:
    now = session.now()
    for days, kind in ((2, EventType.FAIR), (20, EventType.MEETING), (41, EventType.LIVESTREAM), (90, EventType.FAIR)):
        at = now - timedelta(days=days)
        if at.astimezone(SHANGHAI).year == now.astimezone(SHANGHAI).year:
            session.add(EventRow(name=f"样例{kind.label}", type=kind, starts_at=at, state=EventState.CLOSED, place_name="样例广场"))
    session.add(EventRow(name="样例取消场", type=EventType.FAIR, starts_at=now - timedelta(days=1), state=EventState.CANCELLED))


def _urgent(session: StoreSession, live: list[str]) -> None:
    now = session.now()
    for number in range(6):
        session.add(
            UrgentRequestRow(
                posting_id=live[number], need_by=now - timedelta(minutes=number + 1), needed=3, over_book_factor=1.2,
                state=UrgentState.FILLED if number < 4 else UrgentState.CLOSED,
                filled_at=now if number < 4 else None,
            )
        )  # fmt: skip
