"""A parsed value that remembers where it was read (取值与出处)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """`value` as read from characters `start:end` of the source text called `field`.

    start, end: offsets in the unfolded source, end exclusive.
    confidence: in [0, 1]; 1 = stated outright, below 0.5 = a guess to be shown as one.
    field:      "title", "duties", "requirements", or "" when the text has no name.
    """

    value: T
    start: int
    end: int
    confidence: float = 1.0
    field: str = ""

    def in_field(self, field: str) -> Found[T]:
        """The same value with the name of its source text."""
        return replace(self, field=field)


def best(found: Iterable[Found[T]]) -> Found[T] | None:
    """The most certain of several, the earliest among equals; None when there is none."""
    chosen: Found[T] | None = None
    for item in found:
        if chosen is None or item.confidence > chosen.confidence:
            chosen = item
    return chosen
