"""What binds a worker, how they want to be paid and how far they go, in many wordings; trades known by sound."""

from __future__ import annotations

import pytest
from utterance_scores import FIELDS, NEAR, NOW

from matcher.text.utterance import parse_utterance

SAID = [
    ("孩子上小学，早晚得我接送", "constraints", "child_pickup"),
    ("下午四点半要去幼儿园接娃", "constraints", "child_pickup"),
    ("得按点接外孙放学", "constraints", "child_pickup"),
    ("家里小的没人带", "constraints", "child_pickup"),
    ("娃娃放学没人接", "constraints", "child_pickup"),
    ("两个娃要接", "constraints", "child_pickup"),
    ("老娘瘫在床上离不开人", "constraints", "elder_care"),
    ("我得顾着家里老人", "constraints", "elder_care"),
    ("婆婆身边离不了人", "constraints", "elder_care"),
    ("爹妈岁数大了要人照应", "constraints", "elder_care"),
    ("登高我不行，腿软", "constraints", "no_height"),
    ("架子上不敢去", "constraints", "no_height"),
    ("高的地方我不上", "constraints", "no_height"),
    ("重东西扛不动了", "constraints", "no_heavy"),
    ("太沉的搬不了", "constraints", "no_heavy"),
    ("站一天受不了", "constraints", "no_heavy"),
    ("出大力的活干不来", "constraints", "no_heavy"),
    ("腰不行，弯不了", "constraints", "no_heavy"),
    ("灰太大的地方不去", "constraints", "no_dust"),
    ("油漆味闻不了", "constraints", "no_dust"),
    ("有粉尘的车间不进", "constraints", "no_dust"),
    ("晒太阳的活不干", "constraints", "no_outdoor"),
    ("大热天在外头受不了", "constraints", "no_outdoor"),
    ("我没电动车，远了去不了", "constraints", "no_vehicle"),
    ("家里没有车，坐公交", "constraints", "no_vehicle"),
    ("斗大的字不认得几个", "constraints", "no_reading"),
    ("没念过书，字不认得", "constraints", "no_reading"),
    ("晚班我不上", "refused_shifts", "night"),
    ("夜班身体吃不消", "refused_shifts", "night"),
    ("倒班坚决不干", "refused_shifts", "two_shift"),
    ("大夜扛不住", "refused_shifts", "night"),
    ("夜里的活一概不接", "refused_shifts", "night"),
    ("做一天结一天的", "settlements", "daily"),
    ("下班就拿钱", "settlements", "daily"),
    ("一把一清", "settlements", "daily"),
    ("活干完一把给清", "settlements", "on_completion"),
    ("一个礼拜开一回钱", "settlements", "weekly"),
    ("按月开工资", "settlements", "monthly"),
    ("只干上午半天", "forms", "part_time"),
    ("下班后找点活干", "forms", "part_time"),
    ("每天就三四个小时有空", "forms", "part_time"),
    ("收秋那阵子才有空", "forms", "seasonal"),
    ("想签个长期合同", "forms", "full_time"),
    ("时间灵活点的", "forms", "flexible"),
    ("离家近就行，钱少点也干", "near_home", "True"),
    ("村子附近有啥活", "near_home", "True"),
    ("俺庄旁边的厂", "near_home", "True"),
    ("走着能到的地方", "near_home", "True"),
    ("骑车几分钟就到的", "near_home", "True"),
    ("外省也愿意跑", "out_of_town", "True"),
    ("跟着工程队全国各地走", "out_of_town", "True"),
    ("出去干也行", "out_of_town", "True"),
    ("去新疆摘棉花也去", "out_of_town", "True"),
    ("县外的不考虑", "out_of_town", "False"),
    ("不想离开县城", "out_of_town", "False"),
    ("外地的活不接", "out_of_town", "False"),
    ("想干抱洁", "guess", "True"),
    ("点焊工，十年了", "guess", ""),
    ("叉扯司机", "guess", "True"),
    ("刚筋工", "guess", "True"),
    ("瓦公师傅", "guess", "True"),
    ("包安有没有", "guess", "True"),
    ("焊公", "guess", "True"),
    ("月扫", "guess", "True"),
    ("快弟", "guess", "True"),
    ("卸或工", "guess", "True"),
    ("收因员", "guess", "True"),
    ("电功一名", "guess", "True"),
    ("服物员", "guess", "True"),
]
NOT_SAID = [
    ("找个照顾老人的活", "constraints"),
    ("想找带孩子的活", "constraints"),
    ("会炒菜，重庆人", "constraints"),
    ("一个月给五千就干", "settlements"),
    ("农忙过了再说", "forms"),
    ("一年挣不到八万不出门", "out_of_town"),
    ("保安干过三年", "guess"),
    ("会做饭，打扫也行", "guess"),
]


@pytest.mark.parametrize(("text", "field", "value"), SAID)
def test_it_is_understood_however_it_is_said(text: str, field: str, value: str) -> None:
    found = FIELDS[field][1](parse_utterance(text, near=NEAR, now=NOW))
    assert value in found if value else not found


@pytest.mark.parametrize(("text", "field"), NOT_SAID)
def test_what_only_sounds_alike_says_nothing(text: str, field: str) -> None:
    assert FIELDS[field][1](parse_utterance(text, near=NEAR, now=NOW)) == set()
