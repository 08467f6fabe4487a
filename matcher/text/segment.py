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
from matcher.lexicon.words import domain_words
from matcher.text.normalise import fold_case


class Segmenter:
    """Cuts text into words; `words` for parsing, `search_words` for an index."""

    def __init__(self, extra_words: Iterable[tuple[str, int]]) -> None:
        """extra_words: (word, frequency) pairs laid over jieba's own dictionary."""
        self._jieba = rjieba.Jieba()
        for word, frequency in extra_words:
            self._jieba.add_word(word, frequency, None)

    def words(self, text: str) -> list[str]:
        """Words of the folded text in order, blanks dropped."""
        return [w for w in self._jieba.cut(fold_case(text), False) if not w.isspace()]

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
