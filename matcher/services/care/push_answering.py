"""What a person's answer does to a push, whichever way it came (答复).

INVARIANTS
- An answer proves arrival: a push that was only sent is delivered before it is answered.
- Wanting to go is taken for a posting that is live at this moment alone.
- 拒绝 comes from a caseworker with a note; the person's own word against it is an objection, never ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from matcher.delivery.message import PushMessage
from matcher.delivery.states import Actor, PushLife, contested
from matcher.domain.record_terms import OutboxState
from matcher.domain.service_terms import Channel, FollowUpKind, PushState, ResponseReason
from matcher.errors import NotFound
from matcher.services.sending.push_moves import deliver_push, move_push
from matcher.services.sending.push_receipts import eligible_now
from matcher.services.sending.push_terms import PushOffice
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow

GONE = "这个岗位已经招满或撤下，这条答复没有采用；有合适的会再告诉您"
OBJECTED = "您的意见已经记下，工作人员会联系您"
OBJECTION = "本人对拒绝记录有异议，请联系核实"
CALL_WANTED = "本人请求联系"
_OUT = (OutboxState.SENT, OutboxState.DEAD)  # what was given up may have arrived all the same
_NOT_ARRIVED = (PushState.PENDING, PushState.SENT, PushState.FAILED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a push. to: 有意向 or 不合适. note: words that go into the event, sealed."""

    to: PushState
    actor: Actor
    via: Channel
    reason: ResponseReason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an answer. changed: it is written now; instead: what is said when it is not used."""

    changed: bool
    instead: str = ""


def answer_push(session: StoreSession, push: PushRow, answer: Answer, office: PushOffice) -> Taken:
    """Write an answer down, unless the posting is gone or the push has been taken back."""
    if push.state is PushState.DECLINED and answer.actor is Actor.WORKER:
        object_to_refusal(session, push, Actor.WORKER)
        return Taken(changed=True, instead=OBJECTED)
    if push.state is PushState.VOID:
        return Taken(changed=False, instead=GONE)
    if answer.to is PushState.INTERESTED and not PostingRepository(session).live_ids([push.posting_id]):
        return Taken(changed=False, instead=GONE)
    if push.state in _NOT_ARRIVED:
        fits = eligible_now(session, [push], office)
        deliver_push(
            session,
            push,
            Actor.SYSTEM,
            eligible=fits.get(push.posting_id),
            repeat_days=office.terms.repeat_days,
            via=push.channel,
            reason="本人已答复，视为送达",
        )
    told = answer.reason.label if answer.reason else None
    moved = move_push(session, push, answer.to, answer.actor, via=answer.via, reason=told, note=answer.note)
    corrected = answer.reason is not None and push.response_reason is not answer.reason
    if not moved and not corrected:
        return Taken(changed=False)
    push.responded_at, push.responded_via = session.now(), answer.via
    push.response_reason = answer.reason
    if not moved:
        PushRepository(session).change(push, push.state, via=answer.via, reason=told)
    session.flush()
    return Taken(changed=True)


def object_to_refusal(session: StoreSession, push: PushRow, actor: Actor) -> None:
    """Note that the person objects to a refusal, and owe them a contact. Raises what `contested` raises."""
    life = contested(PushLife(push.state, push.refusal_note or "", push.contested_at), actor, session.now())
    if push.contested_at is None:
        push.contested_at = life.contested_at
        PushRepository(session).change(push, push.state, reason=OBJECTION)
    owe_contact(session, push.worker_id, OBJECTION, key=f"objection:{push.id}")


def owe_contact(session: StoreSession, worker_id: str, note: str, *, key: str) -> bool:
    """A caseworker has to get in touch now. key: the same one again owes nothing more, which is False."""
    return FollowUpRepository(session).schedule_once(
        worker_id, FollowUpKind.PUSH, session.now(), note=note, key=key
    )


def record_refusal(database: Database, push_id: int, note: str, *, actor: str) -> None:
    """A caseworker records that the person refused, and how. Raises NotFound, Conflict, InvalidInput."""
    with database.writing(actor) as session:
        push = _push(session, push_id)
        if move_push(session, push, PushState.DECLINED, Actor.CASEWORKER, via=Channel.PHONE, note=note):
            push.confirmed_by, push.contested_at = actor, None


def contest_refusal(database: Database, push_id: int, *, actor: str = SYSTEM_ACTOR) -> None:
    """The person objects to a recorded refusal. Raises NotFound, Conflict when there is none."""
    with database.writing(actor) as session:
        object_to_refusal(session, _push(session, push_id), Actor.CASEWORKER)


def reopen_refusal(database: Database, push_id: int, to: PushState, *, actor: str) -> None:
    """A caseworker takes back a refusal that was objected to. Raises NotFound, Conflict, Forbidden."""
    with database.writing(actor) as session:
        move_push(session, _push(session, push_id), to, Actor.CASEWORKER, reason="异议成立，更正")


def messages_of(session: StoreSession, batch_id: int, worker_id: str) -> list[PushMessage]:
    """The messages of a batch that may have reached a person, as they went out, oldest first."""
    rows = OutboxRepository(session).of_person(batch_id, worker_id)
    return [PushMessage.from_json(row.payload) for row in rows if row.state in _OUT or row.fence is not None]


def newest_message(session: StoreSession, worker_id: str, channel: Channel) -> PushMessage | None:
    """The newest message that may have reached a person on a channel."""
    batches = select(PushRow.batch_id).where(PushRow.worker_id == worker_id, PushRow.batch_id.is_not(None))
    for batch_id in session.scalars(batches.distinct().order_by(PushRow.batch_id.desc())):
        out = [one for one in messages_of(session, batch_id or 0, worker_id) if one.channel is channel]
        if out:
            return out[-1]
    return None


def pushes_of(session: StoreSession, message: PushMessage, numbers: Sequence[int]) -> list[PushRow]:
    """The pushes behind the numbers of a message, in that order; numbers without one are left out."""
    wanted = [item.push_id for item in message.items if item.number in numbers]
    found = PushRepository(session).get_many(wanted)
    return [found[one] for one in wanted if one in found]


def _push(session: StoreSession, push_id: int) -> PushRow:
    push = PushRepository(session).get_many([push_id]).get(push_id)
    if push is None:
        raise NotFound(f"没有编号为 {push_id} 的推送")
    return push
