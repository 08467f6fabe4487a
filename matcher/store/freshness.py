"""Whether a posting may be shown now: the one gate, for one row and as SQL (时效关口).

A posting is live when it passed review, is published, is inside its validity, still has places, costs the
applicant nothing, and neither its employer is blacklisted nor a blocking finding is open. No valid_to means
no stated end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select

from matcher.domain.match import Line
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import FindingState, Severity
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingFindingRow, PostingRow


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """What decides whether a posting is live."""

    posting_id: str
    review_state: ReviewState
    publish_state: PublishState
    valid_from: datetime | None
    valid_to: datetime | None
    headcount_left: int | None
    fees_fen: int | None
    employer_blacklisted: bool
    blocking_finding: bool


def why_not_live(facts: LiveFacts, now: datetime) -> Line | None:
    """The first reason against showing the posting at `now`, or None when it is live."""
    tests = (
        (facts.review_state is not ReviewState.PASSED, "not_reviewed", "岗位未通过审核"),
        (facts.publish_state is not PublishState.LIVE, "not_published", "岗位不在发布中"),
        (facts.valid_from is not None and facts.valid_from > now, "not_yet_valid", "岗位还没开始"),
        (facts.valid_to is not None and facts.valid_to <= now, "expired", "岗位已过有效期"),
        (facts.headcount_left is not None and facts.headcount_left <= 0, "filled", "岗位已招满"),
        (bool(facts.fees_fen), "charges_fee", "岗位向求职者收费"),
        (facts.employer_blacklisted, "employer_blacklisted", "用人单位在黑名单"),
        (facts.blocking_finding, "blocking_finding", "岗位信息有违规未处理"),
    )
    return next((Line(code, text) for failed, code, text in tests if failed), None)


def is_live(facts: LiveFacts, now: datetime) -> bool:
    """Whether the posting may be shown at `now`."""
    return why_not_live(facts, now) is None


def live_condition(now: datetime) -> ColumnElement[bool]:
    """`is_live` as a condition on `postings`."""
    row = PostingRow
    return and_(indexable_condition(now), or_(row.valid_from.is_(None), row.valid_from <= now))


def indexable_condition(now: datetime) -> ColumnElement[bool]:
    """Live now, or live as soon as its valid_from has come: that moment changes no row, so nothing announces it."""
    row = PostingRow
    return and_(
        row.review_state == ReviewState.PASSED,
        row.publish_state == PublishState.LIVE,
        or_(row.valid_to.is_(None), row.valid_to > now),
        or_(row.headcount_left.is_(None), row.headcount_left > 0),
        func.coalesce(row.fees_fen, 0) == 0,
        ~_employer_blacklisted(),
        ~_blocking_finding(),
    )


def live_facts_query() -> Select[*tuple[Any, ...]]:
    """Selects the columns of `LiveFacts`, in order."""
    row = PostingRow
    return select(
        row.posting_id,
        row.review_state,
        row.publish_state,
        row.valid_from,
        row.valid_to,
        row.headcount_left,
        row.fees_fen,
        _employer_blacklisted().label("employer_blacklisted"),
        _blocking_finding().label("blocking_finding"),
    )


def live_facts(found: Row[*tuple[Any, ...]]) -> LiveFacts:
    """One row of `live_facts_query` as facts."""
    facts = dict(found._mapping)
    for name in ("employer_blacklisted", "blocking_finding"):
        facts[name] = bool(facts[name])
    return LiveFacts(**facts)


def _employer_blacklisted() -> ColumnElement[bool]:
    return exists().where(
        EmployerRow.employer_id == PostingRow.employer_id, EmployerRow.blacklisted_since.is_not(None)
    )


def _blocking_finding() -> ColumnElement[bool]:
    return exists().where(
        PostingFindingRow.posting_id == PostingRow.posting_id,
        PostingFindingRow.severity == Severity.BLOCK,
        PostingFindingRow.state == FindingState.OPEN,
    )
