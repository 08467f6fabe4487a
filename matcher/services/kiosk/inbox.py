"""The postings of a person's letters, opened at a kiosk by the number on one of them (凭信上号码看岗位).

INVARIANTS
- Wanting to go is written down as the answer page would: for a posting live at this moment, in one transaction.
- Nobody who has left the service is answered for.
"""

from __future__ import annotations

from sqlalchemy import select

from matcher.delivery.kiosk_inbox import kiosk_inbox
from matcher.delivery.letter_codes import KEY_PURPOSE, NO_LETTER, push_of_code
from matcher.delivery.message import PushMessage
from matcher.delivery.states import Actor
from matcher.domain.service_terms import Channel, PushState
from matcher.errors import NotFound
from matcher.services.care.push_answering import Answer, answer_push, messages_of
from matcher.services.kiosk.jobs import Jobs, Listed
from matcher.services.output_gate import cleared
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import Database
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

MOST_BATCHES = 6
"""Older letters have run out."""

KIOSK = "kiosk"
"""Who acts when a person answers at a machine."""

NOTED = "您想去这个岗位，已经记下，工作人员会联系您"


def jobs_of_letter(database: Database, code: str) -> Jobs:
    """The postings sent to whoever got the letter, newest letter first, those that may be shown now.

    Raises NotFound, with one text, for a code that opens nothing and for somebody who has left the service.
    """
    push_id = push_of_code(database.keyring.derived_key(KEY_PURPOSE), code)
    with database.reading() as session:
        messages = _messages(session, push_id)
        live = cleared(session, [item.posting_id for one in messages for item in one.items])
        items = kiosk_inbox(messages, live_ids=frozenset(live), now=session.now())
    return Jobs(tuple(Listed(item.posting_id, item.reason, item.push_id) for item in items))


def want_to_go(database: Database, office: PushOffice, push_id: int) -> str:
    """Write 有意向 for a posting of a letter, once; returns what to tell the person, "" = nothing was written."""
    with database.writing(KIOSK) as session:
        push = PushRepository(session).get_many([push_id]).get(push_id)
        person = session.get(WorkerRow, push.worker_id) if push else None
        if push is None or person is None or person.withdrawn_at is not None:
            return ""
        answer = Answer(PushState.INTERESTED, Actor.WORKER, Channel.KIOSK_SLIP)
        return answer_push(session, push, answer, office).instead or NOTED


def _messages(session: StoreSession, push_id: int) -> list[PushMessage]:
    push = session.get(PushRow, push_id)
    person = session.get(WorkerRow, push.worker_id) if push else None
    if push is None or person is None or person.withdrawn_at is not None:
        raise NotFound(NO_LETTER)
    batches = (
        select(PushRow.batch_id)
        .where(PushRow.worker_id == push.worker_id, PushRow.batch_id.is_not(None))
        .distinct()
        .order_by(PushRow.batch_id.desc())
        .limit(MOST_BATCHES)
    )
    found: list[PushMessage] = []
    for batch_id in session.scalars(batches).all():
        found += reversed(messages_of(session, batch_id or 0, push.worker_id))
    return found
