"""Enums with a stable ASCII code and a Chinese label (代码稳定, 标签中文)."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from matcher.errors import InvalidInput


class Labelled(StrEnum):
    """A string enum whose members carry a Chinese label: `DAILY = "daily", "日结"`.

    The member order is the order shown to people and the bit order of masks, so new members go last.
    """

    label: str

    def __new__(cls, code: str, label: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @property
    def ordinal(self) -> int:
        """Position of the member in its enum, from 0."""
        return _ordinals(type(self))[self.value]

    @property
    def bit(self) -> int:
        """The member as one bit of a mask."""
        return 1 << self.ordinal

    @classmethod
    def read(cls, text: str, *, field: str) -> Self:
        """Find the member by code or Chinese label.

        Raises InvalidInput that lists the allowed codes when nothing fits.
        """
        wanted = text.strip()
        for member in cls:
            if wanted == member.value or wanted == member.label:
                return member
        allowed = "、".join(f"{m.value}({m.label})" for m in cls)
        raise InvalidInput(f"{field} 的值“{wanted[:40]}”不在允许范围内；可用：{allowed}")

    @classmethod
    def mask(cls, members: tuple[Self, ...]) -> int:
        """Bit mask of several members."""
        bits = 0
        for member in members:
            bits |= member.bit
        return bits


_ORDINALS: dict[type[Labelled], dict[str, int]] = {}


def _ordinals(cls: type[Labelled]) -> dict[str, int]:
    if cls not in _ORDINALS:
        _ORDINALS[cls] = {member.value: i for i, member in enumerate(cls)}
    return _ORDINALS[cls]
