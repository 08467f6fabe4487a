"""The rules of the queue, one by one, at their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.worker_terms import JobStatus
from matcher.outcome.follow_ups import RULES, Done, PersonFacts, Placement, due_contacts, rule_of
from matcher.regions.loading import load_pack

PACK = load_pack()
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
K = QueueKind


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def due(**facts: Any) -> dict[QueueKind, str]:
    values = {"registered_at": NOW, "status": JobStatus.EMPLOYED} | facts
    return {one.kind: one.why for one in due_contacts(PersonFacts("w1", **values), PACK, NOW)}


def started(days_ago: int, **more: Any) -> Placement:
    return Placement(1, date(2026, 3, 2) - timedelta(days=days_ago), **more)


def test_every_kind_of_the_queue_has_one_rule() -> None:
    assert sorted(rule.kind for rule in RULES) == sorted(QueueKind)
    assert rule_of(K.DAY_7).kind is K.DAY_7


def test_somebody_at_work_and_well_owes_nothing() -> None:
    assert due() == {}


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"scheduled": NOW}, K.SCHEDULED),
        ({"family_since": NOW}, K.ZERO_FAMILY),
        ({"interested": [NOW]}, K.INTERESTED),
        ({"failed": [NOW]}, K.UNDELIVERED),
        ({"missing": 1, "missing_since": NOW}, K.SHORTFALL),
        ({"placements": [started(7)]}, K.DAY_7),
        ({"placements": [started(30)]}, K.DAY_30),
        ({"placements": [started(182)]}, K.MONTH_6),
        ({"status": JobStatus.SEEKING, "registered_at": ago(30)}, K.LINE_PUSH),
        ({"status": JobStatus.SEEKING, "registered_at": ago(365), "last_push": NOW}, K.LINE_GUIDANCE),
        ({"status": JobStatus.OUT_OF_CONTACT, "registered_at": ago(30)}, K.LINE_HELP),
        ({"status": JobStatus.TRAINING, "registered_at": ago(30)}, K.LINE_HANDOVER),
        ({"status": JobStatus.NOT_SEEKING, "registered_at": ago(90)}, K.WILLINGNESS),
        ({"status": None, "registered_at": ago(90)}, K.WILLINGNESS),
    ],
)
def test_a_reason_puts_a_person_into_the_queue_on_its_day(facts: dict[str, Any], kind: QueueKind) -> None:
    assert list(due(**facts)) == [kind]


@pytest.mark.parametrize(
    "facts",
    [
        {"scheduled": NOW + timedelta(minutes=1)},
        {"missing": 0, "missing_since": NOW},
        {"placements": [started(6)]},
        {"placements": [started(8, settled=frozenset({OutcomeFact.IN_POST_7D}))]},
        {"placements": [started(8, ended_on=date(2026, 3, 1))]},
        {"placements": [Placement(1)]},
        {"status": JobStatus.SEEKING, "registered_at": ago(29)},
        {"status": JobStatus.SEEKING, "registered_at": ago(200), "last_push": ago(29)},
        {"status": JobStatus.NOT_SEEKING, "registered_at": ago(200), "last_contact": ago(89)},
    ],
)
def test_a_reason_that_is_not_there_yet_or_settled_puts_nobody_in(facts: dict[str, Any]) -> None:
    assert due(**facts) == {}


def test_the_four_lines_break_apart() -> None:
    facts = {"status": JobStatus.SEEKING, "registered_at": ago(400), "weight": 2.0}
    assert list(due(**facts)) == [K.LINE_PUSH, K.LINE_GUIDANCE, K.LINE_HELP]
    assert list(due(**facts, last_push=ago(1))) == [K.LINE_GUIDANCE, K.LINE_HELP]
    assert list(due(**facts, last_push=ago(1), last_guidance=ago(1), last_help=ago(1))) == []


def test_a_longer_stay_is_asked_about_instead_of_a_shorter_one() -> None:
    assert list(due(placements=[started(200)])) == [K.MONTH_6]


def test_the_reasons_say_how_long_and_since_when() -> None:
    why = due(status=JobStatus.SEEKING, registered_at=ago(200), last_push=ago(31))[K.LINE_PUSH]
    assert why == "岗位推送已超过 30 天（上次在 1月30日）"
    assert due(family_since=NOW)[K.ZERO_FAMILY] == "零就业家庭，3月16日 前至少帮一人就业"


def test_a_contact_settles_what_came_before_it_and_nothing_after() -> None:
    settled = {K.INTERESTED: Done(ago(1))}
    assert due(interested=[ago(2)], done=settled) == {}
    assert list(due(interested=[ago(2), ago(0.5)], done=settled)) == [K.INTERESTED]


def test_somebody_not_reached_comes_back_on_the_day_set() -> None:
    later = {K.INTERESTED: Done(ago(1), NOW + timedelta(hours=1))}
    assert due(interested=[ago(2)], done=later) == {}
    back = {K.INTERESTED: Done(ago(1), NOW)}
    assert due(interested=[ago(2)], done=back)[K.INTERESTED].startswith("上次没办完")


def test_a_talk_alone_does_not_clear_a_household() -> None:
    assert list(due(family_since=ago(3), done={K.ZERO_FAMILY: Done(ago(1))})) == [K.ZERO_FAMILY]


def test_weight_alone_puts_nobody_in_and_a_restless_line_needs_one() -> None:
    facts = {"status": JobStatus.SEEKING, "registered_at": ago(40), "last_push": ago(1)}
    assert due(**facts) == {}
    assert list(due(**facts, weight=1.5)) == [K.LINE_HELP]
