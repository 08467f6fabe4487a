"""Skills named in a posting (技能)."""

from __future__ import annotations

import re

from matcher.lexicon.cue_words import skill_words
from matcher.lexicon.files import loaded
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied
from matcher.text.word_index import WordIndex

_PART_OF_A_NAME = re.compile(
    r"工(?![作程艺具资地])|师(?!傅)|员|(?:操作|上岗|资格)?证(?!件)|司机|学徒|岗(?!位职)|技工|嫂|驾照|驾驶证|车间|招聘|有限|公司|集团|服务(?:有限|招聘|公司)"
)
"""电焊工, 叉车证 and 网约车司机 name a trade or a paper, not a skill."""


@loaded
def skill_index() -> WordIndex[str]:
    return WordIndex(skill_words())


def read_skills(text: str) -> list[Found[str]]:
    """Skill names with the span of each first mention in the folded, lower-case text; 无需做饭 names none."""
    found: list[Found[str]] = []
    seen: set[str] = set()
    for start, end, name in skill_index().find(text):
        if name in seen or _PART_OF_A_NAME.match(text, end) or denied(text, start):
            continue
        seen.add(name)
        found.append(Found(name, start, end, 0.9))
    return found
