"""Another posting in the place of one that is gone (补位)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from matcher.domain.service_terms import PushState
from matcher.domain.worker import Worker
from matcher.services.output_gate import cleared
from matcher.services.sending.push_terms import Alternative, PushOffice
from matcher.store.repositories.employer_contacts import EmployerContactRepository
from matcher.store.repositories.overrides import OverrideRepository
from matcher.store.repositories.pushes import PlacesFacts, PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchRow
from matcher.store.tables.pushes import PushRow

_GONE = (PushState.VOID, PushState.FAILED)


def replace_pushes(
    session: StoreSession,
    batch: PushBatchRow,
    worker: Worker,
    pushes: Sequence[PushRow],
    office: PushOffice,
    alternatives: Sequence[Alternative],
    *,
    count: int,
) -> list[PushRow]:
    """Up to `count` new pushes for a person, each at a position of its own.

    pushes: all the person's pushes of the batch. A new one is the best alternative that is live and eligible
    now, was neither ruled out by a caseworker nor sent to the person within `repeat_days`, has pushes left, is of
    another employer than those the person keeps, and of none that has heard from as many people as it wants to.
    The voided ones are replaced in order, and `replaces_id` says which.
    """
    void = [push for push in pushes if push.state is PushState.VOID]
    replaced = {push.replaces_id for push in pushes}
    open_places = [push for push in void if push.id not in replaced]
    position = 1 + max((push.position for push in pushes), default=-1)
    repository = PushRepository(session)
    made: list[PushRow] = []
    for place, chosen in enumerate(_fitting(session, batch, worker, pushes, office, alternatives)):
        if place >= count:
            break
        gone = open_places[place] if place < len(open_places) else None
        made.append(
            repository.add(
                batch_id=batch.id,
                worker_id=worker.worker_id,
                posting_id=chosen.posting_id,
                position=position + place,
                rank=gone.rank if gone else position + place + 1,
                score=chosen.score,
                reasons=[{"code": line.code, "text": line.text} for line in chosen.reasons] or None,
                channel=pushes[0].channel,
                state=PushState.PENDING,
                region_code=pushes[0].region_code,
                replaces_id=gone.id if gone else None,
            )
        )
    return made


def _fitting(
    session: StoreSession,
    batch: PushBatchRow,
    worker: Worker,
    pushes: Sequence[PushRow],
    office: PushOffice,
    alternatives: Sequence[Alternative],
) -> Iterator[Alternative]:
    """Alternatives that may be pushed now, best first, each of another employer."""
    repository, now = PushRepository(session), session.now()
    ids = [one.posting_id for one in alternatives]
    used = {push.posting_id for push in pushes}
    used |= repository.sent_since(worker.worker_id, now - timedelta(days=office.terms.repeat_days))
    used |= {posting for _, posting in OverrideRepository(session).banned_pairs([worker.worker_id])}
    kept = [push.posting_id for push in pushes if push.state not in _GONE]
    places = repository.places([*ids, *kept])
    taken = {places[one].employer for one in kept if one in places} - {""}
    allowed = _allowed(session, worker, [one for one in ids if one not in used], office, places)
    for one in alternatives:
        if one.posting_id in allowed:
            employer = places[one.posting_id].employer
            if employer not in taken:
                taken |= {employer} - {""}
                yield one


def _allowed(
    session: StoreSession,
    worker: Worker,
    posting_ids: Sequence[str],
    office: PushOffice,
    places: dict[str, PlacesFacts],
) -> set[str]:
    """Those of the postings that are live, eligible for the person and not yet pushed to the full."""
    live = cleared(session, posting_ids)
    open_counts = PushRepository(session).open_counts(posting_ids)
    contacts_left = EmployerContactRepository(session).left(less_waiting=True)
    found = [
        posting
        for one, posting in live.items()
        if open_counts.get(one, 0) < office.terms.pushes_allowed(places[one])
        and contacts_left.get(places[one].employer, 1) > 0
    ]
    verdicts = office.judge.eligible(worker, found, session.now())
    return {posting.posting_id for posting, fits in zip(found, verdicts, strict=True) if fits}
