"""From pushes to a message in the outbox: by which way, with what in it (推送消息)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from matcher.clock import local_date
from matcher.delivery.channels import ChannelChoice, ContactFacts, choose_channel
from matcher.delivery.letter_codes import KEY_PURPOSE, letter_code
from matcher.delivery.message import MessageItem, PushMessage
from matcher.domain.record_terms import OutboxState
from matcher.domain.service_terms import Channel, PushState
from matcher.domain.worker_terms import ContactPreference
from matcher.services.sending.push_terms import PushOffice
from matcher.store.repositories.contacts import ContactRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import OutboxRow

_LIVE_MESSAGES = (OutboxState.PENDING, OutboxState.SENT)


def choose_way(session: StoreSession, worker_id: str, channels: frozenset[Channel]) -> ChannelChoice:
    """The channel for a person among those the office has; None of channel when there must be no push."""
    known = ContactRepository(session).reachability(worker_id)
    facts = ContactFacts(
        consent=known.consent,
        has_phone=known.has_phone,
        has_wechat=known.preference is ContactPreference.WECHAT and Channel.WECHAT in channels,
        has_village=known.has_village and Channel.LETTER in channels,
        sms_stopped=Channel.SMS not in channels,
        literacy=known.literacy,
        preference=known.preference,
    )
    return choose_channel(facts)


def queue_message(
    session: StoreSession,
    batch: PushBatchRow,
    worker_id: str,
    pushes: Sequence[PushRow],
    channel: Channel,
    office: PushOffice,
    *,
    number: int,
) -> None:
    """Write the person's `number`-th message of the batch to the outbox, due at once."""
    now = session.now()
    outbox = OutboxRepository(session)
    key = outbox.person_key(batch.id, worker_id, number)
    postings = PostingRepository(session).get_many([push.posting_id for push in pushes])
    message = PushMessage(
        message_id=key,
        batch_id=batch.id,
        worker_id=worker_id,
        channel=channel,
        greeting=WorkerRepository(session).masked_identity(worker_id).name,
        items=tuple(
            MessageItem.of(
                postings[push.posting_id], push_id=push.id, number=place, reason=_first_reason(push)
            )
            for place, push in enumerate(pushes, start=1)
        ),
        office=office.terms.office,
        office_phone=office.terms.office_phone,
        expires_on=local_date(now + timedelta(days=office.terms.link_days)),
        answer_url=office.links.message_url(batch.id, pushes[0].id, now),
        letter_code=letter_code(session.keyring.derived_key(KEY_PURPOSE), pushes[0].id),
    )
    outbox.put(key, message.to_json(), batch_id=batch.id, channel=channel)
    repository = PushRepository(session)
    for push in pushes:
        push.channel = channel
        repository.change(push, PushState.PENDING, via=channel, reason="已进入待发队列")


def queued_push_ids(rows: Iterable[OutboxRow]) -> set[int]:
    """Numbers of the pushes that are in these messages, sent or about to be."""
    return {
        item.push_id
        for row in rows
        if row.state in _LIVE_MESSAGES
        for item in PushMessage.from_json(row.payload).items
    }


def _first_reason(push: PushRow) -> str:
    """The first reason line of the match; "" when there is none."""
    lines: list[Any] = push.reasons or []
    first = lines[0] if lines else ""
    if isinstance(first, dict):
        return str(first.get("text", ""))
    return str(first[-1]) if isinstance(first, list) and first else str(first or "")
