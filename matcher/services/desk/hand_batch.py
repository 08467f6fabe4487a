"""The batch of one person that a push by hand is, written whole or not at all (人工推送批次)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from matcher.clock import SHANGHAI
from matcher.delivery.message import MOST_ITEMS
from matcher.domain.match import Line
from matcher.domain.population import PopulationQuery
from matcher.domain.posting import Posting
from matcher.domain.record_terms import BatchState, PersonProgress
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.domain.worker import Worker
from matcher.errors import Conflict, InvalidInput
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.output_gate import require_cleared
from matcher.services.sending.push_message import choose_way
from matcher.services.sending.push_terms import PushOffice
from matcher.services.sending.stale_push import why_stale
from matcher.store.repositories.care_facts import CareFactsRepository
from matcher.store.repositories.pushes import OPEN_STATES, PushRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.pushes import PushRow

BY_HAND = "desk_hand"
"""`source` of a batch that one caseworker made for one person."""

MANUAL = Line("manual", "帮扶干部推荐")

@dataclass(frozen=True, slots=True)
class Chosen:
    """One posting as the caseworker picked it, with what the match said of it."""

    posting_id: str
    score: float = 0.0
    reasons: tuple[Line, ...] = ()
    gaps: tuple[Line, ...] = ()


def written(
    session: StoreSession, office: PushOffice, sight: Sight, worker_id: str, chosen: Sequence[Chosen]
) -> tuple[PushBatchRow, Channel]:
    """The batch of one person, approved, with its pushes; and the way it goes."""
    require_worker(session, sight, worker_id)
    ids = [one.posting_id for one in chosen]
    if not 1 <= len(ids) <= MOST_ITEMS or len(set(ids)) < len(ids):
        raise InvalidInput(f"请选 1 到 {MOST_ITEMS} 个不同的岗位")
    if not WorkerRepository(session).active_ids([worker_id], ConsentPurpose.MATCHING):
        raise Conflict("本人已退出，或不同意匹配，不能推送；先征得同意再推")
    way = choose_way(session, worker_id, office.terms.channels)
    if way.channel is None:
        raise Conflict(f"{way.reason}，不能推送；请先当面征得同意，再登记同意记录")
    postings = require_cleared(session, ids)
    _require_new(session, worker_id, postings)
    worker = WorkerRepository(session).get_many([worker_id])[worker_id]
    batch = _batch(session, office, worker_id, len(ids))
    pushes = [_push(session, batch, worker, one, place, way.channel) for place, one in enumerate(chosen)]
    against = why_stale(session, worker, pushes, office.of_batch(batch.policy))
    if against:
        told = "；".join(f"“{postings[push.posting_id].title}”{reason}" for push, reason in against)
        raise Conflict(f"不能推送：{told}。请换一个岗位")
    return batch, way.channel


def _batch(session: StoreSession, office: PushOffice, worker_id: str, count: int) -> PushBatchRow:
    now = session.now()
    missing = CareFactsRepository(session).shortfalls(
        CareFactsRepository(session).scope(caseworker=None, region=None, worker_id=worker_id)
    )
    batch = PushBatchRow(
        source=BY_HAND,
        name=f"人工推送 {now.astimezone(SHANGHAI):%m-%d %H:%M}",
        population=PopulationQuery(categories=(), statuses=(), worker_ids=(worker_id,)).to_json(),
        policy={"waive_wishes": True, "repeat_days": office.terms.repeat_days},
        versions={},
        min_per_person=max(count, missing.get(worker_id, (0, now))[0]),
        max_per_person=count,
        seed=0,
        run_at=now,
        people=1,
        satisfied=1,
        short=0,
        state=BatchState.APPROVED,
        wave_size=1,
        approver=session.actor,
        approved_at=now,
    )
    session.add(batch)
    session.flush()
    session.add(
        PushBatchPersonRow(
            batch_id=batch.id,
            worker_id=worker_id,
            found=count,
            wave=0,
            progress=PersonProgress.WAITING,
        )
    )
    session.flush()
    return batch


def _push(
    session: StoreSession, batch: PushBatchRow, worker: Worker, one: Chosen, place: int, channel: Channel
) -> PushRow:
    return PushRepository(session).add(
        batch_id=batch.id,
        worker_id=worker.worker_id,
        posting_id=one.posting_id,
        position=place,
        rank=place + 1,
        score=one.score,
        reasons=[{"code": line.code, "text": line.text} for line in (*one.reasons, MANUAL)],
        unlocks=[{"code": line.code, "text": line.text} for line in one.gaps] or None,
        channel=channel,
        state=PushState.PENDING,
        region_code=worker.place.region_code if worker.place else None,
    )


def under_way(session: StoreSession, worker_id: str, posting_ids: Collection[str]) -> set[str]:
    """Those of the postings that are on their way to the person, or there without an answer yet."""
    row = PushRow
    sending = select(PushBatchRow.id).where(PushBatchRow.state.in_((BatchState.APPROVED, BatchState.RUNNING)))
    query = select(row.posting_id).where(
        row.worker_id == worker_id,
        row.posting_id.in_(list(posting_ids)),
        row.state.in_(OPEN_STATES),
        row.batch_id.in_(sending),
    )
    return set(session.scalars(query))


def _require_new(session: StoreSession, worker_id: str, postings: Mapping[str, Posting]) -> None:
    """Raises Conflict for a posting that is under way to the person: a second click sends nothing twice."""
    again = under_way(session, worker_id, postings)
    if again:
        told = "、".join(f"“{postings[one].title}”" for one in sorted(again))
        raise Conflict(f"{told}已经推给本人，还没有结果；不重复推送")
