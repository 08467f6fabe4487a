"""One click puts lawful words in the place of unlawful ones, and never promises what nobody said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matcher.compliance import review_by_rules
from matcher.compliance.shelf import rule_book
from matcher.services.employers.drafting import distinct, read_message
from matcher.services.employers.rewriting import lawful, rewritten

RULES = [rule for rule in rule_book().rules if not rule.rewrite.startswith("不予发布")]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("招木工3名，限男性，工资7000元", "招木工3名，男女不限，工资7000元"),
        ("超市招女收银员2名", "超市招收银员2名"),
        ("招服务员，25岁以下，包吃住", "招服务员，年满18周岁，能胜任岗位即可，包吃住"),
        ("招服务员，已婚已育，月薪4000元", "招服务员，月薪4000元"),
        ("招收银员，押金200元", "招收银员"),
        ("招保洁，身体健康无乙肝，面议", "招保洁，身体健康，面议"),
        ("招文员，全日制本科以上，双休", "招文员，学历不限，双休"),
    ],
)
def test_a_limit_is_replaced_or_taken_out(text: str, after: str) -> None:
    assert lawful(text) == after
    assert review_by_rules(after).findings == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_every_example_of_a_rule_that_can_be_reworded_is_clean_afterwards(rule: object) -> None:
    for text in rule.positive:  # type: ignore[attr-defined]
        for finding in review_by_rules(text).findings:
            changed = rewritten(text, finding)
            if changed is None:
                assert finding.rewrite.startswith("不予发布"), (text, finding.rule_id)
                continue
            before = [one.rule_id for one in review_by_rules(text).findings]
            after = [one.rule_id for one in review_by_rules(changed).findings]
            assert after.count(finding.rule_id) < before.count(finding.rule_id)
            assert set(after) <= set(before)


def test_fraud_is_not_reworded() -> None:
    text = "刷单日结，动动手指一天300"
    assert all(rewritten(text, one) is None for one in review_by_rules(text).findings)
    assert lawful(text) == text


def test_pay_place_and_phone_survive_a_rewrite() -> None:
    text = "样例家具厂招木工3名，限男性，18-45岁，工资6000-8000元/月，地点样例镇，电话13800001234"
    assert all(word in lawful(text) for word in ("木工3名", "6000-8000元/月", "样例镇", "13800001234"))


def test_of_two_overlapping_findings_of_one_ground_one_is_shown() -> None:
    findings = distinct(review_by_rules("招服务员，限男性，年龄18-45岁").findings)
    assert [one.ground for one in findings] == ["sex", "age"]


def test_what_will_stand_in_the_place_of_the_words_is_told_whole() -> None:
    read = read_message("搬运工2名，男，日结220元", now=datetime(2026, 3, 2, tzinfo=UTC))
    assert [(one.words, one.after) for one in read.breaches] == [("男", "男女不限")]


def test_the_only_phone_of_a_message_is_that_of_every_job_in_it() -> None:
    message = "招车缝工3名，工资5000元，电话13800001234\n招搬运工2名，日结220元"
    read = read_message(message, now=datetime(2026, 3, 2, tzinfo=UTC))
    assert [(one.title, one.phone) for one in read.drafts] == [("车缝工", "13800001234"), ("搬运工", "13800001234")]
    assert all("联系方式" not in one.missing for one in read.drafts)
