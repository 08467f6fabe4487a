"""The letters of a batch as a PDF of this moment (打印推荐信).

A file that was made when the letter left may name a posting that has died since; so what is printed is made anew
from the messages each time, through the output gate, less what may not be shown any more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from matcher.clock import local_date
from matcher.config import Config
from matcher.delivery.channels import Parcel, Recipient
from matcher.delivery.letters import Letters
from matcher.delivery.message import PushMessage
from matcher.domain.record_terms import OutboxState
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.errors import Conflict
from matcher.lexicon.places import place_of
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.contacts import ContactRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import OutboxRow
from matcher.store.tables.workers import WorkerRow

NOTHING = "没有可以打印的信函：岗位都已失效，或本人已退出、已退订"
_TOWN_DIGITS = 9


@dataclass(frozen=True, slots=True)
class LetterFile:
    """One PDF: the letters of a village. name: of the file, without anything of a person."""

    name: str
    content: bytes
    letters: int


def print_letters(
    database: Database, config: Config, sight: Sight, batch_id: int, *, actor: str
) -> list[LetterFile]:
    """The letters of a batch to people in sight, a file a village; who printed is logged, as it shows names.

    Raises Conflict when there is nothing that may be printed, Unavailable without a Chinese font.
    """
    with database.writing(actor) as session:
        parcels = _parcels(session, sight, batch_id)
        if not parcels:
            raise Conflict(NOTHING)
        AuditRepository(session).append(
            action="print_letters",
            entity="push_batch",
            entity_id=str(batch_id),
            reason="打印推荐信",
            details={"letters": len(parcels)},
        )
    with tempfile.TemporaryDirectory() as folder:
        printer = Letters(
            Path(folder), printed_on=local_date(database.clock.now()), font_folder=config.font_folder
        )
        printer.deliver(parcels)
        return [LetterFile(pack.path.name, pack.path.read_bytes(), pack.letters) for pack in printer.packs]


def letters_of(session: StoreSession, batch_id: int) -> int:
    """Messages of a batch that are printed, whatever may still be shown of them."""
    return len(_messages(session, batch_id))


def _parcels(session: StoreSession, sight: Sight, batch_id: int) -> list[Parcel]:
    messages = _messages(session, batch_id)
    ids = [message.worker_id for message in messages]
    seen = set(
        session.scalars(
            select(WorkerRow.worker_id).where(
                WorkerRow.worker_id.in_(ids), WorkerRow.withdrawn_at.is_(None), visible_workers(sight)
            )
        )
    )
    seen &= ConsentRepository(session).live_ids(ids, ConsentPurpose.CONTACT)
    kept = [shown for one in messages if one.worker_id in seen and (shown := _shown(session, one))]
    addresses = ContactRepository(session).addresses([one.worker_id for one in kept])
    parcels = []
    for message in kept:
        address = addresses.get(message.worker_id)
        town = place_of(f"{(address.region_code or '')[:_TOWN_DIGITS]}000") if address else None
        recipient = Recipient(
            name=address.name if address else "",
            town=town.name if town else "",
            village=address.place_name if address else "",
        )
        parcels.append(Parcel(message, recipient))
    return parcels


def _messages(session: StoreSession, batch_id: int) -> Sequence[PushMessage]:
    """Letters that have left, and what a caseworker takes along on a visit."""
    row = OutboxRow
    left = (row.channel == Channel.LETTER) & (row.state == OutboxState.SENT)
    taken_along = (row.channel == Channel.VISIT) & row.state.in_((OutboxState.PENDING, OutboxState.SENT))
    query = select(row.payload).where(row.batch_id == batch_id, left | taken_along)
    return [PushMessage.from_json(payload) for payload in session.scalars(query.order_by(row.id))]


def _shown(session: StoreSession, message: PushMessage) -> PushMessage | None:
    """The message less what the gate holds back and what was taken back; None when nothing is left."""
    ids = [item.posting_id for item in message.items]
    void = select(PushRow.posting_id).where(
        PushRow.id.in_([item.push_id for item in message.items]), PushRow.state == PushState.VOID
    )
    gone = set(ids) - set(cleared(session, ids)) | set(session.scalars(void))
    return message.without(frozenset(gone)) if gone else message
