"""Taking due messages out of the outbox for handing over, each checked once more (领取待发消息)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from matcher.delivery.channels import Parcel, Recipient
from matcher.delivery.message import PushMessage
from matcher.delivery.states import Actor
from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress
from matcher.domain.service_terms import Channel, ConsentPurpose, PushState
from matcher.lexicon.places import place_of
from matcher.services.sending.push_moves import move_push
from matcher.services.sending.stale_push import dead_postings
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.contacts import Address, ContactRepository
from matcher.store.repositories.leases import Lease
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import OutboxRow

STOPPED = "批次已叫停"
UNCERTAIN = "此前已交给通道，不知道是否送出"
WITHDREW = "本人已退出或不再同意联系"
DONE_ALREADY = "这些岗位已经有了结果，不再发"
NOTHING_LIVE = "岗位都已失效"
_TOWN_DIGITS = 9
_WEEK = timedelta(days=7)


@dataclass(slots=True)
class Claim:
    """Messages to hand over. seen: due messages looked at; taken_back: reason → those that must not go out.

    put_off: reason → those that go out later, because the person heard from the office often enough.
    parcels: (number of the claim, parcel); a message handed over before, outcome unknown, keeps its number.
    """

    seen: int = 0
    parcels: list[tuple[int, Parcel]] = field(default_factory=list)
    taken_back: Counter[str] = field(default_factory=Counter)
    voided: Counter[str] = field(default_factory=Counter)
    put_off: Counter[str] = field(default_factory=Counter)

    def groups(self) -> list[tuple[int, list[Parcel]]]:
        """Parcels by the number of their claim, ascending."""
        grouped: dict[int, list[Parcel]] = {}
        for number, parcel in self.parcels:
            grouped.setdefault(number, []).append(parcel)
        return sorted(grouped.items())


def claim_messages(
    session: StoreSession,
    lease: Lease,
    channel: Channel,
    *,
    limit: int,
    batch_id: int | None,
    contacts_per_week: int,
) -> Claim:
    """Mark up to `limit` due messages of a channel as being handed over; those that must not go out are closed.

    A message to somebody who got `contacts_per_week` within seven days waits until the first of them is a week old.

    Names and phones are read here in clear, which the audit log notes with the number of people.
    """
    rows = OutboxRepository(session).due([channel], limit=limit, batch_id=batch_id)
    claim = Claim(seen=len(rows))
    messages = {row.id: PushMessage.from_json(row.payload) for row in rows}
    people = [message.worker_id for message in messages.values()]
    reachable = WorkerRepository(session).active_ids(people, ConsentPurpose.MATCHING)
    reachable &= ConsentRepository(session).live_ids(people, ConsentPurpose.CONTACT)
    dead = dead_postings(
        session, list({item.posting_id for message in messages.values() for item in message.items})
    )
    contacted = PushRepository(session).contacted_since(people, session.now() - _WEEK)
    kept: list[tuple[OutboxRow, PushMessage]] = []
    for row in rows:
        message = _checked(session, row, messages[row.id], reachable, dead, claim)
        if message is None:
            continue
        moments = contacted.setdefault(message.worker_id, [])
        if row.fence is None and len(moments) >= contacts_per_week:
            _put_off(session, row, moments[-contacts_per_week] + _WEEK, contacts_per_week, claim)
            continue
        moments.append(session.now())
        OutboxRepository(session).claim(row, row.fence or lease.fence)
        kept.append((row, message))
    addresses = ContactRepository(session).addresses([message.worker_id for _, message in kept])
    for row, message in kept:
        claim.parcels.append((row.fence or 0, Parcel(message, _recipient(addresses.get(message.worker_id)))))
    if kept:
        AuditRepository(session).append(
            action="hand_over_messages",
            entity="outbox",
            entity_id=channel.value,
            reason=f"发送推送：{channel.label}",
            details={"messages": len(kept), "claim": lease.fence},
        )
    return claim


def _checked(
    session: StoreSession,
    row: OutboxRow,
    message: PushMessage,
    reachable: set[str],
    dead: dict[str, str],
    claim: Claim,
) -> PushMessage | None:
    """The message as it may go out now; None when it may not, and is closed.

    One that was handed over before, its outcome unknown, is never said not to have left.
    """
    pushes = PushRepository(session).get_many(item.push_id for item in message.items)
    pending = [push for push in pushes.values() if push.state is PushState.PENDING]
    reason = _against(session, row, message, pending, reachable)
    if reason is None:
        stale = [push for push in pending if push.posting_id in dead]
        for push in stale:
            why = dead[push.posting_id]
            move_push(session, push, PushState.VOID, Actor.SYSTEM, via=row.channel, reason=why)
            claim.voided[why] += 1
        if stale:
            _progress(session, message, PersonProgress.WAITING)  # the next wave fills the places
        settled = {push.posting_id for push in pushes.values() if push.state is not PushState.PENDING}
        left = message.without(frozenset(settled)) if settled else message
        if left is not None:
            if settled:
                row.payload = left.to_json()
            return left
        reason = NOTHING_LIVE if row.fence is None else f"{NOTHING_LIVE}；{UNCERTAIN}"
    _take_back(session, row, pending, reason)
    claim.taken_back[reason] += 1
    return None


def _against(
    session: StoreSession,
    row: OutboxRow,
    message: PushMessage,
    pending: Sequence[PushRow],
    reachable: set[str],
) -> str | None:
    """Why the whole message must not go out; None when it may."""
    batch = PushBatchRepository(session).get(message.batch_id, shared=True)
    if batch.state is not BatchState.RUNNING:
        return STOPPED if row.fence is None else f"{STOPPED}；{UNCERTAIN}"
    if message.worker_id not in reachable:
        _progress(session, message, PersonProgress.NO_CONTACT)
        return WITHDREW if row.fence is None else f"{WITHDREW}；{UNCERTAIN}"
    return None if pending else DONE_ALREADY


def _put_off(session: StoreSession, row: OutboxRow, until: datetime, most: int, claim: Claim) -> None:
    """Leave a message pending until the person may be contacted again."""
    reason = f"7 天内已联系 {most} 次，到期再发"
    OutboxRepository(session).postpone(row, until, reason=reason, tried=False)
    claim.put_off[reason] += 1


def _take_back(session: StoreSession, row: OutboxRow, pushes: Sequence[PushRow], reason: str) -> None:
    """Close a message that must not go out, and void what is still waiting in it."""
    for push in pushes:
        if push.state is PushState.PENDING:
            move_push(session, push, PushState.VOID, Actor.SYSTEM, via=row.channel, reason=reason)
    OutboxRepository(session).close(row, OutboxState.CANCELLED, failure=reason, tried=False)


def _progress(session: StoreSession, message: PushMessage, progress: PersonProgress) -> None:
    batches = PushBatchRepository(session)
    person = batches.person(message.batch_id, message.worker_id)
    if person is not None:
        batches.set_progress(person, progress)


def _recipient(address: Address | None) -> Recipient:
    if address is None:
        return Recipient()
    region = address.region_code
    town = place_of(f"{region[:_TOWN_DIGITS]}000") if region else None
    return Recipient(
        name=address.name,
        phone=address.phone,
        town=town.name if town else "",
        village=address.place_name,
        caseworker=address.caseworker,
    )
