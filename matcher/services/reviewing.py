"""From the compliance check of a posting to what the store and a person get of it (合规审核)."""

from __future__ import annotations

from typing import Any

from matcher import __version__
from matcher.compliance import Finding, Review, is_risk, review
from matcher.compliance import Severity as Checked
from matcher.domain.posting import Posting
from matcher.domain.record_terms import FindingKind, Severity
from matcher.store.repositories.findings import RULES, WORDS

STORED = {Checked.BLOCK: Severity.BLOCK, Checked.RETURN: Severity.AMEND, Checked.HINT: Severity.HINT}
WORDS_AT_MOST = 80


def posting_findings(posting: Posting) -> list[dict[str, Any]]:
    """What the rules find in a posting, as columns for `FindingRepository.replace`."""
    reviewed = review(posting)
    return [_columns(posting, finding, reviewed) for finding in reviewed.findings]


def blocking(posting: Posting) -> tuple[Finding, ...]:
    """The findings that keep a posting out of every output; empty when it may be shown."""
    return tuple(finding for finding in review(posting).findings if finding.severity is Checked.BLOCK)


def words_found(posting: Posting, finding: Finding) -> str:
    """The words a finding rests on, as the employer wrote them; "" when it rests on none."""
    text = posting.quarantined.get(finding.field) or getattr(posting, finding.field, "")
    return str(text)[finding.start : finding.end][:WORDS_AT_MOST] if text else ""


def _columns(posting: Posting, finding: Finding, reviewed: Review) -> dict[str, Any]:
    return {
        "kind": FindingKind.RISK if is_risk(finding.ground) else FindingKind.COMPLIANCE,
        "rule_id": finding.rule_id,
        "field": finding.field,
        "span_start": finding.start,
        "span_end": finding.end,
        "severity": STORED[finding.severity],
        "rewrite": finding.rewrite or None,
        "details": {
            RULES: reviewed.version,
            "program": __version__,
            "ground": finding.ground,
            "message": finding.message,
            WORDS: words_found(posting, finding),
        },
    }
