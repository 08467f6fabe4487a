"""A recorded refusal and the person's word against it (拒绝记录与异议)."""

from __future__ import annotations

from matcher.delivery.states import Actor
from matcher.domain.service_terms import PushState
from matcher.errors import NotFound
from matcher.services.accounts.sight import Sight, require_worker
from matcher.services.care.push_answering import object_to_refusal
from matcher.services.sending.push_moves import move_push
from matcher.store.database import Database
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow

UPHELD = "异议成立，更正"


def note_objection(database: Database, sight: Sight, worker_id: str, push_id: int, *, actor: str) -> None:
    """The person objects, by way of their caseworker. Raises NotFound, Conflict when there is no refusal."""
    with database.writing(actor) as session:
        object_to_refusal(session, _push(session, sight, worker_id, push_id), Actor.CASEWORKER)


def correct_refusal(database: Database, sight: Sight, worker_id: str, push_id: int, *, actor: str) -> None:
    """Take back a refusal that was objected to: the push is 未回应 again. Raises NotFound, Conflict."""
    with database.writing(actor) as session:
        push = _push(session, sight, worker_id, push_id)
        move_push(session, push, PushState.UNANSWERED, Actor.CASEWORKER, reason=UPHELD)


def _push(session: StoreSession, sight: Sight, worker_id: str, push_id: int) -> PushRow:
    require_worker(session, sight, worker_id)
    push = PushRepository(session).get_many([push_id]).get(push_id)
    if push is None or push.worker_id != worker_id:
        raise NotFound(f"没有编号为 {push_id} 的推送")
    return push
