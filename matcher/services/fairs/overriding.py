"""An organiser's decision over the timetable, kept as data (人工调整)."""

from __future__ import annotations

from matcher.domain.event_terms import EventState, OverrideKind
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.store.database import Database
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.workers import WorkerRepository

LONGEST_REASON = 100


def decide_pair(
    database: Database,
    event_id: int,
    worker_id: str,
    posting_id: str,
    kind: OverrideKind,
    *,
    slot: int | None = None,
    reason: str,
    actor: str,
) -> int:
    """Pin or ban a pair; the next plan obeys. slot: from 0, for a pin. Returns the number of the decision.

    Raises InvalidInput without a reason or for a slot that does not exist, NotFound for a person or a posting that
    is not at this fair, Conflict when it has begun.
    """
    if not reason.strip():
        raise InvalidInput("人工调整要写明理由")
    with database.writing(actor) as session:
        repository = EventRepository(session)
        event = repository.require_open(event_id)
        if event.state is EventState.RUNNING:
            raise Conflict("招聘会已经开始，请在现场签到和安排里调整")
        if slot is not None and (kind is OverrideKind.BAN or not 0 <= slot < (event.slots or 0)):
            raise InvalidInput(f"时段须在 1 到 {event.slots} 之间，且只用于“指定”")
        if not WorkerRepository(session).get_many([worker_id]):
            raise NotFound("没有这个劳动者；请核对劳动者编号")
        if not any(posting_id in ids for ids in repository.shown(event_id).values()):
            raise NotFound("这个岗位不在本场的展位上；请核对岗位编号")
        row = repository.add_override(event_id, worker_id, posting_id, kind, slot, reason.strip()[:LONGEST_REASON])
        event.certificate = None
        return row.id
