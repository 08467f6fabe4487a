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
from matcher.lexicon.words import domain_words, words_apart, words_together
from matcher.text.normalise import fold_case

_DONE_VERBS = frozenset(
    "干做上开学考当去来住用吃带跑送搬卖修种养端洗切炒摆摘焊装卸扛贴刷打拉包缝剪喂看管教接拿办跟待站扫抬推喷磨挑"
)
_COMPOUND = 4
"""Characters of a dictionary word that is two words of two (高空作业); our own words stay whole."""
_VERBS = frozenset("修摘铺发哄收焊绑带送换刷搬扛装拆切洗贴做开值包种剪扫喂教看管")
_ONE_WORD = frozenset({"包吃住", "包食宿", "管吃住", "带孩子", "看孩子", "看大门", "看图纸", "刷大白", "开发区", "管理费"})
_NAMES_END = frozenset("工员师手嫂姨机证本区线心厂店人费")
"""修空调 is a verb and what it is done to; 装卸工 is the name of who does it."""
_PLACES_OF_WORK = frozenset("厂店场")
_NO_KIND = frozenset(
    {"附近", "这个", "那个", "哪个", "本地", "外地", "县城", "镇上", "村里", "正规", "自己", "我们", "你们", "找个"}
    | {"女装", "男装", "童装"}
)
"""Before 厂 or 店 these say which one, not what it makes or sells."""
_MOST_PIECES = 4


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
            elif word == "傅" and len(before) > 1 and before.endswith("师"):
                found[-1:] = [*self.cut(before[:-1]), "师傅"]  # 家电清洗师|傅
            elif word in _PLACES_OF_WORK and _names_a_kind(before):
                found[-1] = before + word
            else:
                found.extend(self._parts(word))
        return _joined(found)

    def _parts(self, word: str) -> tuple[str, ...]:
        apart = words_apart().get(word)
        if apart is not None:
            return apart
        if len(word) == _COMPOUND and word not in self._own and not word.isascii():
            halves = word[:2], word[2:]
            if all(self.cut(half) == [half] for half in halves):
                return halves
        if len(word) > 2 and word[0] in _VERBS and word[-1] not in _NAMES_END and word not in _ONE_WORD:
            done_to = word[1:]
            if self.cut(done_to) == [done_to]:
                return word[0], done_to
        return (word,)

    def cut(self, folded: str) -> list[str]:
        """All pieces of a folded text in order, blanks too, so that their lengths add up to its own."""
        return self._jieba.cut(folded, False)

    def search_words(self, text: str) -> list[str]:
        """Long words and the short words inside them (Nie & Ren 1999), blanks dropped."""
        return [w for w in self._jieba.cut_for_search(fold_case(text), False) if not w.isspace()]


def _names_a_kind(word: str) -> bool:
    """Whether a word before 厂 or 店 says what kind it is: 早餐店, 手机厂."""
    return len(word) == 2 and "一" <= word[0] <= "龥" and word not in _NO_KIND and word[0] not in "一二两三几这那"


def _joined(pieces: list[str]) -> list[str]:
    """Pieces with the words that belong together made one, the longest first."""
    together = words_together()
    result: list[str] = []
    at = 0
    while at < len(pieces):
        for count in range(min(_MOST_PIECES, len(pieces) - at), 1, -1):
            word = "".join(pieces[at : at + count])
            if word in together:
                result.append(word)
                at += count
                break
        else:
            result.append(pieces[at])
            at += 1
    return result


@lru_cache(maxsize=1)
def segmenter() -> Segmenter:
    """The process-wide segmenter over jieba's dictionary and the domain words."""
    return Segmenter(domain_words())


on_reload(segmenter.cache_clear)
