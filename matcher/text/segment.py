"""Segmentation with jieba's dictionary and our own words (分词).

The bulk segmenter is rjieba: the same algorithm and dictionary in Rust, ten times as fast. Both run
without the HMM, so that tokens depend on the dictionary version alone; `tests/unit/text` checks that the two
agree token for token.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import rjieba

from matcher.lexicon.files import on_reload
from matcher.lexicon.words import domain_words, words_apart
from matcher.text.normalise import fold_case

_DONE_VERBS = frozenset("干做上开学考当去来住用吃带跑送搬卖修种养")
_COMPOUND = 4
"""Characters of a dictionary word that is two words of two (高空作业); our own words stay whole."""


class Segmenter:
    """Cuts text into words; `words` for parsing, `search_words` for an index, `cut` as the dictionary has it."""

    def __init__(self, extra_words: Iterable[tuple[str, int]]) -> None:
        """extra_words: (word, frequency) pairs laid over jieba's own dictionary."""
        self._jieba = rjieba.Jieba()
        self._own: set[str] = set()
        for word, frequency in extra_words:
            self._jieba.add_word(word, frequency, None)
            self._own.add(word)

    def words(self, text: str) -> list[str]:
        """Words of the folded text in order, blanks dropped, as people mean them.

        Words of two words fall apart (高空|作业, 能|干); 干过 and 不干 hold together.
        """
        found: list[str] = []
        for word in self.cut(fold_case(text)):
            if word.isspace():
                continue
            before = found[-1] if found else ""
            if (word == "过" and before in _DONE_VERBS) or (word == "干" and before == "不"):
                found[-1] = before + word
            else:
                found.extend(self._parts(word))
        return found

    def _parts(self, word: str) -> tuple[str, ...]:
        apart = words_apart().get(word)
        if apart is not None:
            return apart
        if len(word) == _COMPOUND and word not in self._own and not word.isascii():
            halves = word[:2], word[2:]
            if all(self.cut(half) == [half] for half in halves):
                return halves
        return (word,)

    def cut(self, folded: str) -> list[str]:
        """All pieces of a folded text in order, blanks too, so that their lengths add up to its own."""
        return self._jieba.cut(folded, False)

    def search_words(self, text: str) -> list[str]:
        """Long words and the short words inside them (Nie & Ren 1999), blanks dropped."""
        return [w for w in self._jieba.cut_for_search(fold_case(text), False) if not w.isspace()]


@lru_cache(maxsize=1)
def segmenter() -> Segmenter:
    """The process-wide segmenter over jieba's dictionary and the domain words."""
    return Segmenter(domain_words())


on_reload(segmenter.cache_clear)
