"""Made-up postings with everything a notice asks for, for tests of what may leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Benefit, PayUnit, PublishState, ReviewState, Settlement, Shift
from matcher.domain.record_terms import FindingKind, Severity
from matcher.domain.values import Pay, Place
from matcher.store.database import Database
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.postings import PostingRepository

FULL = Posting(
    "p1",
    "样例砌筑工",
    duties="砌墙，抹灰",
    requirements="会看图纸",
    source="county",
    employer_name="样例建筑公司",
    pay=Pay(20_000, 26_000, PayUnit.DAY),
    settlement=Settlement.DAILY,
    shifts=(Shift.DAY,),
    benefits=(Benefit.LODGING,),
    place=Place("样例镇", "130629100000", 39.0, 116.0),
    headcount=3,
    headcount_left=3,
    valid_to=datetime(2026, 4, 1, tzinfo=UTC),
)
LIVE = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}


def add(
    database: Database, *posting_ids: str, columns: Mapping[str, Any] | None = None, **changes: Any
) -> None:
    """Live postings as `FULL` but for `changes`; columns: of the table, over all else."""
    rows = [
        posting_to_row(replace(FULL, posting_id=one, **changes), LIVE) | dict(columns or {})
        for one in posting_ids
    ]
    with database.writing("importer") as session:
        PostingRepository(session).upsert(rows)


def finding(severity: Severity, field: str = "duties") -> dict[str, Any]:
    """One finding, as `set_findings` takes it."""
    return {
        "kind": FindingKind.COMPLIANCE,
        "rule_id": "sample",
        "field": field,
        "span_start": 0,
        "span_end": 1,
        "severity": severity,
        "rewrite": None,
    }
