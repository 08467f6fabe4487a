"""An employer's own postings: how they stand, and renew, fill, withdraw with one tap (我的岗位).

INVARIANTS
- An employer reaches its own postings alone; those of others do not exist for it.
- What the office took down, froze or never passed cannot be brought back by the employer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from matcher.clock import local_date
from matcher.domain.labels import pay_label
from matcher.domain.posting_terms import CloseReason, PublishState, ReviewState, VerifyMethod
from matcher.domain.record_terms import FindingState
from matcher.domain.service_terms import PushState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.employers.submitting import OFFICER_RULE, SOURCE
from matcher.services.output_gate import refusals
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow

RENEWED_DAYS = 30
MOST_LEFT = 10_000
MOST_SHOWN = 100
GONE = "没有这个岗位；请从“我的岗位”进入"


@dataclass(frozen=True, slots=True)
class OwnPosting:
    """One posting as its employer sees it.

    live: whether it is shown now; why_not: why it is not, "" when it is. asked: what to change before it can pass.
    last_day, days: the last day on which it is valid, and how many until then; None without an end.
    wanting: people who said that they want to come and were not answered yet.
    """

    posting_id: str
    title: str
    duties: str
    pay: str
    place: str
    left: int | None
    last_day: date | None
    days: int | None
    review: ReviewState
    publish: PublishState
    live: bool
    why_not: str
    asked: tuple[str, ...]
    wanting: int
    may_edit: bool

    @property
    def may_renew(self) -> bool:
        """Whether one tap may bring it back or prolong it."""
        open_again = (PublishState.LIVE, PublishState.FILLED, PublishState.EXPIRED)
        return self.review is ReviewState.PASSED and self.publish in open_again

    @property
    def may_close(self) -> bool:
        """Whether it can still be filled or withdrawn."""
        return self.publish in (PublishState.LIVE, PublishState.PAUSED, PublishState.UNPUBLISHED)


def own_postings(database: Database, employer_id: str) -> list[OwnPosting]:
    """The employer's newest postings; those that need something from it first, then those on show."""
    row = PostingRow
    query = select(row).where(row.employer_id == employer_id).order_by(row.updated_at.desc(), row.posting_id)
    with database.reading() as session:
        found = _shown(session, list(session.scalars(query.limit(MOST_SHOWN))))
    return sorted(found, key=lambda one: (one.review is not ReviewState.RETURNED, not one.wanting, not one.live))


def own_posting(database: Database, employer_id: str, posting_id: str) -> OwnPosting:
    """One of the employer's postings. Raises NotFound for one that is not."""
    with database.reading() as session:
        return _shown(session, [require_own(session, employer_id, posting_id)])[0]


def employer_name(database: Database, employer_id: str) -> str:
    """Name of the employer. Raises NotFound."""
    with database.reading() as session:
        row = session.get(EmployerRow, employer_id)
        if row is None:
            raise NotFound("账号没有绑定用人单位；请联系就业服务中心")
        return row.name


def renew(database: Database, employer_id: str, posting_id: str, *, left: int, actor: str) -> None:
    """Still wanted: so many places, valid for RENEWED_DAYS from now. Raises Conflict for what may not come back."""
    if not 1 <= left <= MOST_LEFT:
        raise InvalidInput(f"还招人数应在 1 到 {MOST_LEFT} 之间；不招了请点“招满”或“撤下”")
    with database.writing(actor) as session:
        row = require_own(session, employer_id, posting_id)
        (shown,) = _shown(session, [row])
        if not shown.may_renew:
            raise Conflict("这个岗位不能续期；请重新发布，审核通过后才会展示")
        PostingRepository(session).confirm_open(
            posting_id,
            left=left,
            valid_to=session.now() + timedelta(days=RENEWED_DAYS),
            method=VerifyMethod.EMPLOYER,
        )
        _note(session, posting_id, f"续期，还招 {left} 人")


