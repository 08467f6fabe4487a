"""Find many fixed words in one pass over a text (词表匹配)."""

from __future__ import annotations

from collections.abc import Iterable
from operator import add
from typing import Generic, TypeVar

V = TypeVar("V")


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

    def find(self, text: str) -> list[tuple[int, int, V]]:
        """(start, end, value) of each match, left to right."""
        found: list[tuple[int, int, V]] = []
        heads, single = self._by_head, self._single
        taken = 0
        for start, pair in enumerate(map(add, text, text[1:] + "\n")):
            if start < taken:
                continue
            if pair in heads:
                for word, value in heads[pair]:
                    if text.startswith(word, start) and _whole(text, start, start + len(word)):
                        taken = start + len(word)
                        found.append((start, taken, value))
                        break
                if start < taken:
                    continue
            if single and pair[0] in single and _whole(text, start, start + 1):
                taken = start + 1
                found.append((start, taken, single[pair[0]]))
        return found


def _whole(text: str, start: int, end: int) -> bool:
    """False when the match cuts through a run of ASCII letters."""
    first, last = text[start], text[end - 1]
    if first.isascii() and first.isalpha() and start > 0 and _letter(text[start - 1]):
        return False
    return not (last.isascii() and last.isalpha() and end < len(text) and _letter(text[end]))


def _letter(char: str) -> bool:
    return char.isascii() and char.isalpha()
