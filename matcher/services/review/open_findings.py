"""What still waits for the office's decision, gravest first, masked (待处理发现)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import case, func, select

from matcher.compliance import ground_label
from matcher.domain.record_terms import FindingKind, FindingState, Severity
from matcher.errors import InvalidInput
from matcher.store.repositories.findings import WORDS
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingFindingRow, PostingRow

MOST = 1_000
_NUMBER = re.compile(r"\d{5,}")
_GRAVITY = case({one: one.ordinal for one in Severity}, value=PostingFindingRow.severity)


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """One finding for a person. words, basis: what it rests on, long numbers hidden; rewrite: what to write."""

    finding_id: int
    posting_id: str
    title: str
    kind: FindingKind
    severity: Severity
    rule_id: str
    ground: str
    words: str
    basis: str
    rewrite: str


def open_findings(
    session: StoreSession, *, severity: Severity | None = None, limit: int = 50
) -> list[OpenFinding]:
    """The open findings, gravest first, then by posting. Raises InvalidInput for a limit out of 1 … 1000."""
    if not 1 <= limit <= MOST:
        raise InvalidInput(f"一次最多看 {MOST} 条，至少 1 条，现在是 {limit}")
    row = PostingFindingRow
    query = (
        select(row, PostingRow.title)
        .join(PostingRow, PostingRow.posting_id == row.posting_id)
        .where(row.state == FindingState.OPEN)
        .order_by(_GRAVITY, row.posting_id, row.id)
        .limit(limit)
    )
    if severity is not None:
        query = query.where(row.severity == severity)
    return [_shown(finding, title) for finding, title in session.execute(query)]


def open_counts(session: StoreSession) -> Mapping[Severity, int]:
    """Open findings by severity, gravest first; a severity without any is 0."""
    row = PostingFindingRow
    query = select(row.severity, func.count().label("open")).where(row.state == FindingState.OPEN).group_by(row.severity)
    found = {one.severity: one.open for one in session.execute(query)}
    return {one: found.get(one, 0) for one in Severity}


def _shown(row: PostingFindingRow, title: str) -> OpenFinding:
    details = row.details or {}
    return OpenFinding(
        finding_id=row.id,
        posting_id=row.posting_id,
        title=masked_numbers(title),
        kind=row.kind,
        severity=row.severity,
        rule_id=row.rule_id,
        ground=_ground(str(details.get("ground", ""))),
        words=masked_numbers(str(details.get(WORDS, ""))),
        basis=str(details.get("basis", "")),
        rewrite=row.rewrite or "",
    )


def _ground(ground: str) -> str:
    """The ground's name; a ground that the rules no longer know is told as it was stored."""
    try:
        return ground_label(ground)
    except KeyError:
        return ground


def masked_numbers(text: str) -> str:
    """Numbers of five digits and more, which may be phones or documents, show their first two digits."""
    return _NUMBER.sub(lambda match: match.group()[:2] + "*" * (len(match.group()) - 2), text)
