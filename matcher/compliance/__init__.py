"""Finds unlawful limits and signs of fraud in postings, by versioned rules with their own examples (合规)."""

from matcher.compliance.check import check, review
from matcher.compliance.finding import Exemption, Finding, Review, Severity
from matcher.compliance.shelf import ground_label, is_risk, rule_fault, version
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
    "rule_fault",
    "version",
]
