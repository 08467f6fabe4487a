"""Sending one wave of a batch: one transaction a person, everything checked again in it (分批发送).

INVARIANTS
- A person's voided, replaced and queued pushes, their progress and the message in the outbox are one
  transaction: a batch killed at any point goes on where it stopped, and nobody is pushed twice.
- A push is queued exactly when it is in a message of the outbox; its state stays 待发 until that message left.
- Every transaction holds the lease: a sender that was overtaken commits nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matcher.delivery.states import Actor
from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress, ShortfallAction
from matcher.domain.service_terms import ConsentPurpose, PushState
from matcher.domain.worker import Worker
from matcher.errors import Conflict
from matcher.services.sending.push_lease import SENDING, only_one
from matcher.services.sending.push_message import choose_way, queue_message, queued_push_ids
from matcher.services.sending.push_moves import move_push
from matcher.services.sending.push_terms import Alternative, PushOffice
from matcher.services.sending.replace_push import replace_pushes
from matcher.services.sending.stale_push import why_stale
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.leases import Lease, LeaseRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.pushes import PushRow

NOTHING_LEFT = "nothing_left"
LEFT = "本人已退出，或不再同意匹配"
_GONE = (PushState.VOID, PushState.FAILED)
_CANNOT_SEND = {
    BatchState.DRAFT: "批次还没有批准，不能发送；请先批准",
    BatchState.STOPPED: "批次已叫停，不能再发送",
    BatchState.DONE: "批次已结束，不能再发送",
    BatchState.CANCELLED: "批次已取消，不能发送",
}


@dataclass(slots=True)
class WaveResult:
    """What one wave did. people: by the progress they ended with; voided: reason → pushes.

    waiting: people of the batch still to come. busy: another process was sending, nothing was done.
    stopped: the batch was stopped while this wave was under way.
    """

    wave: int | None = None
    people: Counter[PersonProgress] = field(default_factory=Counter)
    messages: int = 0
    replaced: int = 0
    voided: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    busy: bool = False
    stopped: bool = False


@dataclass(slots=True)
class _Served:
    """What one transaction did for one person; None of progress: the batch runs no more, or it was done."""

    progress: PersonProgress | None = None
    running: bool = True
    messages: int = 0
    replaced: int = 0
    voided: Counter[str] = field(default_factory=Counter)


class _AlternativesNeeded(Exception):
    """A push died and its place is to be filled; looking for postings belongs outside of the transaction."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.worker = worker


def send_wave(
    database: Database,
    batch_id: int,
    office: PushOffice,
    *,
    wave: int | None = None,
    limit: int | None = None,
    actor: str = SYSTEM_ACTOR,
    progress: Callable[[int, int], None] | None = None,
) -> WaveResult:
    """Queue the messages of the next wave of a batch, or of every wave up to `wave`.

    limit: people at most. progress: called with (people done, people of this wave).
    Raises NotFound, Conflict when the batch may not be sent or another process took over.
    """
    with only_one(database, SENDING, seconds=office.terms.lease_seconds, actor=actor) as lease:
        if lease is None:
            return WaveResult(busy=True)
        result = WaveResult()
        result.wave, people = _started(database, lease, batch_id, wave=wave, limit=limit, actor=actor)
        for number, worker_id in enumerate(people, start=1):
            served = _send_to(database, lease, batch_id, worker_id, office, actor)
            if not served.running:
                result.stopped = True
                break
            _add(result, served)
            if progress:
                progress(number, len(people))
        with database.reading() as session:
            counts = PushBatchRepository(session).progress_counts(batch_id)
            result.waiting = counts.get(PersonProgress.WAITING, 0)
        return result


def _started(
    database: Database, lease: Lease, batch_id: int, *, wave: int | None, limit: int | None, actor: str
) -> tuple[int | None, list[str]]:
    """The wave to send and its people; the batch is 推送中 from now on."""
    with database.writing(actor) as session:
        LeaseRepository(session).hold(lease)
        batches = PushBatchRepository(session)
        batch = batches.get(batch_id, locked=True)
        if batch.state in _CANNOT_SEND:
            raise Conflict(_CANNOT_SEND[batch.state])
        batch.state = BatchState.RUNNING
        first = batches.next_wave(batch_id)
        if first is None:
            return wave, []
        through = first if wave is None else wave
        return through, batches.waiting(batch_id, through_wave=through, limit=limit)


