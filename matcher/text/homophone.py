"""Guess the trade meant by a misheard or mistyped word from its sound (同音纠错).

Speech input and pinyin keyboards write 电汗工 for 电焊工. A word is looked up by its syllables without tones;
syllables that many people do not tell apart (zh/z, n/l, in/ing) count as near. The result is a guess and must
be shown as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin

from matcher.lexicon.files import loaded, on_reload
from matcher.lexicon.occupations import alias_rows, aliases
from matcher.text.segment import segmenter

MAX_DISTANCE = 1.0
_MIN_CHARS, _MAX_CHARS = 2, 6
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_MERGED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"), ("r", "l"))
_MERGED_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("uang", "uan"), ("ong", "eng"))
_NEAR_COST = 0.25  # 每个易混音节
_MIN_SHARED = 1  # 至少一个字要对得上
_HEADS = "工员师"
_WISHES = "会想能做当开看去干找"  # 这些字开头的是动宾短语, 不作纠错目标


def _coarse(syllable: str) -> str:
    """The syllable with the commonly confused sounds merged."""
    for precise, merged in _MERGED_INITIALS:
        if syllable.startswith(precise):
            syllable = merged + syllable[len(precise) :]
            break
    for precise, merged in _MERGED_FINALS:
        if syllable.endswith(precise):
            return syllable[: -len(precise)] + merged
    return syllable


@lru_cache(maxsize=4096)
def _syllables(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word))


@loaded
def _by_sound() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Merged syllables → aliases that sound so; only words written by hand or names of occupations."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in alias_rows():
        if row.note == "后缀变体" or row.alias[0] in _WISHES or _HAN.fullmatch(row.alias) is None:
            continue
        if _MIN_CHARS <= len(row.alias) <= _MAX_CHARS:
            key = tuple(_coarse(s) for s in _syllables(row.alias))
            if row.alias not in found.setdefault(key, []):
                found[key].append(row.alias)
    return {key: tuple(words) for key, words in found.items()}


def guess_alias(word: str) -> tuple[str, float] | None:
    """The alias that sounds like `word` and its distance, or None.

    distance in [0, 1]: 0 = the same syllables, 0.25 for each syllable that is only near. None when the word is
    in a dictionary already, shares no character with the alias, or nothing sounds like it: a guess only ever
    replaces what means nothing.
    """
    if not _MIN_CHARS <= len(word) <= _MAX_CHARS or _HAN.fullmatch(word) is None:
        return None
    if word in aliases() or segmenter().cut(word) == [word]:
        return None
    sound = _syllables(word)
    candidates = _by_sound().get(tuple(_coarse(s) for s in sound), ())
    best: tuple[float, int, str] | None = None
    for alias in candidates:
        shared = sum(a == b for a, b in zip(alias, word, strict=True))
        near = sum(a != b for a, b in zip(_syllables(alias), sound, strict=True))
        if shared < _MIN_SHARED or shared == len(word):
            continue
        option = (near * _NEAR_COST, -shared, alias)
        best = option if best is None or option < best else best
    return None if best is None or best[0] > MAX_DISTANCE else (best[2], best[0])


def guess_aliases(text: str) -> Iterator[tuple[int, int, str, float]]:
    """(start, end, alias, distance) of every guess in a text, longest first at each place, none overlapping.

    Only runs that fall apart into single characters are tried, or a trade whose last character is wrong (叉车公).
    """
    words = segmenter().cut(text)
    if "".join(words) != text:
        return
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    i = 0
    while i < len(words):
        for j in range(min(len(words), i + 4), i + 1, -1):
            run = text[starts[i] : starts[j]]
            broken = sum(len(w) == 1 for w in words[i:j])
            if not broken or len(run) < 3 or (guess := guess_alias(run)) is None:
                continue
            if broken >= 2 or (guess[0][-1] in _HEADS and guess[0][:-1] == run[:-1]):
                yield starts[i], starts[j], guess[0], guess[1]
                i = j - 1
                break
        i += 1


on_reload(_syllables.cache_clear)
