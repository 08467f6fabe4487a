from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint
from matcher.text.proxy_words import without_proxy_words
from matcher.text.worker_reader import worker_from_row

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
LISTED = [
    line.split("\t")
    for name in ("fairness_pairs.tsv", "fairness_pairs_second.tsv")
    for line in (BENCHMARKS / name).read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
KNOWN_TO_DIFFER = {"贵州的，想找焊工的活", "婆婆一个人带娃，我想找电话客服"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("我是宝妈，想找个收银的活", "想找个收银的活"),
        ("退伍回来的兵哥哥，想干保安", "想干保安"),
        ("单亲妈妈想找超市促销", "想找超市促销"),
        ("我是女司机，想开货车", "我是司机，想开货车"),
        ("大叔50岁想看大门", "50岁想看大门"),
        ("低保户", ""),
    ],
)
def test_what_the_speaker_is_goes_and_the_wish_stays(said: str, left: str) -> None:
    assert without_proxy_words(said) == left


@pytest.mark.parametrize(
    "sentence",
    [
        "想照顾老人，做过三年护工",
        "卖女装，有经验",
        "残疾人护理也能干",
        "想找妈妈岗",
        "外地也考虑，管吃住就行",
        "零工，叫了就去",
        "夫妻俩，男的开车女的做饭",
        "月嫂，有证",
        "幼儿园老师，喜欢孩子",
        "农村公益岗有没有",
        "会做回锅肉",
        "",
    ],
)
def test_work_for_or_with_such_people_is_not_touched(sentence: str) -> None:
    assert without_proxy_words(sentence) == sentence


def test_what_a_person_truly_needs_is_still_read() -> None:
    person = worker_from_row({"id": "w", "text": "单亲妈妈，要接送孩子，50岁，想找保洁，有健康证"})
    assert Constraint.CHILD_PICKUP in person.constraints
    assert person.age == 50
    assert [held.code for held in person.certificates]
    assert "妈妈" not in person.text


def ranked_by(sentence: str) -> Worker:
    """What ranking reads: the sentence itself only where no wish was found in it."""
    person = worker_from_row({"id": "w", "text": sentence})
    return replace(person, text="") if person.wish_text else person


def test_pairs_of_the_swap_test_are_read_as_the_same_person() -> None:
    assert len(LISTED) >= 260
    differing = {proxied for _, neutral, proxied in LISTED if ranked_by(neutral) != ranked_by(proxied)}
    assert differing == KNOWN_TO_DIFFER


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("gender", ("男", "女")),
        ("nation", ("汉族", "彝族")),
        ("hukou", ("城镇", "农村")),
        ("marital_status", ("未婚", "已婚")),
        ("disability", ("", "三级")),
        ("categories", ("", "低保对象、残疾人")),
        ("name", ("样例甲", "阿依古丽")),
    ],
)
def test_a_direct_field_cannot_change_a_person_so_no_ranking_can_differ(field: str, values: tuple[str, str]) -> None:
    text = "会贴砖，想找日结的活，5000以上"
    one, other = (worker_from_row({"id": "w", "text": text, field: value}) for value in values)
    assert one == other
