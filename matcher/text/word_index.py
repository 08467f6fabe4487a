"""Find many fixed words in one pass over a text (词表匹配)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from matcher.lexicon.automaton import Automaton

V = TypeVar("V")


class WordIndex(Generic[V]):
    """Longest match of (word, value) pairs, from the left, without overlap.

    Words and text are compared as given: fold both first. A word that begins or ends with an ASCII letter does
    not match inside a longer run of letters (java in javascript).
    """

    def __init__(self, pairs: Iterable[tuple[str, V]]) -> None:
        """pairs: (word, value), words of one character allowed; the first value of a word stays."""
        values: dict[str, V] = {}
        for word, value in pairs:
            if word:
                values.setdefault(word, value)
        self._automaton = Automaton(list(values))
        self._values = list(values.values())

    def find(self, text: str) -> list[tuple[int, int, V]]:
        """(start, end, value) of each match, left to right."""
        found: list[tuple[int, int, V]] = []
        taken = 0
        for start, minus_end, number in self._automaton.spans(text):
            if start >= taken and _whole(text, start, -minus_end):
                taken = -minus_end
                found.append((start, taken, self._values[number]))
        return found


def _whole(text: str, start: int, end: int) -> bool:
    """False when the match cuts through a run of ASCII letters."""
    first, last = text[start], text[end - 1]
    if first.isascii() and first.isalpha() and start > 0 and _letter(text[start - 1]):
        return False
    return not (last.isascii() and last.isalpha() and end < len(text) and _letter(text[end]))


def _letter(char: str) -> bool:
    return char.isascii() and char.isalpha()
