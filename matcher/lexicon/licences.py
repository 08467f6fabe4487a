"""Classes of driving licences in a text: A2, C1照, B2以上驾照 (驾驶证准驾车型)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.domain.worker_terms import SkillLevel

_LICENCE_WORDS = "驾驶执照|机动车驾驶证|驾驶证|驾照|驾本|驾龄|照|证|本|驾驶资格|司机|驾驶员|增驾|实习|票|以上|及以上|车型|牌照"
_CLASSES = r"[abc][1-6]|[abcde](?![a-z0-9])"
_MOST_CLASSES = 8
"""Classes that one list may join; without a bound a long run of them would be read again from each of its places."""
_LICENCE = re.compile(
    rf"(?<![a-z0-9])(?P<all>(?:{_CLASSES})(?:\s{{0,3}}(?:/|、|,|或者|或|和|及|\+|-|~|以上|及以上|照|证|本){{0,4}}\s{{0,3}}(?:{_CLASSES})){{0,{_MOST_CLASSES}}})"
    rf"(?=\s*(?:\(?(?:及|或|含|和)?(?:以上|同等)\)?)?\s*(?:的|类|型|自动挡|手动挡|有效|机动车|汽车|货车|客车|大客|大货|小车)*\s*(?:{_LICENCE_WORDS})|[\u4e00-\u9fff]{{1,6}}(?:司机|驾驶员|驾照|驾驶证))"
)
_LICENCE_AFTER = re.compile(
    rf"(?:驾驶执照|机动车驾驶证|驾驶证|驾照|驾本|准驾车型|准驾)\s*[:(为是]?\s*(?P<all>(?:{_CLASSES})(?:\s{{0,3}}(?:/|、|,|或者|或|和|及|\+)\s{{0,3}}(?:{_CLASSES})){{0,{_MOST_CLASSES}}})"
)
_LICENCE_HELD = re.compile(r"(?:持有?|有|需要?|要求|具备|会开|考[过了]?|拿[了过]?|是)(?P<all>[abc][1-6])(?![a-z0-9])")
_LICENCE_ALONE = re.compile(r"(?:^|[,。;、(\n])\s?(?P<all>[abc][123])(?=\s?(?:[,。;、)+\n]|满|$))")
_CAR_ALONE = re.compile(r"[,;]\s?(?P<all>[bc][12])(?=\s?(?:[,。;]|$))")
"""A requirement of its own: ...,5年经验,C1."""
_NO_CLASS_OF_CAR = re.compile(r"[栋座区馆门口厅楼]|英语|欧标|等级|考试")
_DRIVING = re.compile(r"司机|驾|送货|开车|货车|轿车|跑车|跑长途|自带车")
_ANY_CLASS = re.compile(r"[a-e](?:(?<=[abc])[1-6]|(?![a-z0-9]))")
_ONE_CLASS = re.compile(r"[abc][1-6]|[abcde]")
_BUS = re.compile(r"客|公交|大巴|校车|班车|考斯特")


def licences(folded: str) -> Iterator[tuple[int, int, str, SkillLevel]]:
    """(start, end, code, no grade) of every class; spans may overlap."""
    if _ANY_CLASS.search(folded) is None:
        return
    alone = (_LICENCE_ALONE,) if _DRIVING.search(folded) else () if _NO_CLASS_OF_CAR.search(folded) else (_CAR_ALONE,)
    for pattern in (_LICENCE, _LICENCE_AFTER, _LICENCE_HELD, *alone):
        for match in pattern.finditer(folded):
            start = match.start("all")
            for one in _ONE_CLASS.finditer(match.group("all")):
                code = _licence_code(one.group(), folded)
                if code is not None:
                    yield start + one.start(), start + one.end(), code, SkillLevel.NONE


def _licence_code(name: str, folded: str) -> str | None:
    """A class without its number is read as the commonest one: A照 = A2 (A1 beside 客/公交), B照 = B2, C照 = C1."""
    if name in {"a", "b", "c"}:
        name = {"a": "a1" if _BUS.search(folded) else "a2", "b": "b2", "c": "c1"}[name]
    if name in {"c3", "c4"} or (name[0] in "ab" and name[1:] in {"4", "5", "6"}) or name == "b3":
        return None
    return f"drive_{name}"
