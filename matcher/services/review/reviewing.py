"""From the compliance check of a posting to what the store and a person get of it (合规审核)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matcher import __version__
from matcher.compliance import Context, Finding, is_risk, review, version
from matcher.compliance import Severity as Checked
from matcher.compliance.shelf import rule_book
from matcher.compliance.signs import NO_CONTEXT, context_findings
from matcher.domain.posting import Posting
from matcher.domain.record_terms import FindingKind, Severity
from matcher.store.repositories.findings import RULES, WORDS

STORED = {Checked.BLOCK: Severity.BLOCK, Checked.RETURN: Severity.AMEND, Checked.HINT: Severity.HINT}
WORDS_AT_MOST = 80


def posting_findings(posting: Posting, context: Context = NO_CONTEXT) -> list[dict[str, Any]]:
    """What the rules find in a posting, as columns for `FindingRepository.replace`."""
    reviewed = review(posting, context)
    return [_columns(posting, finding, reviewed.version) for finding in reviewed.findings]


def sign_findings(context: Context, seen: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the registry alone says about a posting whose words gave the findings `seen`, as such columns."""
    book = rule_book()
    grounds = {str(one["details"]["ground"]) for one in seen}
    return [
        _columns(None, finding, version()) for finding in context_findings("", context, book, grounds)
    ]


def blocking(posting: Posting) -> tuple[Finding, ...]:
    """The findings that keep a posting out of every output; empty when it may be shown."""
    return tuple(finding for finding in review(posting).findings if finding.severity is Checked.BLOCK)


def words_found(posting: Posting, finding: Finding) -> str:
    """The words a finding rests on, as the employer wrote them; "" when it rests on none."""
    text = posting.quarantined.get(finding.field) or getattr(posting, finding.field, "")
    return str(text)[finding.start : finding.end][:WORDS_AT_MOST] if text else ""


def _columns(posting: Posting | None, finding: Finding, rules: str) -> dict[str, Any]:
    return {
        "kind": FindingKind.RISK if is_risk(finding.ground) else FindingKind.COMPLIANCE,
        "rule_id": finding.rule_id,
        "field": finding.field,
        "span_start": finding.start,
        "span_end": finding.end,
        "severity": STORED[finding.severity],
        "rewrite": finding.rewrite or None,
        "details": {
            RULES: rules,
            "program": __version__,
            "ground": finding.ground,
            "message": finding.message,
            WORDS: "" if posting is None else words_found(posting, finding),
            "basis": finding.basis,
        },
    }
