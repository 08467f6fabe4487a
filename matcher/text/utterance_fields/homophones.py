"""Occupations behind words that only sound right (同音近音): 电汗工 → 电焊工, 宝洁 → 保洁.

Speech input and hurried typing keep the sound and lose the character. A window of the text that is no alias but
reads like one, tones and the common mergers of northern and Hubei speech aside (zh/z, n/l, in/ing), is a guess; it must
share at least half its characters with the alias, and two-character guesses are made only for the trades listed as
`spoken` in utterance_cues.csv, or the guess would be noise.
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from matcher.domain.values import Occupation
from matcher.lexicon.files import loaded
from matcher.lexicon.occupations import aliases, occupations
from matcher.text.segment import segmenter
from matcher.text.utterance_fields.cues import spoken_trades

GUESS_CONFIDENCE = 0.4
_MIN_CHARS, _MAX_CHARS = 2, 5
_MIN_SHARED = 0.5
_LONG_SHARED = 0.6
_MERGERS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
_EDGES = frozenset(("", ",", "。", ";", "!", "?", " ", "、", "，"))
_WISHES = frozenset("会想能找去")
"""A guess never begins with what is wished: in 会电汗工 the trade begins at 电."""
_WINDOWS = 120
"""At most so many start positions are tried."""

Guess = tuple[int, int, tuple[Occupation, ...]]


@lru_cache(maxsize=8192)
def _sound(char: str) -> str:
    """Toneless reading with the mergers applied; "" for what is no Chinese character."""
    if not "\u4e00" <= char <= "\u9fff":
        return ""
    sound = lazy_pinyin(char, style=Style.NORMAL)[0]
    for spoken, merged in _MERGERS:
        if sound.startswith(spoken):
            sound = merged + sound[len(spoken) :]
    if sound.startswith("n"):
        sound = "l" + sound[1:]
    for spoken, merged in _ENDINGS:
        if sound.endswith(spoken):
            sound = sound[: -len(spoken)] + merged
    return sound


@loaded
def _by_sound() -> dict[tuple[str, ...], list[str]]:
    """Reading → aliases that read so, for aliases wholly in Chinese characters."""
    spoken = spoken_trades()
    found: dict[tuple[str, ...], list[str]] = {}
    for alias, senses in aliases().items():
        if not _MIN_CHARS <= len(alias) <= _MAX_CHARS or senses[0].weight < 0.5:
            continue
        if alias[0] in _WISHES or (len(alias) == _MIN_CHARS and alias not in spoken):
            continue
        key = tuple(map(_sound, alias))
        if all(key):
            found.setdefault(key, []).append(alias)
    return found


def guess_occupations(text: str, free: bytearray, *, shortest: int = _MIN_CHARS) -> list[Guess]:
    """Guesses of at least `shortest` characters in the folded text where `free` is set, left to right, no overlap."""
    table, sounds, senses = occupations(), _by_sound(), aliases()
    readings = [_sound(c) for c in text[:_WINDOWS]]
    guesses: list[Guess] = []
    taken = 0
    for start in range(len(readings)):
        if start < taken or not readings[start]:
            continue
        for length in range(min(_MAX_CHARS, len(readings) - start), shortest - 1, -1):
            end = start + length
            window = text[start:end]
            if not all(free[start:end]) or window in senses:
                continue
            alone = text[start - 1 : start] in _EDGES and text[end : end + 1] in _EDGES
            alias = _closest(window, sounds.get(tuple(readings[start:end]), []), alone=alone)
            if alias is None:
                continue
            meanings = senses.get(alias) or ()
            guesses.append(
                (start, end, tuple(Occupation(s.code, table.name(s.code), GUESS_CONFIDENCE * s.weight) for s in meanings))
            )
            taken = end
            break
    return guesses


def _closest(window: str, candidates: list[str], *, alone: bool) -> str | None:
    """The alias sharing most characters with the window, None when it shares too few.

    alone: the window is a clause of its own; where it means nothing as it stands, its sound is enough (包结).
    """
    best, best_shared = None, _MIN_SHARED if len(window) == _MIN_CHARS else _LONG_SHARED
    if alone and candidates and segmenter().cut(window) != [window]:
        best_shared = 0.0
    for alias in candidates:
        shared = sum(a == b for a, b in zip(alias, window, strict=True)) / len(alias)
        if shared >= best_shared and (best is None or shared > best_shared):
            best, best_shared = alias, shared
    return best
