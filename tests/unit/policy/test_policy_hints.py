"""Policy hints: drawn from facts that speak for them, never a decision, with source and last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.errors import InvalidInput
from matcher.policy.hints import PolicyFacts, policy_hints
from matcher.policy.likely import RegionTerms
from matcher.policy.rules import PolicyKind, plan_of, policy_plans, read_plan
from matcher.regions.loading import load_pack, shipped_codes

DAY = date(2023, 6, 1)
TERMS = RegionTerms(
    older_women=43, older_men=53, long_term_months=6, internship_ages=(18, 29), graduate_years=3
)
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
    young = PolicyFacts(status=JobStatus.SEEKING, age=20, terms=TERMS)
    assert "qingyang.internship" in ids(young)
    assert "qingyang.internship" not in ids(replace(young, status=JobStatus.EMPLOYED))


@pytest.mark.parametrize(("age", "fits"), [(17, False), (18, True), (29, True), (30, False)])
def test_an_internship_without_ages_of_its_own_takes_those_of_the_region(age: int, fits: bool) -> None:
    found = ids(PolicyFacts(status=JobStatus.SEEKING, age=age, terms=TERMS))
    assert ("qingyang.internship" in found) is fits


def test_a_graduate_is_asked_for_the_years_of_the_region() -> None:
    assert QINGYANG is not None
    facts = PolicyFacts((WorkerCategory.GRADUATE,), status=JobStatus.SEEKING, age=40, terms=TERMS)
    (hint,) = [one for one in policy_hints(QINGYANG, facts, DAY) if one.rule.id == "qingyang.internship_graduate"]
    assert hint.unknown == ("是否离校 3 年内",)
    assert hint.why == ("高校毕业生", "未就业有意愿")


@pytest.mark.parametrize(("age", "fits"), [(42, False), (43, True), (60, True)])
def test_an_age_that_may_be_older_is_to_be_found_out_and_never_taken_for_the_category(age: int, fits: bool) -> None:
    assert QINGYANG is not None
    facts = PolicyFacts(status=JobStatus.SEEKING, age=age, terms=TERMS)
    found = [one for one in policy_hints(QINGYANG, facts, DAY) if one.rule.id == "qingyang.public_post"]
    assert bool(found) is fits
    for hint in found:
        assert hint.why == ("未就业有意愿",)
        assert f"是否属于大龄（{age} 岁；本地女满 43、男满 53 岁）" in hint.unknown
    assert "qingyang.public_post" not in ids(replace(facts, cancelled=(WorkerCategory.OLDER,)))


def test_months_without_work_point_to_long_term_by_the_countys_own_count() -> None:
    facts = PolicyFacts(status=JobStatus.SEEKING, unemployed_since=date(2022, 11, 1), terms=TERMS)
    assert set(facts.likely(DAY)) == {WorkerCategory.LONG_TERM_UNEMPLOYED}
    for other in (
        replace(facts, terms=replace(TERMS, long_term_months=12)),
        replace(facts, status=JobStatus.EMPLOYED),
        replace(facts, categories=(WorkerCategory.LONG_TERM_UNEMPLOYED,)),
        replace(facts, terms=None),
    ):
        assert other.likely(DAY) == {}


def test_what_is_not_known_is_named_and_rules_nothing_out() -> None:
    assert QINGYANG is not None
    facts = PolicyFacts(status=JobStatus.SEEKING, terms=TERMS)
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
