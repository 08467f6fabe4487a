"""Moving a push from state to state: what `matcher.delivery.states` allows, written with its event (推送流转)."""

from __future__ import annotations

from matcher.delivery.states import Actor, DeliveredPush, PushLife, counts_toward_quota, moved
from matcher.domain.service_terms import Channel, PushState
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.pushes import PlacesFacts, PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow
from matcher.text.normalise import fold_case


def move_push(
    session: StoreSession,
    push: PushRow,
    to: PushState,
    actor: Actor,
    *,
    via: Channel | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> bool:
    """Move a push and write the event; False, and nothing written, when it is there already.

    Raises what `states.moved` raises: Conflict, Forbidden, InvalidInput.
    """
    life = PushLife(push.state, push.refusal_note or "", push.contested_at)
    after = moved(life, to, actor, note=note or "")
    if after.state is push.state:
        return False
    if to is PushState.SENT:
        push.sent_at = push.sent_at or session.now()
    if to is PushState.DELIVERED:
        push.delivered_at = push.delivered_at or session.now()
        push.sent_at = push.sent_at or push.delivered_at
    push.refusal_note = after.note or None
    PushRepository(session).change(push, to, via=via, reason=reason, note=note)
    return True


def deliver_push(
    session: StoreSession,
    push: PushRow,
    actor: Actor,
    *,
    eligible: bool | None,
    repeat_days: int,
    via: Channel | None = None,
    reason: str | None = None,
) -> bool:
    """Move a push to 已送达 and decide at this moment whether it counts towards the floor.

    eligible: whether the pair may still be offered; None = not known, which does not count.
    """
    if not move_push(session, push, PushState.DELIVERED, actor, via=via, reason=reason):
        return False
    repository = PushRepository(session)
    earlier = [one for one in repository.counted(push.worker_id) if one.id != push.id]
    places = repository.places([push.posting_id, *(one.posting_id for one in earlier)])
    live = push.posting_id in PostingRepository(session).live_ids([push.posting_id])
    delivered = DeliveredPush(
        push.posting_id, offer_group(places.get(push.posting_id)), push.delivered_at, live, eligible
    )
    before = [
        DeliveredPush(one.posting_id, offer_group(places.get(one.posting_id)), one.delivered_at, True, True)
        for one in earlier
    ]
    push.counts_toward_quota = counts_toward_quota(delivered, before, repeat_days=repeat_days)
    session.flush()
    return True


def offer_group(facts: PlacesFacts | None) -> str:
    """Employer and title: the same offer posted twice has one group; "" when the employer is unknown."""
    if facts is None or not facts.employer:
        return ""
    return f"{facts.employer}\n{fold_case(facts.title).replace(' ', '')}"
