"""Skills named in a posting (技能)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from matcher.lexicon.cue_words import (
    SKILL_DECOY,
    closing_words,
    skill_words,
    software_senses,
    software_skills,
)
from matcher.lexicon.files import loaded
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied
from matcher.text.word_edges import begins_a_word, stands_alone
from matcher.text.word_index import WordIndex

_PART_OF_A_NAME = re.compile(
    r"工(?![作程艺具资地])|师(?!傅)|技师|值班员|驾驶员|厂|队(?!伍)|主管|指挥\d|助理(?!工程)|合作社|分站|老师|员|(?:操作|上岗|资格)?证(?!件)|司机|学徒|岗(?!位职)|技工|嫂|阿姨|大姐|班组|队长|学?专业|类(?=\))|驾照|驾驶证|车间|招聘|有限|公司|集团|服务(?:有限|招聘|公司)|手(?![工续机艺动法持术段册势])|飞手|家教|维修[员工]|人(?=[,。;、\s]|$)|[、/和及][一-龥]{1,4}[工师员手](?=[,。;、\s\d]|$)|工程师|专员|(?:操作|护理|维修|安装|管理|服务)(?:工(?![作程])|员)|车?补[助贴]|提成|助播|辅助人员|中心|馆|摊(?![位煎])|罐(?!装)|企业|计划|(?:、[一-龥]{2,6})?(?:等|类)专业"
)
"""电焊工, 叉车证 and 网约车司机 name a trade or a paper, not a skill."""
_TRADE_ENDS = frozenset("工员")
_CAN_BEFORE = re.compile(r"(?:会|懂|做|干|能|熟悉|从事|精通)$")
_ABLE_BEFORE = re.compile(r"(?:(?:^|[,。;、\n:(需须要能也且还])会|懂|熟练)(?:做|用|使用|操作)?$")
"""木工 alone is a trade; 会木工 a skill."""
_CLAUSE_ENDS = re.compile(r"(?:等?工作)?(?:[,。;；、\s)/+]|等|和|及|与|$)")
"""空调、门窗安装, names the doing; 安装位置 does not."""
_SHORT, _MIDDLING = 2, 3
"""Characters of a word that other words spell by chance, at both ends or at its beginning (上面料 in 以上面料)."""
_OWN_CHILD = re.compile(r"(?:可以?|能|方便|不耽误|不影响|兼顾|照顾|下班|回家|中午|灵活)$")
_CHILD_CARE = frozenset({"接送孩子", "育婴护理"})
"""可接送孩子 is what a post leaves time for, not what it asks for."""
_MOST_CHECKS = 80
"""Short words looked at in one text; a posting holds a dozen, and each look cuts its neighbourhood into words."""
_SOFTWARE_SKILLS = 2
"""So many software skills make a text one about software."""


@loaded
def skill_index() -> WordIndex[str]:
    return WordIndex(skill_words())


def read_skills(text: str, taken: Collection[tuple[int, int]] = ()) -> list[Found[str]]:
    """Skill names with the span of each word in the folded, lower-case text, of a repeated word the first.

    无需做饭 names none, nor does 切配 inside 密切配合, nor 打包 in a text about software.
    taken: spans that name something else: the trade of the title, a paper (收割机 of 收割机驾驶证).
    """
    mentions = [
        (start, end, name)
        for start, end, name in skill_index().find(text)
        if name != SKILL_DECOY and not any(a <= start and end <= b for a, b in taken)
    ]
    software = software_skills()
    about_software = len({name for _, _, name in mentions} & software) >= _SOFTWARE_SKILLS
    found: list[Found[str]] = []
    seen: set[str] = set()
    checks = _MOST_CHECKS
    for start, end, name in mentions:
        if text[start:end] in seen or _PART_OF_A_NAME.match(text, end) or denied(text, start):
            continue
        if about_software and text[start:end] in software_senses():
            continue
        if text[start:end] in closing_words() and (about_software or _CLAUSE_ENDS.match(text, end) is None):
            continue
        if text[end - 1] in _TRADE_ENDS and _CAN_BEFORE.search(text, max(0, start - 4), start) is None:
            continue
        if name in _CHILD_CARE and _OWN_CHILD.search(text, max(0, start - 3), start):
            continue
        if end - start <= _MIDDLING and not text[start].isascii():
            checks -= 1
            alone = stands_alone if end - start == _SHORT else begins_a_word
            if checks < 0 or not (_able(text, start) or alone(text, start, end)):
                continue
        seen.add(text[start:end])
        found.append(Found(name, start, end, 0.9))
    return found


def first_of_each(found: Iterable[Found[str]]) -> list[Found[str]]:
    """Each skill where it is first named."""
    first: dict[str, Found[str]] = {}
    for item in found:
        first.setdefault(item.value, item)
    return list(first.values())


def _able(text: str, start: int) -> bool:
    """会面点: right after 会 or 懂 a word begins, whatever the dictionary joins."""
    return _ABLE_BEFORE.search(text, max(0, start - 5), start) is not None
