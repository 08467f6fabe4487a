"""Check every stored posting against the rules and the registry of today (全部复核).

INVARIANTS
- One transaction for each chunk; what a killed run has written stands, and the next one goes on behind it.
- An officer's decision on a finding stays, unless the finding became graver.
- A posting that becomes blocked or cleared is in the index log of the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from matcher.compliance import version
from matcher.domain.record_terms import FindingState, Severity
from matcher.services.review.registry_signs import Registry, contexts, read_registry
from matcher.services.review.reviewing import posting_findings
from matcher.store.database import SYSTEM_ACTOR, Database, StoreSession
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.postings import PostingFindingRow, PostingRow

CHUNK = 500
_BOOKMARK = "review.json"

Advance = Callable[[int], None]


@dataclass(slots=True)
class ReviewAllReport:
    """What one run found. blocked, cleared: postings that went in or came out; resumed_after: "" from the start."""

    rules: str
    resumed_after: str = ""
    reviewed: int = 0
    with_findings: int = 0
    blocked: int = 0
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a killed run stood, in a small file beside the database; of no use under other rules."""

    path: Path

    @classmethod
    def in_folder(cls, folder: Path) -> Bookmark:
        """The bookmark of the installation in `folder`."""
        return cls(folder / _BOOKMARK)

    def read(self, rules: str) -> str:
        """The last posting a run under the same rules was done with; "" without one."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        same = isinstance(kept, dict) and kept.get("rules") == rules
        return str(kept.get("after", "")) if same else ""

    def write(self, rules: str, after: str) -> None:
        """Note that everything up to `after` is done."""
        self.path.write_text(json.dumps({"rules": rules, "after": after}), encoding="utf-8")

    def remove(self) -> None:
        """Forget it: the run is through."""
        self.path.unlink(missing_ok=True)


def review_all(
    database: Database,
    bookmark: Bookmark,
    *,
    actor: str = SYSTEM_ACTOR,
    advance: Advance | None = None,
    chunk: int = CHUNK,
) -> ReviewAllReport:
    """Review all postings, in the order of their ids, from where a killed run under the same rules stood.

    advance: called with the number of postings of each chunk that is through.
    """
    report = ReviewAllReport(version())
    report.resumed_after = after = bookmark.read(report.rules)
    with database.reading() as session:
        registry = read_registry(session)
    while True:
        with database.writing(actor) as session:
            ids = _next_ids(session, after, chunk)
            if ids:
                _review_chunk(session, ids, registry, report)
        if not ids:
            break
        after = ids[-1]
        bookmark.write(report.rules, after)
        if advance is not None:
            advance(len(ids))
    bookmark.remove()
    return report


def postings_left(database: Database, bookmark: Bookmark) -> int:
    """How many postings `review_all` would go through now."""
    with database.reading() as session:
        query = select(func.count()).select_from(PostingRow)
        return session.scalar(query.where(PostingRow.posting_id > bookmark.read(version()))) or 0


def _next_ids(session: StoreSession, after: str, chunk: int) -> list[str]:
    query = select(PostingRow.posting_id).where(PostingRow.posting_id > after)
    return list(session.scalars(query.order_by(PostingRow.posting_id).limit(chunk)))


def _review_chunk(
    session: StoreSession, ids: Sequence[str], registry: Registry, report: ReviewAllReport
) -> None:
    postings = PostingRepository(session).get_many(ids)
    facts = contexts(session, ids, registry)
    found = {one: posting_findings(postings[one], facts[one]) for one in ids}
    before = _barred(session, ids)
    FindingRepository(session).replace(found, rules_only=True)
    after = _barred(session, ids)
    report.reviewed += len(ids)
    report.with_findings += sum(bool(one) for one in found.values())
    report.blocked += len(after - before)
    report.cleared += len(before - after)


def _barred(session: StoreSession, ids: Sequence[str]) -> set[str]:
    """Those that an open blocking finding keeps out of every output."""
    row = PostingFindingRow
    return set(
        session.scalars(
            select(row.posting_id).where(
                row.posting_id.in_(ids), row.severity == Severity.BLOCK, row.state == FindingState.OPEN
            )
        )
    )
