"""Policy hints: drawn from facts that speak for them, never a decision, with source and last day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.errors import InvalidInput
from matcher.policy.hints import PolicyFacts, policy_hints
from matcher.policy.rules import PolicyKind, plan_of, policy_plans, read_plan
from matcher.regions.loading import load_pack, shipped_codes

DAY = date(2023, 6, 1)
QINGYANG = plan_of("qingyang")
RULE = """
region = "example"
title = "样例计划"
[[rule]]
id = "one"
kind = "training"
name = "样例培训"
text = "样例"
article = "第1条"
"""


def ids(facts: PolicyFacts, day: date = DAY) -> set[str]:
    assert QINGYANG is not None
    return {hint.rule.id for hint in policy_hints(QINGYANG, facts, day)}


def test_every_shipped_county_with_a_plan_has_rules_with_article_and_last_day() -> None:
    assert set(policy_plans()) == set(shipped_codes()) - {"default"}
    for plan in policy_plans().values():
        assert all(rule.article and rule.expires and rule.text for rule in plan.rules)
        assert plan.version.startswith(plan.region)


def test_somebody_of_whom_nothing_is_known_gets_no_hint() -> None:
    assert ids(PolicyFacts()) == set()


def test_a_known_fact_against_a_rule_rules_it_out() -> None:
    young = PolicyFacts(status=JobStatus.SEEKING, age=20)
    assert "qingyang.internship" in ids(young)
    assert "qingyang.internship" not in ids(PolicyFacts(status=JobStatus.SEEKING, age=25))
    assert "qingyang.internship" not in ids(PolicyFacts(status=JobStatus.EMPLOYED, age=20))


def test_what_is_not_known_is_named_and_rules_nothing_out() -> None:
    assert QINGYANG is not None
    facts = PolicyFacts(status=JobStatus.SEEKING)
    hint = next(h for h in policy_hints(QINGYANG, facts, DAY) if h.rule.id == "qingyang.internship")
    assert "年龄" in hint.unknown
    assert hint.why == ("未就业有意愿",)


def test_half_a_year_without_work_is_counted_from_the_day() -> None:
    held = (WorkerCategory.REGISTERED_UNEMPLOYED,)
    assert "qingyang.hiring_subsidy" in ids(PolicyFacts(held, unemployed_since=date(2022, 11, 1)))
    assert "qingyang.hiring_subsidy" not in ids(PolicyFacts(held, unemployed_since=date(2023, 2, 1)))


def test_hardship_stands_for_the_categories_of_the_region_pack() -> None:
    pack = load_pack("qingyang")
    facts = PolicyFacts((WorkerCategory.OLDER,), pack.welfare_categories, venture_wish="开小吃店")
    assert "qingyang.venture" in ids(facts)
    assert "qingyang.venture" not in ids(PolicyFacts((WorkerCategory.OLDER,), (), venture_wish="开小吃店"))


def test_a_plan_that_has_ended_is_shown_and_says_so() -> None:
    assert QINGYANG is not None
    facts = PolicyFacts(status=JobStatus.SEEKING, age=20)
    before, after = (policy_hints(QINGYANG, facts, day) for day in (DAY, date(2026, 3, 2)))
    assert [hint.ended for hint in before] == [False]
    assert [hint.ended for hint in after] == [True]


def test_a_hint_that_rests_on_a_category_is_marked_so() -> None:
    for plan in policy_plans().values():
        facts = PolicyFacts(tuple(WorkerCategory), tuple(WorkerCategory), JobStatus.SEEKING, 20)
        for hint in policy_hints(plan, facts, DAY):
            assert hint.by_category == bool(hint.rule.categories)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ('kind = "trainin"', "kind"),
        ('article = "第1条"\ncategories = ["nobody"]', "categories"),
        ('article = "第1条"\nages = [1]', "ages"),
        ("", "article"),
    ],
)
def test_a_faulty_rule_is_named(tmp_path: Path, change: str, named: str) -> None:
    key = "kind" if change.startswith("kind") else "article"
    text = "\n".join(change if line.startswith(key) else line for line in RULE.splitlines())
    path = tmp_path / "example.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=named):
        read_plan(path)
    path.write_text(RULE, "utf-8")
    assert read_plan(path).rules[0].kind is PolicyKind.TRAINING
