"""The texts of a posting read as one, and the way back from a span to its source (合并的正文)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import TypeVar

from matcher.text.found import Found
from matcher.text.normalise import fold_case
from matcher.text.pay import MAX_CHARS

T = TypeVar("T")
SEPARATOR = "\n。\n"
"""Between the joined texts; no pattern reaches across it."""


class JoinedTexts:
    """Several source texts read as one, and the way back from a joined span to its source."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        """parts: name and source text; of each the first MAX_CHARS characters are read."""
        self.names: list[str] = []
        self.starts: list[int] = []
        pieces: list[str] = []
        at = 0
        for name, text in parts.items():
            if not text:
                continue
            piece = text[:MAX_CHARS]
            self.names.append(name)
            self.starts.append(at)
            pieces.append(piece)
            at += len(piece) + len(SEPARATOR)
        self.text = fold_case(SEPARATOR.join(pieces))

    def folded_parts(self) -> Iterator[tuple[str, str]]:
        """Name and folded text of each part."""
        if not self.names:
            return
        ends = [start - len(SEPARATOR) for start in self.starts[1:]] + [len(self.text)]
        for name, start, end in zip(self.names, self.starts, ends, strict=True):
            yield name, self.text[start:end]

    def placed(self, item: Found[T]) -> Found[T]:
        i = max(0, bisect_right(self.starts, item.end - 1) - 1)
        shift = self.starts[i]
        start = max(item.start, shift)  # a pattern may open with a blank of the separator
        return Found(item.value, start - shift, item.end - shift, item.confidence, self.names[i])

    def all(self, items: list[Found[T]]) -> list[Found[T]]:
        return [self.placed(item) for item in items]

    def one(self, item: Found[T] | None) -> Found[T] | None:
        return None if item is None else self.placed(item)
