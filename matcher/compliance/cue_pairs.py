"""Which groups of kindred words stand in a window, alone and two by two in their order (词组共现)."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from matcher.lexicon.automaton import Automaton

Hit = tuple[int, int, int]
"""Start, end and group of one word found."""
MAX_HITS = 24  # of one window; the first ones count, so that a window of words alone stays cheap


class CuePairs:
    """Columns of groups: group g alone is column g, g before h is column (1 + g) · groups + h."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        """groups: folded words of each group; a word may stand in several."""
        self._of_word: dict[str, list[int]] = {}
        for number, words in enumerate(groups):
            for word in words:
                self._of_word.setdefault(word, []).append(number)
        self._words = list(self._of_word)
        self._search = Automaton(self._words)
        self._groups = len(groups)
        self.most_of_a_word = max(map(len, self._of_word.values()), default=1)
        self.columns = self._groups * (self._groups + 1)

    def hits(self, text: str) -> list[Hit]:
        """Words of a group in a folded text, in the order of their starts; none inside a longer one."""
        found: list[Hit] = []
        furthest = 0
        for start, minus_end, word in self._search.spans(text):
            if -minus_end > furthest:
                furthest = -minus_end
                found += [(start, furthest, group) for group in self._of_word[self._words[word]]]
        return found

    def of_window(self, hits: Sequence[Hit], start: int, end: int) -> list[int]:
        """Columns that hold in the window start..end; `hits` of the whole text, in their order."""
        first, last = bisect.bisect_left(hits, (start,)), bisect.bisect_left(hits, (end,))
        inside = [group for _, stop, group in hits[first:last] if stop <= end]
        order = list(dict.fromkeys(inside))[:MAX_HITS]
        pairs = [
            (1 + one) * self._groups + other for place, one in enumerate(order) for other in order[place + 1 :]
        ]
        return order + pairs
