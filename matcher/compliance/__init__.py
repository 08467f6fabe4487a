"""Finds unlawful limits and signs of fraud in postings, by versioned rules and a trained second reader (合规)."""

from matcher.compliance.check import check, review, review_by_rules, version
from matcher.compliance.finding import Exemption, Finding, Review, Severity
from matcher.compliance.shelf import ground_label, is_risk, rule_fault
from matcher.compliance.signs import Context

__all__ = [
    "Context",
    "Exemption",
    "Finding",
    "Review",
    "Severity",
    "check",
    "ground_label",
    "is_risk",
    "review",
    "review_by_rules",
    "rule_fault",
    "version",
]
