"""Find many fixed words in one pass over a text (词表匹配)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from operator import add
from typing import Generic, TypeVar

V = TypeVar("V")


def pair_starts(text: str, heads: Container[str]) -> list[int]:
    """Positions of `text` whose next two characters are in `heads`; one pass may serve several indexes."""
    return [i for i, pair in enumerate(map(add, text, text[1:])) if pair in heads]


class WordIndex(Generic[V]):
    """Longest match of (word, value) pairs, from the left, without overlap.

    Words are looked up by their first two characters, so the cost is one set test a character however many
    words there are. Words and text are compared as given: fold both first. A word that begins or ends with an
    ASCII letter does not match inside a longer run of letters (java in javascript).
    """

    def __init__(self, pairs: Iterable[tuple[str, V]]) -> None:
        """pairs: (word, value), words of one character allowed; the first value of a word stays."""
        self._by_head: dict[str, list[tuple[str, V]]] = {}
        self._single: dict[str, V] = {}
        seen: set[str] = set()
        for word, value in pairs:
            if not word or word in seen:
                continue
            seen.add(word)
            if len(word) == 1:
                self._single[word] = value
            else:
                self._by_head.setdefault(word[:2], []).append((word, value))
        for words in self._by_head.values():
            words.sort(key=lambda pair: -len(pair[0]))
        singles = "".join(re.escape(char) for char in self._single)
        self._singles = re.compile(f"[{singles}]") if singles else None

    @property
    def heads(self) -> frozenset[str]:
        """First two characters of the words of two or more."""
        return frozenset(self._by_head)

    def find(self, text: str, starts: Sequence[int] | None = None) -> list[tuple[int, int, V]]:
        """(start, end, value) of each match, left to right.

        starts: `pair_starts(text, heads)` for heads that hold ours, when the caller has it already.
        """
        if starts is None:
            starts = pair_starts(text, self._by_head)
        if self._singles is not None:
            starts = sorted({*starts, *(m.start() for m in self._singles.finditer(text))})
        found: list[tuple[int, int, V]] = []
        taken = 0
        for start in starts:
            if start >= taken:
                match = self._at(text, start)
                if match is not None:
                    found.append(match)
                    taken = match[1]
        return found

    def _at(self, text: str, start: int) -> tuple[int, int, V] | None:
        """The longest word that begins at `start`."""
        for word, value in self._by_head.get(text[start : start + 2], ()):
            end = start + len(word)
            if text.startswith(word, start) and _whole(text, start, end):
                return start, end, value
        if text[start] in self._single and _whole(text, start, start + 1):
            return start, start + 1, self._single[text[start]]
        return None


def _whole(text: str, start: int, end: int) -> bool:
    """False when the match cuts through a run of ASCII letters."""
    first, last = text[start], text[end - 1]
    if first.isascii() and first.isalpha() and start > 0 and _letter(text[start - 1]):
        return False
    return not (last.isascii() and last.isalpha() and end < len(text) and _letter(text[end]))


def _letter(char: str) -> bool:
    return char.isascii() and char.isalpha()
