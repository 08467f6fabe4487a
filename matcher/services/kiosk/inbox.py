"""The postings of a person's letters, opened at a kiosk by the number on one of them (凭信上号码看岗位)."""

from __future__ import annotations

from sqlalchemy import select

from matcher.delivery.kiosk_inbox import kiosk_inbox
from matcher.delivery.letter_codes import KEY_PURPOSE, NO_LETTER, push_of_code
from matcher.delivery.message import PushMessage
from matcher.errors import NotFound
from matcher.services.care.push_answering import messages_of
from matcher.services.kiosk.jobs import Jobs, Listed
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

MOST_BATCHES = 6
"""Older letters have run out."""


def jobs_of_letter(database: Database, code: str) -> Jobs:
    """The postings sent to whoever got the letter, newest letter first, those that may be shown now.

    Raises NotFound, with one text, for a code that opens nothing and for somebody who has left the service.
    """
    push_id = push_of_code(database.keyring.derived_key(KEY_PURPOSE), code)
    with database.reading() as session:
        messages = _messages(session, push_id)
        live = cleared(session, [item.posting_id for one in messages for item in one.items])
        items = kiosk_inbox(messages, live_ids=frozenset(live), now=session.now())
    return Jobs(tuple(Listed(item.posting_id, item.reason) for item in items))


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
