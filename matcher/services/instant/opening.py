"""Opening an urgent request: from a complete draft to a posting that may be shown (发起快招)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from matcher.allocation.instant.decision import SURE
from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PostingKind, PublishState, ReviewState, VerifyMethod
from matcher.domain.record_terms import SourceChannel
from matcher.errors import Conflict, InvalidInput
from matcher.services.instant.reading import UrgentDraft, told
from matcher.services.output_gate import require_cleared
from matcher.services.review.reviewing import blocking, posting_findings
from matcher.store.database import Database
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.arrivals import ArrivalRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import new_id
from matcher.store.tables.postings import PostingRow

SOURCE = "instant"
SENT_AWAY_WARNING = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that was opened. warnings: what the office should know, in Chinese."""

    request_id: int
    posting_id: str
    warnings: tuple[str, ...] = ()


def open_request(
    database: Database,
    draft: UrgentDraft,
    *,
    sure: float = SURE,
    source: str = SOURCE,
    again: bool = False,
    actor: str,
) -> Opened:
    """Make the posting and the request. source: that of a gig station, for its board.

    again: the same request a second time is meant. Raises InvalidInput when something is missing or a rule blocks
    the words, Conflict when the same request is open already or its employer may not recruit.
    """
    now = database.clock.now()
    draft = draft.checked(now)
    if draft.missing():
        raise InvalidInput(f"快招信息还缺：{'、'.join(draft.missing())}")
    if not 0.5 <= sure < 1:
        raise InvalidInput(f"招满把握须在 0.5 到 1 之间，收到 {sure}")
    with database.writing(actor) as session:
        posting = _posting(draft, _key(session, draft, source, again=again), source, now)
        _refuse_blocked(posting)
        posting_id = _write(session, posting, draft)
        row = UrgentRepository(session).add(
            posting_id,
            need_by=posting.need_by or now,
            needed=posting.headcount or 0,
            sure=sure,
            occupation_code=posting.occupations[0].code if posting.occupations else None,
            region_code=posting.place.region_code if posting.place else None,
        )
        return Opened(row.id, posting_id, _warnings(session, posting_id))


def _key(session: StoreSession, draft: UrgentDraft, source: str, *, again: bool) -> str:
    """The posting's own key: that of its content, so that the same words twice are found out."""
    content = [
        draft.employer_id or draft.employer_name, draft.title, draft.needed, draft.need_by,
        draft.place.name if draft.place else "", pay_label(draft.pay),
    ]  # fmt: skip
    digest = hashlib.blake2b(repr(content).encode(), digest_size=10).hexdigest()
    posting_id = f"{source}:{digest}"
    open_one = UrgentRepository(session).of_posting([posting_id]).get(posting_id)
    if open_one is None:
        return digest
    if not again:
        raise Conflict(
            f"同样的需求已经有了：快招 {open_one.id}（{open_one.needed} 人，{told(open_one.need_by)} 到岗）；"
            "确实要再招一批请注明“再招一批”"
        )
    return f"{digest}-{new_id()[:8]}"


def _posting(draft: UrgentDraft, key: str, source: str, now: datetime) -> Posting:
    assert draft.need_by is not None
    return Posting(
        posting_id=f"{source}:{key}",
        title=draft.title,
        duties=draft.words,
        source=source,
        employer_id=draft.employer_id,
        employer_name=draft.employer_name,
        kind=PostingKind.GIG,
        occupations=draft.occupations,
        pay=draft.pay,
        settlement=draft.settlement,
        place=draft.place,
        headcount=draft.needed,
        headcount_left=draft.needed,
        start_at=draft.need_by,
        need_by=draft.need_by,
        valid_from=now,
        valid_to=draft.need_by,  # it expires by itself
        verified_at=now,
    )


def _refuse_blocked(posting: Posting) -> None:
    for finding in blocking(posting):
        raise InvalidInput(f"岗位信息违规，不能发起：{finding.message}；{finding.rewrite}")


def _write(session: StoreSession, posting: Posting, draft: UrgentDraft) -> str:
    extra = {
        "external_id": posting.posting_id.removeprefix(f"{posting.source}:"),
        "end_at": draft.ends_at,
        "emergency": True,
        "contact_phone": draft.contact or None,
        "source_channel": SourceChannel.WINDOW,
        "verify_method": VerifyMethod.EMPLOYER,
        "published_at": session.now(),
        "review_state": ReviewState.PASSED,
        "publish_state": PublishState.LIVE,
    }
    repository = PostingRepository(session)
    stored = repository.upsert([posting_to_row(posting, extra)])[0].entity_id
    found = posting_findings(replace(posting, posting_id=stored))
    repository.set_findings(stored, found)
    require_cleared(session, [stored])
    return stored


def _warnings(session: StoreSession, posting_id: str) -> tuple[str, ...]:
    employer_id = session.get_one(PostingRow, posting_id).employer_id
    times = ArrivalRepository(session).sent_away(employer_id) if employer_id else 0
    if times < SENT_AWAY_WARNING:
        return ()
    return (f"这家单位有 {times} 次让到了的人回去，请先核实人数再发邀约",)
