"""Whether the words right before a value deny it (否定)."""

from __future__ import annotations

import re

_DENIAL = re.compile(
    r"(?:不|无|没|没有|非|无需|无须|不用|不用上|不上|不需要?|不必|不提供|不含|不包|不安排|不设|不招|不接受|不收|未|免|禁止|不可|谢绝|不考虑|拒绝|从不|别|勿|无任何|没啥|不做|不是)\s?$"
)
_WINDOW_CHARS = 5
_DENYING_CHARS = frozenset("不无没非未免禁谢拒别勿")
_NOT_A_DENIAL = re.compile(r"(?:特别|级别|性别|区别|免|限不|早不|不得不|差不|无不|无限|是不是)$")


def denied(text: str, start: int) -> bool:
    """True when the folded text denies what begins at `start`: 不包住, 无夜班, 不用上夜班."""
    before = text[max(0, start - _WINDOW_CHARS) : start]
    if _DENYING_CHARS.isdisjoint(before):
        return False
    return _DENIAL.search(before) is not None and _NOT_A_DENIAL.search(before) is None


_DENIED_AFTER = re.compile(
    r"(?:都|也|全|均|一律|费)?(?:没有|没得|没|不报|不管|不交|不上|不缴|不提供|不发|自理|自费|自付)(?=[,。;、\s)]|$)"
)


def denied_after(text: str, end: int) -> bool:
    """True when the words right after a value take it back: 五险没有, 路费不报; 包吃不包住 does not."""
    return _DENIED_AFTER.match(text, end) is not None
