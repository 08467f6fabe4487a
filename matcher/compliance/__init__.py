"""Finds unlawful limits and signs of fraud in postings, by versioned rules with their own examples (合规)."""

from matcher.compliance.check import Context, check, review
from matcher.compliance.finding import Exemption, Finding, Review, Severity
from matcher.compliance.rules import ground_label, is_risk, version

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
    "version",
]
