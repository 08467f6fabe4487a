"""What the readers look for, taken from their own patterns and word lists: the pieces of hostile texts."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import matcher.compliance
import matcher.lexicon
import matcher.text
from matcher.lexicon.cue_words import pay_words, posting_cues, posting_patterns, skill_words

_WORD = re.compile(r"[\u4e00-\u9fff]{1,4}|[a-z]{1,4}")
_EVERYDAY = (
    *"0123456789一二三十百千万半.,:;/-~+()[]#@%·、，。：；（）【】\n\t \u3000１Ｋk元年月日号岁男女",
    "1", "1-", "1.5", "1,000", "8:00-", "18-45", "5千-7干", "c1/", "a2", "2026-01-", "13薪", "138****0000",
    "=cmd", "<b>", "&lt;", "\x00", "𠀀", "🔥", "\ud800",
)  # fmt: skip


def patterns() -> Iterator[re.Pattern[str]]:
    """Every compiled pattern of the packages that read text."""
    for package in (matcher.text, matcher.compliance, matcher.lexicon):
        for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            module = importlib.import_module(info.name)
            for value in vars(module).values():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield value
    for row in posting_patterns():
        yield row.pattern


def pieces() -> list[str]:
    """Distinct pieces, sorted: words of the patterns, cue words, pay words, skills, digits and marks."""
    found = set(_EVERYDAY)
    for pattern in patterns():
        found.update(_WORD.findall(pattern.pattern))
    found.update(word for word, _ in posting_cues())
    found.update(word for word, _ in pay_words())
    found.update(word for word, _ in skill_words())
    return sorted(found)
