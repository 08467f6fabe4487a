"""What the pieces of a title vote for when its head word says too little (字串投票).

A title such as 网箱投饵 holds no alias, but its words are those of fish keepers: every run of up to four characters
votes for the occupations whose aliases and clues (occupation_clues.csv) contain it, shared among them. Longer and
rarer runs say more. Unlike a nearest neighbour, one alias and another clue of the same occupation add up.
Source: class profiles over character n-grams, Cavnar & Trenkle 1994.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

from matcher.lexicon.files import loaded, on_reload
from matcher.lexicon.occupations import alias_rows, occupation_clues

VOTED = 12
"""Occupations kept of a title."""
_WEIGHTS = (0.0, 0.12, 1.0, 1.6, 2.2)  # 按字串长短: 单字只作参考
_ASCII_WEIGHT = 2.0
_DAMPING = 0.6  # 一个职业下出现多次的字串, 次数打折
_DOUBT = 0.5  # 只是某个词的一部分(新华 之于 新华书店)的字串, 少算一些
_MOST_OWNERS = 80  # 更常见的字串不足以区分职业, 且慢
_STRENGTH = 2.5  # 字串的得票率多在 0.5 以下, 换算到别名的尺度
_LEARNT_FROM = frozenset({"手写", "大典名称", "俗称"})
_NOISE = re.compile(
    r"师傅|工人|人员|学徒|助理|实习生?|主管|队长|班长|组长|领班|经理|专员|女工|男工|熟练工|熟手|大姐|阿姨|大哥|若干|数名|兼职|全职|"
    r"[工员师的和与及一]"
)
_KEPT = re.compile(r"[\u4e00-\u9fff]+|[a-z][a-z0-9+#.]*")


def _pieces(text: str) -> Iterator[tuple[str, float]]:
    """(run of characters, weight), every run of one to four Han characters and every Latin word."""
    for run in _KEPT.findall(_NOISE.sub(" ", text)):
        if run.isascii():
            yield run, _ASCII_WEIGHT
            continue
        for size in range(1, len(_WEIGHTS)):
            for start in range(len(run) - size + 1):
                yield run[start : start + size], _WEIGHTS[size]


@loaded
def _shares() -> dict[str, tuple[tuple[str, float], ...]]:
    """Run → (code, share of its vote); the shares of a run add up to 1, of a mere part of words to less."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    whole: set[str] = set()
    for text, code in _examples():
        for piece in {piece for piece, _ in _pieces(text)}:
            counted[piece][code] += 1
        whole.add(text)
    shares = {}
    for piece, owners in counted.items():
        if len(owners) <= _MOST_OWNERS:
            damped = {code: n**_DAMPING for code, n in owners.items()}
            total = sum(damped.values()) + (0.0 if piece in whole else _DOUBT)
            shares[piece] = tuple((code, n / total) for code, n in damped.items())
    return shares


def _examples() -> Iterator[tuple[str, str]]:
    for row in alias_rows():
        if row.note in _LEARNT_FROM:
            yield row.alias, row.code
    for code, clues in occupation_clues():
        for clue in clues:
            yield clue, code


@lru_cache(maxsize=16384)
def occupation_votes(title: str) -> tuple[tuple[str, float], ...]:
    """(code, strength in [0, 1]) of the occupations that the pieces of a folded title point to, best first.

    Pay, benefits and numbers should have been taken out. () when nothing in it belongs to any occupation.
    """
    shares = _shares()
    votes: dict[str, float] = defaultdict(float)
    cast = 1.0
    for piece, weight in _pieces(title):
        if weight == _WEIGHTS[1] or weight == _WEIGHTS[2] or piece.isascii():
            cast += weight
        for code, share in shares.get(piece, ()):
            votes[code] += weight * share
    if not votes:
        return ()
    best = [(code, -vote) for vote, code in sorted([(-vote, code) for code, vote in votes.items()])[:VOTED]]
    # The best is scaled to the measure of aliases; the rest keeps its distance from it.
    scale = min(1.0, _STRENGTH * best[0][1] / cast) / best[0][1]
    return tuple((code, vote * scale) for code, vote in best)


on_reload(occupation_votes.cache_clear)
