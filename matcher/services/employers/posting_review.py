"""An officer's check of what employers submitted: accept, or send back with a reason (岗位审核)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from matcher.domain.labels import pay_label
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import FindingKind, FindingState, Severity
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.employers.own_postings import last_day
from matcher.services.employers.submitting import OFFICER_RULE
from matcher.services.output_gate import missing_elements
from matcher.services.review.open_findings import masked_numbers
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.findings import WORDS, FindingRepository, FindingView
from matcher.store.repositories.postings import PostingRepository
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingFindingRow, PostingRow

MOST = 50
SHORTEST_REASON, LONGEST_REASON = 2, 200


@dataclass(frozen=True, slots=True)
class FoundWords:
    """One open finding as an officer reads it."""

    words: str
    message: str
    rewrite: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class WaitingPosting:
    """A posting that waits for the check. lacking: elements of the notice that it does not state."""

    posting_id: str
    title: str
    employer: str
    duties: str
    pay: str
    place: str
    headcount: int | None
    last_day: date | None
    submitted_at: datetime
    lacking: tuple[str, ...]
    findings: tuple[FoundWords, ...]

    @property
    def blocked(self) -> bool:
        """Whether it cannot be accepted as it stands."""
        return any(one.severity is Severity.BLOCK for one in self.findings)


def waiting_count(session: StoreSession) -> int:
    """How many postings wait."""
    return session.scalar(select(func.count()).select_from(PostingRow).where(_waits())) or 0


def waiting_postings(database: Database, *, limit: int = MOST) -> tuple[int, list[WaitingPosting]]:
    """How many wait, and the oldest of them."""
    row = PostingRow
    query = select(row).where(_waits()).order_by(row.updated_at, row.posting_id)
    with database.reading() as session:
        rows = list(session.scalars(query.limit(limit)))
        return waiting_count(session), [_waiting(session, one) for one in rows]


def accept_posting(database: Database, posting_id: str, *, checked: bool, actor: str) -> None:
    """Let a posting out. checked: the officer looked at the open findings and holds them to be unfounded.

    Raises NotFound, and Conflict when it does not wait any more, is blocked, or has findings nobody looked at.
    """
    with database.writing(actor) as session:
        row = _pending(session, posting_id)
        findings = FindingRepository(session)
        still = [one for one in findings.of_posting(posting_id) if one.state is FindingState.OPEN]
        if any(one.severity is Severity.BLOCK for one in still):
            raise Conflict("有拦截类问题，不能通过；请退回单位修改")
        if any(one.severity is Severity.AMEND for one in still) and not checked:
            raise Conflict("有待改写的说法；请退回修改，或勾选“已核对，不构成违规”再通过")
        for one in still:
            findings.decide(one.finding_id, FindingState.DISMISSED)
        PostingRepository(session).set_states(
            [row.posting_id], review_state=ReviewState.PASSED, publish_state=PublishState.LIVE
        )
        _note(session, posting_id, "通过", dismissed=len(still))


def return_posting(database: Database, posting_id: str, *, reason: str, actor: str) -> None:
    """Send a posting back with a reason that the employer reads. Raises NotFound, Conflict, InvalidInput without one."""
    why = reason.strip()
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON:
        raise InvalidInput(f"退回要写明原因，{SHORTEST_REASON} 到 {LONGEST_REASON} 个字，单位会看到")
    with database.writing(actor) as session:
        _pending(session, posting_id)
        PostingRepository(session).set_states([posting_id], review_state=ReviewState.RETURNED)
        session.add(
            PostingFindingRow(
                posting_id=posting_id,
                kind=FindingKind.COMPLIANCE,
                rule_id=OFFICER_RULE,
                field="duties",
                span_start=0,
                span_end=0,
                severity=Severity.AMEND,
                rewrite=why,
                state=FindingState.OPEN,
                details={"message": "工作人员退回"},
                found_at=session.now(),
            )
        )
        _note(session, posting_id, why)


def _waits() -> ColumnElement[bool]:
    """Neither checked nor taken back by the employer."""
    row = PostingRow
    return and_(row.review_state == ReviewState.PENDING, row.publish_state == PublishState.UNPUBLISHED)


def _pending(session: StoreSession, posting_id: str) -> PostingRow:
    row = session.get(PostingRow, posting_id, with_for_update=True)
    if row is None:
        raise NotFound("没有这个岗位；可能已被删除")
    if row.review_state is not ReviewState.PENDING or row.publish_state is not PublishState.UNPUBLISHED:
        raise Conflict(f"这个岗位已经是“{row.review_state.label}，{row.publish_state.label}”；请刷新列表")
    return row


def _note(session: StoreSession, posting_id: str, reason: str, **details: Any) -> None:
    AuditRepository(session).append(
        action="review_posting", entity="posting", entity_id=posting_id, reason=reason, details=details or None
    )


def _waiting(session: StoreSession, row: PostingRow) -> WaitingPosting:
    posting = PostingRepository(session).get_many([row.posting_id])[row.posting_id]
    open_now = [
        one for one in FindingRepository(session).of_posting(row.posting_id) if one.state is FindingState.OPEN
    ]
    return WaitingPosting(
        posting_id=row.posting_id,
        title=posting.title,
        employer=posting.employer_name,
        duties=masked_numbers(posting.duties),
        pay=pay_label(posting.pay),
        place=posting.place.name if posting.place else "",
        headcount=posting.headcount,
        last_day=last_day(posting.valid_to),
        submitted_at=row.updated_at,
        lacking=tuple(line.text for line in missing_elements(posting)),
        findings=_told(open_now),
    )


def _told(views: list[FindingView]) -> tuple[FoundWords, ...]:
    """The findings, gravest first; the same words with the same message once."""
    told: dict[tuple[str, str], FoundWords] = {}
    for one in map(_words, views):
        told.setdefault((one.words, one.message), one)
    return tuple(told.values())


def _words(view: FindingView) -> FoundWords:
    return FoundWords(
        words=masked_numbers(str(view.details.get(WORDS, ""))),
        message=str(view.details.get("message", "")),
        rewrite=view.rewrite or "",
        severity=view.severity,
    )