def _send_to(
    database: Database, lease: Lease, batch_id: int, worker_id: str, office: PushOffice, actor: str
) -> _Served:
    """One person, in one transaction; a second one when postings had to be looked for in between."""
    alternatives: Sequence[Alternative] | None = None
    while True:
        try:
            with database.writing(actor) as session:
                LeaseRepository(session).hold(lease)
                return _serve(session, batch_id, worker_id, office, alternatives)
        except _AlternativesNeeded as needed:
            alternatives = office.judge.alternatives(needed.worker, database.clock.now())


def _serve(
    session: StoreSession,
    batch_id: int,
    worker_id: str,
    office: PushOffice,
    alternatives: Sequence[Alternative] | None,
) -> _Served:
    batches = PushBatchRepository(session)
    batch = batches.get(batch_id, shared=True)
    person = batches.person(batch_id, worker_id)
    if batch.state is not BatchState.RUNNING:
        return _Served(running=False)
    if person is None or person.progress is not PersonProgress.WAITING:
        return _Served()
    office, served = office.of_batch(batch.policy), _Served()
    rows = OutboxRepository(session).of_person(batch_id, worker_id)
    pushes = PushRepository(session).of_person(batch_id, worker_id)
    queued = queued_push_ids(rows)
    ready = [push for push in pushes if push.state is PushState.PENDING and push.id not in queued]
    active = WorkerRepository(session).active_ids([worker_id], ConsentPurpose.MATCHING)
    way = choose_way(session, worker_id, office.terms.channels)
    if not active or way.channel is None:
        _void(session, [(push, way.reason if active else LEFT) for push in ready], served)
        gone = PersonProgress.NO_CONTACT if active else PersonProgress.WITHDRAWN
        return _ended(batches, person, gone, served)
    ready = _renewed(session, batch, person, pushes, ready, office, alternatives, served)
    if ready:
        queue_message(session, batch, worker_id, ready, way.channel, office, number=len(rows) + 1)
        served.messages += 1
    reached = bool(ready) or any(row.state in (OutboxState.PENDING, OutboxState.SENT) for row in rows)
    return _ended(batches, person, PersonProgress.SENT if reached else PersonProgress.NOTHING_LEFT, served)


def _renewed(
    session: StoreSession,
    batch: PushBatchRow,
    person: PushBatchPersonRow,
    pushes: Sequence[PushRow],
    ready: Sequence[PushRow],
    office: PushOffice,
    alternatives: Sequence[Alternative] | None,
    served: _Served,
) -> list[PushRow]:
    """What is to be sent now: the planned pushes that still hold, and others in the place of the rest."""
    worker = WorkerRepository(session).get_many([person.worker_id])[person.worker_id]
    _void(session, why_stale(session, worker, ready, office), served)
    kept = [push for push in ready if push.state is PushState.PENDING]
    missing = person.found - sum(push.state not in _GONE for push in pushes)
    if missing <= 0 or not pushes:
        return kept
    if alternatives is None:
        raise _AlternativesNeeded(worker)
    made = replace_pushes(session, batch, worker, pushes, office, alternatives, count=missing)
    served.replaced += len(made)
    _note_missing(PushBatchRepository(session), batch, person, missing - len(made))
    return kept + made


def _void(session: StoreSession, stale: Sequence[tuple[PushRow, str]], served: _Served) -> None:
    for push, reason in stale:
        move_push(session, push, PushState.VOID, Actor.SYSTEM, reason=reason)
        served.voided[reason] += 1


def _note_missing(
    batches: PushBatchRepository, batch: PushBatchRow, person: PushBatchPersonRow, missing: int
) -> None:
    """A place that went stale and could not be filled is a shortfall, until it is filled after all."""
    if missing <= 0:
        batches.clear_shortfall(batch.id, person.worker_id, cause=NOTHING_LEFT)
        return
    left = person.found - missing
    batches.note_shortfall(
        batch.id,
        person.worker_id,
        found=left,
        missing=max(batch.min_per_person - left, missing),
        cause=NOTHING_LEFT,
        text="原定岗位在发送时已失效，暂时没有可以补上的岗位",
        action=ShortfallAction.COLLECT_POSTINGS,
    )


def _ended(
    batches: PushBatchRepository, person: PushBatchPersonRow, progress: PersonProgress, served: _Served
) -> _Served:
    batches.set_progress(person, progress)
    served.progress = progress
    return served


def _add(result: WaveResult, served: _Served) -> None:
    if served.progress is not None:
        result.people[served.progress] += 1
    result.messages += served.messages
    result.replaced += served.replaced
    result.voided += served.voided
