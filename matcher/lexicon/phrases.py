"""Longest-match look-up of many phrases in a text (短语表).

The cost of a scan does not grow with the number of phrases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from matcher.lexicon.automaton import Automaton

V = TypeVar("V")


def _is_word_char(char: str) -> bool:
    return char.isascii() and char.isalnum()


class PhraseTable(Generic[V]):
    """Phrases of two or more characters, each with a value; the text must be folded as the phrases are."""

    def __init__(self, entries: Mapping[str, V]) -> None:
        """entries: phrase → value. Phrases shorter than two characters are left out."""
        self._values = {phrase: value for phrase, value in entries.items() if len(phrase) > 1}
        self._automaton = Automaton(list(self._values))
        self._in_order = list(self._values.values())

    def __contains__(self, phrase: object) -> bool:
        return phrase in self._values

    def __len__(self) -> int:
        return len(self._values)

    def get(self, phrase: str) -> V | None:
        """The value of a whole phrase."""
        return self._values.get(phrase)

    def items(self) -> Iterator[tuple[str, V]]:
        """All phrases with their values."""
        yield from self._values.items()

    def scan(self, text: str) -> Iterator[tuple[int, int, V]]:
        """(start, end, value) of the longest phrase at every position, overlaps included.

        A phrase that begins or ends in a Latin letter or digit must not be cut out of a longer such word.
        """
        size = len(text)
        last = -1
        for start, minus_end, number in self._automaton.spans(text):
            if start == last:
                continue
            if start and _is_word_char(text[start]) and _is_word_char(text[start - 1]):
                continue
            end = -minus_end
            if end < size and _is_word_char(text[end - 1]) and _is_word_char(text[end]):
                continue
            last = start
            yield start, end, self._in_order[number]

    def find(self, text: str) -> list[tuple[int, int, V]]:
        """Leftmost-longest matches that do not overlap."""
        result: list[tuple[int, int, V]] = []
        reached = 0
        for start, end, value in self.scan(text):
            if start >= reached:
                result.append((start, end, value))
                reached = end
        return result

    def maximal(self, text: str) -> list[tuple[int, int, V]]:
        """Matches that are not inside another match; they may overlap at the edges."""
        result: list[tuple[int, int, V]] = []
        reached = 0
        for start, end, value in self.scan(text):
            if end > reached:
                result.append((start, end, value))
                reached = end
        return result
