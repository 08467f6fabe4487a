"""Findings: decisions are kept, graver ones reopen, and the index hears of whatever moves a posting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from store_samples import posting_row

from matcher.domain.record_terms import FindingKind, FindingState, Severity
from matcher.errors import NotFound
from matcher.store.database import Database
from matcher.store.repositories.findings import FindingRepository, FindingView
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.postings import PostingRepository


def finding(**changes: Any) -> dict[str, Any]:
    """A blocking finding of the rules."""
    return {
        "kind": FindingKind.RISK,
        "rule_id": "deposit",
        "field": "duties",
        "span_start": 0,
        "span_end": 4,
        "severity": Severity.BLOCK,
        "rewrite": "删去押金",
        "details": {"rules": "1", "words": "交押金"},
    } | changes


def replace(
    database: Database, found: dict[str, list[dict[str, Any]]], **options: bool
) -> dict[str, Severity]:
    with database.writing() as session:
        return FindingRepository(session).replace(found, **options)


def stored(database: Database, posting_id: str = "p1") -> list[FindingView]:
    with database.reading() as session:
        return FindingRepository(session).of_posting(posting_id)


def decide(database: Database, state: FindingState, actor: str = "审核员") -> None:
    (one,) = stored(database)
    with database.writing(actor) as session:
        FindingRepository(session).decide(one.finding_id, state)


def live(database: Database) -> set[str]:
    with database.reading() as session:
        return {posting.posting_id for posting in PostingRepository(session).all_live()}


def told(database: Database, since: int) -> list[str]:
    with database.reading() as session:
        return [change.entity_id for change in IndexChangeRepository(session).changes_since(since)]


def mark(database: Database) -> int:
    with database.reading() as session:
        return IndexChangeRepository(session).high_water_mark()


@pytest.fixture
def postings(database: Database) -> Database:
    with database.writing() as session:
        PostingRepository(session).upsert([posting_row(1), posting_row(2), posting_row(3)])
    return database


def test_only_what_is_open_and_blocking_keeps_a_posting_out(postings: Database) -> None:
    amend, hint = finding(severity=Severity.AMEND), finding(severity=Severity.HINT)
    gravest = replace(postings, {"p1": [hint, finding(span_start=2)], "p2": [amend], "p3": [hint]})
    assert gravest == {"p1": Severity.BLOCK, "p2": Severity.AMEND, "p3": Severity.HINT}
    assert live(postings) == {"p2", "p3"}


def test_a_decision_lets_the_posting_out_tells_the_index_and_says_who(postings: Database) -> None:
    replace(postings, {"p1": [finding()]})
    before = mark(postings)
    decide(postings, FindingState.DISMISSED)
    assert told(postings, before) == ["p1"]
    assert live(postings) == {"p1", "p2", "p3"}
    assert [(one.state, one.decided_by) for one in stored(postings)] == [(FindingState.DISMISSED, "审核员")]
    decide(postings, FindingState.OPEN)
    assert live(postings) == {"p2", "p3"}
    assert [one.decided_by for one in stored(postings)] == [None]


def test_a_decision_stays_when_the_same_words_are_found_again_by_newer_rules(postings: Database) -> None:
    replace(postings, {"p1": [finding()]})
    decide(postings, FindingState.DISMISSED)
    before = mark(postings)
    gravest = replace(postings, {"p1": [finding(details={"rules": "2", "words": "交押金"})]})
    (one,) = stored(postings)
    assert (one.state, one.decided_by, one.details["rules"]) == (FindingState.DISMISSED, "审核员", "2")
    assert (gravest, told(postings, before)) == ({}, [])


@pytest.mark.parametrize(
    "now_found",
    [{"details": {"rules": "1", "words": "收押金"}}, {"span_end": 9}],
    ids=["other words in the same place", "another span"],
)
def test_a_decision_does_not_hold_for_what_was_not_decided(
    postings: Database, now_found: dict[str, Any]
) -> None:
    replace(postings, {"p1": [finding()]})
    decide(postings, FindingState.DISMISSED)
    replace(postings, {"p1": [finding(**now_found)]})
    assert live(postings) == {"p2", "p3"}


def test_a_decision_on_a_hint_is_void_when_it_becomes_a_block(postings: Database) -> None:
    replace(postings, {"p1": [finding(severity=Severity.HINT)]})
    decide(postings, FindingState.DISMISSED)
    before = mark(postings)
    assert replace(postings, {"p1": [finding()]}) == {"p1": Severity.BLOCK}
    assert (live(postings), told(postings, before)) == ({"p2", "p3"}, ["p1"])
    assert [one.decided_by for one in stored(postings)] == [None]


def test_nothing_found_clears_the_posting_and_tells_the_index(postings: Database) -> None:
    replace(postings, {"p1": [finding()], "p2": [finding()]})
    before = mark(postings)
    assert replace(postings, {"p1": [], "p3": []}) == {}
    assert (live(postings), told(postings, before)) == ({"p1", "p3"}, ["p1"])


def test_the_same_again_writes_nothing(postings: Database) -> None:
    replace(postings, {"p1": [finding()]})
    before, rows = mark(postings), stored(postings)
    assert replace(postings, {"p1": [finding()]}) == {"p1": Severity.BLOCK}
    assert (stored(postings), told(postings, before)) == (rows, [])


def test_rules_never_clear_what_a_person_reported(postings: Database) -> None:
    reported = finding(rule_id="complaint", details=None)
    replace(postings, {"p1": [reported, finding()]})
    replace(postings, {"p1": []}, rules_only=True)
    assert [one.rule_id for one in stored(postings)] == ["complaint"]
    assert live(postings) == {"p2", "p3"}


def test_one_finding_twice_is_stored_once(postings: Database) -> None:
    replace(postings, {"p1": [finding(), finding()]})
    assert len(stored(postings)) == 1


def test_deciding_an_unknown_finding_is_not_found(postings: Database) -> None:
    with pytest.raises(NotFound), postings.writing() as session:
        FindingRepository(session).decide(404, FindingState.RESOLVED)


def test_what_starts_later_is_indexable_before_it_is_live(database: Database, place: Any) -> None:
    start = place.clock.at + timedelta(days=1)
    with database.writing() as session:
        PostingRepository(session).upsert(
            [
                posting_row(1, valid_from=start),
                posting_row(2),
                posting_row(3, valid_from=start, valid_to=place.clock.at),
            ]
        )

    def seen() -> tuple[set[str], set[str], set[str]]:
        with database.reading() as session:
            repository = PostingRepository(session)
            ids = ["p1", "p2", "p3"]
            indexable = {posting.posting_id for posting in repository.all_indexable()}
            return indexable, repository.indexable_ids(ids), repository.live_ids(ids)

    assert seen() == ({"p1", "p2"}, {"p1", "p2"}, {"p2"})
    place.clock.at = start
    assert seen() == ({"p1", "p2"}, {"p1", "p2"}, {"p1", "p2"})
