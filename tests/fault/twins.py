"""Defects planted one at a time: each suite must find the ones it is for, or it proves nothing (坏孪生)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from matcher.delivery.channels import Parcel, Receipt
from matcher.domain.record_terms import OutboxState, PersonProgress
from matcher.domain.service_terms import PushState
from matcher.services.sending import deliver_outbox, send_wave
from matcher.store.repositories.leases import LeaseRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository

Patches = list[tuple[Any, str, Any]]


def sent_before_queued() -> Patches:
    """The person is marked 已发出, and the message is queued in a second transaction."""
    real, queue = send_wave._send_to, send_wave.queue_message

    def send_to(database: Any, lease: Any, *rest: Any) -> Any:
        later: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        with patch.object(send_wave, "queue_message", lambda *given, **named: later.append((given, named))):
            served = real(database, lease, *rest)
        for given, named in later:
            with database.writing(rest[-1]) as session:
                batch = session.merge(given[1], load=True)
                pushes = list(PushRepository(session).get_many(p.id for p in given[3]).values())
                queue(session, batch, given[2], pushes, *given[4:], **named)
        return served

    return [(send_wave, "_send_to", send_to)]


def progress_apart() -> Patches:
    """The message is queued in one transaction, the person is marked in the next; what is queued is not asked."""
    real = send_wave._send_to

    def send_to(database: Any, lease: Any, batch_id: int, worker_id: str, *rest: Any) -> Any:
        marked: list[PersonProgress] = []
        with patch.object(
            PushBatchRepository, "set_progress", lambda self, person, progress: marked.append(progress)
        ):
            served = real(database, lease, batch_id, worker_id, *rest)
        for progress in marked[-1:]:
            with database.writing(rest[-1]) as session:
                batches = PushBatchRepository(session)
                person = batches.person(batch_id, worker_id)
                assert person is not None
                batches.set_progress(person, progress)
        return served

    return [(send_wave, "_send_to", send_to), (send_wave, "queued_push_ids", lambda rows: set())]


def no_key() -> Patches:
    """The sink gets another key each time, so it cannot know that it has the message already."""
    real = deliver_outbox._handed_over

    def handed_over(channel: Any, parcels: Sequence[Parcel]) -> list[Receipt]:
        names = {secrets.token_hex(8): parcel for parcel in parcels}
        renamed = [replace(p, message=replace(p.message, message_id=name)) for name, p in names.items()]
        return [
            replace(receipt, message_id=names[receipt.message_id].message.message_id)
            for receipt in real(channel, renamed)
        ]

    return [(deliver_outbox, "_handed_over", handed_over)]


def marked_before_sent() -> Patches:
    """A message is marked 已发 while it is being claimed, before the channel has it."""
    real = deliver_outbox.claim_messages

    def claim(session: Any, lease: Any, channel: Any, **named: Any) -> Any:
        claimed = real(session, lease, channel, **named)
        outbox, pushes = OutboxRepository(session), PushRepository(session)
        messages = {parcel.message.message_id: parcel.message for _, parcel in claimed.parcels}
        for key, row in outbox.by_keys(list(messages)).items():
            outbox.close(row, OutboxState.SENT)
            for push in pushes.get_many(item.push_id for item in messages[key].items).values():
                push.sent_at = session.now()
                pushes.change(push, PushState.SENT)
        return claimed

    return [(deliver_outbox, "claim_messages", claim)]


def no_fence() -> Patches:
    """A sender that was overtaken goes on as if it still held the lease."""
    return [(LeaseRepository, "hold", lambda self, lease: None)]


TWINS: dict[str, Callable[[], Patches]] = {
    "sent-before-queued": sent_before_queued,
    "progress-apart": progress_apart,
    "no-key": no_key,
    "marked-before-sent": marked_before_sent,
    "no-fence": no_fence,
}
@contextmanager
def planted(name: str) -> Iterator[None]:
    """Run the block with one defect; "" is the code as it is."""
    with ExitStack() as stack:
        for where, attribute, bad in TWINS[name]() if name else []:
            stack.enter_context(patch.object(where, attribute, bad))
        yield
