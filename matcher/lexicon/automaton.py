"""Every place where one of many words stands in a text, in one pass (多词匹配).

Source: Aho & Corasick 1975, in the Rust implementation of ahocorasick-rs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Automaton:
    """Finds all of many words at once; the cost does not grow with their number."""

    def __init__(self, words: Sequence[str]) -> None:
        """words: distinct, not empty."""
        self._search = AhoCorasick(words).find_matches_as_indexes if words else None

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """(start, -end, number of the word) of every occurrence, overlaps included; sorted, so the longest first at each start."""
        if self._search is None:
            return []
        try:
            matches = self._search(text, True)
        except UnicodeEncodeError:  # half a character; no word holds one
            matches = self._search(_LONE_SURROGATE.sub("\ufffd", text), True)
        return sorted([(start, -end, number) for number, start, end in matches])