def mark_filled(database: Database, employer_id: str, posting_id: str, *, here: bool, actor: str) -> None:
    """Nobody is wanted any more. here: filled by people of this service."""
    reason = CloseReason.FILLED_HERE if here else CloseReason.FILLED_ELSEWHERE
    _close(database, employer_id, posting_id, PublishState.FILLED, reason, actor)


def withdraw(database: Database, employer_id: str, posting_id: str, *, actor: str) -> None:
    """Take a posting out of every answer at once, for good."""
    _close(database, employer_id, posting_id, PublishState.WITHDRAWN, CloseReason.CANCELLED, actor)


def require_own(session: StoreSession, employer_id: str, posting_id: str) -> PostingRow:
    """The posting, if it is the employer's. Raises NotFound, the same for one of others and one there is not."""
    row = session.get(PostingRow, posting_id)
    if row is None or not employer_id or row.employer_id != employer_id:
        raise NotFound(GONE)
    return row


def _close(
    database: Database, employer_id: str, posting_id: str, state: PublishState, why: CloseReason, actor: str
) -> None:
    with database.writing(actor) as session:
        row = require_own(session, employer_id, posting_id)
        (shown,) = _shown(session, [row])
        if not shown.may_close:
            raise Conflict(f"这个岗位已经是“{shown.publish.label}”，不用再操作")
        PostingRepository(session).set_states([posting_id], publish_state=state, close_reason=why)
        _note(session, posting_id, why.label)


def _note(session: StoreSession, posting_id: str, what: str) -> None:
    AuditRepository(session).append(
        action="employer_posting", entity="posting", entity_id=posting_id, reason=f"单位操作：{what}"
    )


def _shown(session: StoreSession, rows: list[PostingRow]) -> list[OwnPosting]:
    ids = [row.posting_id for row in rows]
    postings = PostingRepository(session).get_many(ids)
    against = refusals(session, ids)
    waiting = _wanting(session, ids)
    shown = []
    for row in rows:
        posting = postings[row.posting_id]
        line = against.get(row.posting_id)
        shown.append(
            OwnPosting(
                posting_id=row.posting_id,
                title=posting.title,
                duties=posting.duties,
                pay=pay_label(posting.pay),
                place=posting.place.name if posting.place else "",
                left=posting.headcount_left,
                last_day=last_day(posting.valid_to),
                days=days_left(posting.valid_to, session.now()),
                review=row.review_state,
                publish=row.publish_state,
                live=line is None,
                why_not="" if line is None else line.text,
                asked=_asked(session, row),
                wanting=waiting.get(row.posting_id, 0),
                may_edit=row.source == SOURCE
                and row.review_state in (ReviewState.RETURNED, ReviewState.PENDING)
                and row.publish_state is PublishState.UNPUBLISHED,
            )
        )
    return shown


def _asked(session: StoreSession, row: PostingRow) -> tuple[str, ...]:
    """What an officer, or else the rules, ask to be changed."""
    if row.review_state is not ReviewState.RETURNED:
        return ()
    found = [one for one in FindingRepository(session).of_posting(row.posting_id) if one.state is FindingState.OPEN]
    return tuple(
        one.rewrite or "" for one in sorted(found, key=lambda one: one.rule_id != OFFICER_RULE) if one.rewrite
    )


def _wanting(session: StoreSession, posting_ids: list[str]) -> dict[str, int]:
    row = PushRow
    query = (
        select(row.posting_id, func.count())
        .where(
            row.posting_id.in_(posting_ids),
            row.state == PushState.INTERESTED,
            row.employer_answered_at.is_(None),
        )
        .group_by(row.posting_id)
    )
    return dict(session.execute(query).all())


def last_day(valid_to: datetime | None) -> date | None:
    """The last day on which a posting is valid; a moment of midnight belongs to the day before."""
    return None if valid_to is None else local_date(valid_to - timedelta(microseconds=1))


def days_left(valid_to: datetime | None, now: datetime) -> int | None:
    """Days until the last day of a posting, 0 = today; None without an end."""
    last = last_day(valid_to)
    return None if last is None else (last - local_date(now)).days
