"""Handing the queued messages to their channels and writing down what became of them (外发).

INVARIANTS
- What a message says is checked at the moment it is handed over: postings that died since are taken out, and
  people who withdrew are not contacted.
- A message that was handed over without its outcome being written is handed over again under the same key,
  and a file is written again under the same name with the same rows: nothing is lost, nothing counts twice.
- An outcome is written only under the lease it was handed over with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from matcher.delivery.channels import DeliveryChannel, Outcome, Parcel, Receipt
from matcher.domain.service_terms import Channel
from matcher.services.sending.outbox_claim import claim_messages
from matcher.services.sending.push_lease import DELIVERING, only_one
from matcher.services.sending.push_receipts import apply_receipt, reason_of
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.leases import Lease, LeaseRepository
from matcher.store.repositories.outbox import OutboxRepository

log = structlog.get_logger()

AT_ONCE = 20  # messages handed over before their outcomes are written: few, so that little is tried again
FILE_AT_ONCE = 5_000
FILE_SECONDS = 900.0  # a file is made in one go, so its lease has to last that long
LISTED_AGAIN_AFTER = timedelta(days=1)
_NO_RECEIPT = "通道没有给出这条消息的回执"


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of the office.

    open: makes the channel for one claim; the number names its files. by_file: one claim is one file, so its
    outcomes are one transaction. by_hand: a person does it later, and "not yet" is no failed attempt.
    """

    open: Callable[[int], DeliveryChannel]
    by_file: bool = False
    by_hand: bool = False


@dataclass(slots=True)
class DeliveryResult:
    """What one run did, in messages. failed, waiting, taken_back: reason → messages; voided: reason → pushes.

    busy: another process was delivering, nothing was done.
    """

    sent: int = 0
    delivered: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    taken_back: Counter[str] = field(default_factory=Counter)
    voided: Counter[str] = field(default_factory=Counter)
    busy: bool = False

    @property
    def handled(self) -> int:
        """Messages that something happened to."""
        return (
            self.sent
            + self.delivered
            + self.failed.total()
            + self.waiting.total()
            + self.taken_back.total()
        )

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "busy": self.busy,
            "sent": self.sent,
            "delivered": self.delivered,
            "failed": dict(self.failed),
            "pending": dict(self.waiting),
            "taken_back": dict(self.taken_back),
            "voided": dict(self.voided),
        }


def deliver_outbox(
    database: Database,
    ways: Mapping[Channel, Way],
    office: PushOffice,
    *,
    batch_id: int | None = None,
    limit: int | None = None,
    actor: str = SYSTEM_ACTOR,
    progress: Callable[[int], None] | None = None,
) -> DeliveryResult:
    """Hand over what is due on these ways, of one batch or of all.

    limit: messages a way at most. progress: called with the number of messages just handled.
    Raises Conflict when another process took over.
    """
    result = DeliveryResult()
    with only_one(database, DELIVERING, seconds=office.terms.lease_seconds, actor=actor) as lease:
        if lease is None:
            result.busy = True
            return result
        for channel, way in ways.items():
            left = FILE_AT_ONCE if limit is None and way.by_file else limit
            while left is None or left > 0:
                size = left if way.by_file and left is not None else min(AT_ONCE, left or AT_ONCE)
                with database.writing(actor) as session:
                    LeaseRepository(session).hold(_lasting(lease, way))
                    claim = claim_messages(
                        session,
                        lease,
                        channel,
                        limit=size,
                        batch_id=batch_id,
                        contacts_per_week=office.terms.contacts_per_week,
                    )
                result.taken_back += claim.taken_back
                result.waiting += claim.put_off
                result.voided += claim.voided
                if claim.seen == 0:
                    break
                for number, parcels in claim.groups():
                    receipts = _handed_over(way.open(number), parcels)
                    _write_down(database, lease, way, receipts, office, actor, result)
                left = 0 if way.by_file else None if left is None else left - claim.seen
                if progress:
                    progress(claim.seen)
    return result


def _lasting(lease: Lease, way: Way) -> Lease:
    return replace(lease, seconds=max(lease.seconds, FILE_SECONDS)) if way.by_file else lease


def _handed_over(channel: DeliveryChannel, parcels: Sequence[Parcel]) -> list[Receipt]:
    """One receipt a parcel, whatever the channel does: what it does not say clearly is not known."""
    try:
        given = channel.deliver(parcels)
        problem = _NO_RECEIPT
    except Exception as error:  # a broken channel must not take the other messages with it
        log.error("channel_failed", kind=type(error).__name__)
        given, problem = [], f"通道出错（{type(error).__name__}），不知道是否送出"
    said: dict[str, Receipt] = {}
    for receipt in given:
        said.setdefault(receipt.message_id, receipt)
    return [
        said.get(parcel.message.message_id)
        or Receipt(parcel.message.message_id, Outcome.UNKNOWN, note=problem)
        for parcel in parcels
    ]


def _write_down(
    database: Database,
    lease: Lease,
    way: Way,
    receipts: Sequence[Receipt],
    office: PushOffice,
    actor: str,
    result: DeliveryResult,
) -> None:
    """The outcomes: of one file in one transaction, else one transaction a message."""
    for together in [receipts] if way.by_file else _one_by_one(receipts):
        with database.writing(actor) as session:
            LeaseRepository(session).hold(lease)
            rows = OutboxRepository(session).by_keys([receipt.message_id for receipt in together])
            for receipt in together:
                again = LISTED_AGAIN_AFTER if way.by_hand else None
                apply_receipt(session, rows[receipt.message_id], receipt, office, asks_again_in=again)
        for receipt in together:
            _count(result, receipt)


def _one_by_one(receipts: Sequence[Receipt]) -> Iterator[Sequence[Receipt]]:
    return ([receipt] for receipt in receipts)


def _count(result: DeliveryResult, receipt: Receipt) -> None:
    if receipt.outcome is Outcome.SENT:
        result.sent += 1
    elif receipt.outcome is Outcome.DELIVERED:
        result.delivered += 1
    elif receipt.outcome is Outcome.FAILED:
        result.failed[reason_of(receipt)] += 1
    else:
        result.waiting[receipt.note or receipt.outcome.label] += 1
