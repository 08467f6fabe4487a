"""Why a planned push must not go out any more (失效推送)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from matcher.domain.worker import Worker
from matcher.services.output_gate import refusals
from matcher.services.sending.push_terms import PushOffice
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.pushes import PushRow

NOT_ELIGIBLE = "已不符合本人条件"
CROWDED = "名额已满"


def why_stale(
    session: StoreSession, worker: Worker, pushes: Sequence[PushRow], office: PushOffice
) -> list[tuple[PushRow, str]]:
    """Those of a person's pending pushes that must not go out now, each with the reason in Chinese.

    A posting must be live and eligible, must not have been sent to the person lately by another batch, and
    must still have room: when places shrank since planning, the pushes made first keep theirs.
    """
    if not pushes:
        return []
    dead = dead_postings(session, [push.posting_id for push in pushes])
    found = PostingRepository(session).get_many([p.posting_id for p in pushes if p.posting_id not in dead])
    verdicts = office.judge.eligible(worker, list(found.values()), session.now())
    unfit = {one for one, fits in zip(found, verdicts, strict=True) if not fits}
    repository, days = PushRepository(session), office.terms.repeat_days
    since = session.now() - timedelta(days=days)
    lately = repository.sent_since(worker.worker_id, since, but_batch=pushes[0].batch_id)
    places = repository.places([push.posting_id for push in pushes])
    stale = []
    for push in pushes:
        facts = places[push.posting_id]
        if push.posting_id in dead:
            stale.append((push, dead[push.posting_id]))
        elif push.posting_id in unfit:
            stale.append((push, NOT_ELIGIBLE))
        elif push.posting_id in lately:
            stale.append((push, f"{days} 天内已推过"))
        elif repository.open_before(push) >= office.terms.pushes_allowed(facts):
            stale.append((push, CROWDED))
    return stale


def dead_postings(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, str]:
    """Posting → why it may not be shown at this moment; those that may be shown are absent."""
    return {one: line.text for one, line in refusals(session, posting_ids).items()}
