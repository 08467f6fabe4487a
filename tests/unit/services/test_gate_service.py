"""What may leave, and what may be aired, as the database stands at that moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from output_samples import add, finding

from matcher.clock import FixedClock
from matcher.domain.match import MAX_LINE_CHARS
from matcher.domain.posting import AgeLimit
from matcher.domain.posting_terms import Basis, PublishState, ReviewState
from matcher.domain.record_terms import Severity, SourceChannel
from matcher.domain.service_terms import BlacklistReason
from matcher.domain.values import Pay
from matcher.errors import Conflict
from matcher.services.output_gate import cleared, on_air_problems, refusals, require_cleared
from matcher.store.database import Database
from matcher.store.repositories.employers import EmployerRepository, employer_id_for
from matcher.store.repositories.postings import PostingRepository


def problems(database: Database, posting_id: str = "p1") -> list[str]:
    with database.reading() as session:
        return [line.code for line in on_air_problems(session, [posting_id])[posting_id]]


def test_cleared_keeps_the_callers_order_and_asks_once_for_each(database: Database) -> None:
    add(database, "p1", "p2", "p3")
    with database.reading() as session:
        assert list(cleared(session, ["p3", "p1", "none", "p3", "p2"])) == ["p3", "p1", "p2"]


@pytest.mark.parametrize(
    "states",
    [
        {"publish_state": PublishState.WITHDRAWN},
        {"publish_state": PublishState.FILLED},
        {"publish_state": PublishState.PAUSED},
        {"review_state": ReviewState.PENDING},
        {"headcount_left": 0},
        {"fees_fen": 100},
    ],
)
def test_what_is_not_live_is_not_cleared_and_the_reason_is_told(
    database: Database, states: dict[str, Any]
) -> None:
    add(database, "p1")
    add(database, "p2", columns=states)
    with database.reading() as session:
        assert list(cleared(session, ["p1", "p2"])) == ["p1"]
        assert set(refusals(session, ["p1", "p2"])) == {"p2"}
        with pytest.raises(Conflict, match="p2"):
            require_cleared(session, ["p1", "p2"])


def test_clearing_looks_at_the_clock_each_time(database: Database, clock: FixedClock) -> None:
    add(database, "p1", valid_to=clock.at + timedelta(minutes=1))
    with database.reading() as session:
        assert list(cleared(session, ["p1"])) == ["p1"]
        clock.at += timedelta(minutes=1)
        assert cleared(session, ["p1"]) == {}
        assert refusals(session, ["p1"])["p1"].code == "expired"


def test_a_blacklisted_employer_and_an_open_finding_stop_everything(database: Database) -> None:
    add(database, "p1", "p2", employer_name="样例一厂")
    add(database, "p3", employer_name="样例二厂")
    with database.writing() as session:
        PostingRepository(session).set_findings("p3", [finding(Severity.BLOCK)])
        EmployerRepository(session).blacklist(
            employer_id_for("样例一厂"), BlacklistReason.UNPAID_WAGES, "样例1号"
        )
    with database.reading() as session:
        assert cleared(session, ["p1", "p2", "p3"]) == {}
    assert problems(database) == ["employer_blacklisted"]
    assert problems(database, "p3") == ["blocking_finding"]


def test_a_posting_with_every_element_may_be_aired(database: Database) -> None:
    add(database, "p1")
    assert problems(database) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"employer_name": " "}, "no_employer"),
        ({"headcount": None, "headcount_left": None}, "no_headcount"),
        ({"requirements": ""}, "no_conditions"),
        ({"requirements": "", "age": AgeLimit(18, 45, Basis.UNSTATED)}, "no_conditions"),
        ({"duties": ""}, "no_duties"),
        ({"place": None}, "no_place"),
        ({"pay": None}, "no_pay"),
        ({"pay": Pay(negotiable=True)}, "pay_negotiable"),
        ({"valid_to": None}, "no_validity"),
    ],
)
def test_each_missing_element_is_named(database: Database, changes: dict[str, Any], code: str) -> None:
    add(database, "p1", **changes)
    assert problems(database) == [code]


def test_a_lawful_age_limit_counts_as_a_condition(database: Database) -> None:
    add(database, "p1", requirements="", age=AgeLimit(18, None, Basis.STATUTORY))
    assert problems(database) == []


def test_a_repost_names_its_source(database: Database) -> None:
    add(database, "p1", columns={"source_channel": SourceChannel.REPOST})
    add(database, "p2", columns={"source_channel": SourceChannel.REPOST, "reposted_from": "样例人才网"})
    assert problems(database) == ["no_source"]
    assert problems(database, "p2") == []


def test_words_that_wait_to_be_rewritten_are_not_aired_but_may_be_matched(database: Database) -> None:
    add(database, "p1")
    with database.writing() as session:
        PostingRepository(session).set_findings("p1", [finding(Severity.AMEND)])
    assert problems(database) == ["words_to_amend"]
    with database.reading() as session:
        assert list(cleared(session, ["p1"])) == ["p1"]


def test_everything_wrong_is_told_at_once_in_short_lines(database: Database) -> None:
    add(
        database,
        "p1",
        columns={"publish_state": PublishState.WITHDRAWN, "source_channel": SourceChannel.REPOST},
        **dict.fromkeys(("pay", "place", "valid_to", "headcount", "headcount_left")),
        employer_name="",
        duties="",
        requirements="",
    )
    with database.reading() as session:
        found = on_air_problems(session, ["p1", "none"])
    assert len(found["p1"]) == 9
    assert [line.code for line in found["none"]] == ["unknown"]
    assert all(len(line.text) <= MAX_LINE_CHARS for lines in found.values() for line in lines)
