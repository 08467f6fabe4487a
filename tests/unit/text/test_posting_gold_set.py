"""The hand-written postings, field by field."""

from __future__ import annotations

import pytest
from posting_gold import Tally, read_posting_gold, score_postings


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    return score_postings("postings.jsonl")


def test_there_are_enough_postings() -> None:
    assert len(read_posting_gold("postings.jsonl")) >= 60


def test_no_certificate_is_missed(tallies: dict[str, Tally]) -> None:
    assert tallies["certificate codes"].recall >= 0.99, tallies["certificate codes"].errors


def test_skills_are_found(tallies: dict[str, Tally]) -> None:
    assert tallies["skills"].f1 >= 0.90, tallies["skills"].errors


@pytest.mark.parametrize(
    "field",
    ["pay", "age", "education", "experience", "hours", "days", "headcount", "start", "valid_to", "contacts", "limits",
     "certificates", "settlements", "shifts", "benefits", "transport", "insurance", "load", "friendly", "form",
     "kind", "denied"],
)  # fmt: skip
def test_each_field_is_read(tallies: dict[str, Tally], field: str) -> None:
    assert tallies[field].f1 >= 0.95, tallies[field].errors
