"""The hand-written postings, field by field."""

from __future__ import annotations

import pytest
from posting_gold import LISTS, SINGLES, Tally, posting_gold_names, read_posting_gold, score_postings

FIELDS = {
    *LISTS, *SINGLES, "pay", "age", "education", "start", "need_by", "valid_from", "valid_to", "contacts", "limits",
    "certificates", "levels", "skills", "place",
}  # fmt: skip


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    return score_postings("postings.jsonl")


def test_there_are_enough_postings() -> None:
    rows = [row for name in posting_gold_names() for row in read_posting_gold(name)]
    assert len(rows) >= 300
    assert len({(row["title"], row["duties"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("name", posting_gold_names())
def test_labels_name_known_fields_and_skills_that_stand_in_the_text(name: str) -> None:
    for row in read_posting_gold(name):
        text = "\n".join((row["title"], row["duties"], row["requirements"])).lower()
        assert row["labels"].keys() <= FIELDS, row["title"]
        assert all(word.lower() in text for word in row["labels"].get("skills", [])), row["title"]


def test_no_certificate_is_missed(tallies: dict[str, Tally]) -> None:
    assert tallies["certificate codes"].recall >= 0.99, tallies["certificate codes"].errors


def test_skills_are_found(tallies: dict[str, Tally]) -> None:
    assert tallies["skills"].f1 >= 0.90, tallies["skills"].errors


@pytest.mark.parametrize("name", ["postings_third.jsonl", "postings_fourth.jsonl"])
def test_papers_and_skills_of_the_later_postings_are_found(name: str) -> None:
    """Their skills were labelled before most words of the trades were listed: what is found beyond may be right."""
    later = score_postings(name)
    assert later["certificate codes"].recall >= 0.99, later["certificate codes"].errors
    assert later["skills"].recall >= 0.94, later["skills"].errors
    assert later["skills"].f1 >= 0.88, later["skills"].errors


@pytest.mark.parametrize(
    "name", ["postings_fifth.jsonl", "postings_sixth.jsonl", "postings_seventh.jsonl", "postings_eighth.jsonl"]
)
def test_the_work_words_of_the_newest_postings_are_found(name: str) -> None:
    """The reader has learnt from these sets; what it finds unseen is in models/skills/figures.json."""
    later = score_postings(name)
    assert later["certificate codes"].recall >= 0.985, later["certificate codes"].errors
    assert later["skill spans"].f1 >= 0.92, later["skill spans"].errors
    assert later["skills"].precision >= 0.83, later["skills"].errors


@pytest.mark.parametrize(
    "field",
    ["pay", "age", "education", "experience", "hours", "days", "headcount", "start", "valid_to", "contacts", "limits",
     "certificates", "settlements", "shifts", "benefits", "transport", "insurance", "load", "friendly", "form",
     "kind", "denied"],
)  # fmt: skip
def test_each_field_is_read(tallies: dict[str, Tally], field: str) -> None:
    assert tallies[field].f1 >= 0.95, tallies[field].errors
