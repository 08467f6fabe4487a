"""Back-off of occupation coding: the aliases that share the most telling characters with a title (近似职业).

A title such as 配电房值班 holds no alias, but its characters and character pairs are those of 配电值班员 and
配电室值班. Aliases vote for their occupations, rare pairs count more (idf), the nearest few aliases vote.
Source: k nearest neighbours over character n-grams, Cavnar & Trenkle 1994.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.lexicon.files import loaded, on_reload
from matcher.lexicon.occupations import alias_rows

NEIGHBOURS = 8
_LONGEST_POSTINGS = 150  # 更常见的字不足以区分职业, 且慢
_SINGLE = 0.35  # 单字的分量, 双字为 1
_NOISE = re.compile(
    r"师傅|工人|人员|学徒|助理|实习生?|主管|队长|班长|组长|领班|经理|专员|女工|男工|熟练工|熟手|大姐|阿姨|大哥|若干|数名|兼职|全职|"
    r"[工员师的和与及一]"
)
_KEPT = re.compile(r"[\u4e00-\u9fff]+|[a-z][a-z0-9+#.]*")


@dataclass(frozen=True, slots=True)
class _Index:
    """gram → alias numbers (int64) and weights there (float64); every alias vector has length 1."""

    rows: tuple[tuple[str, float], ...]
    postings: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
    idf: dict[str, float]


def _grams(text: str) -> Counter[str]:
    grams: Counter[str] = Counter()
    for run in _KEPT.findall(_NOISE.sub(" ", text)):
        if run.isascii():
            grams[run] += 1
            continue
        grams.update(run)
        grams.update(run[i : i + 2] for i in range(len(run) - 1))
    return grams


def _vector(grams: Counter[str], idf: dict[str, float]) -> dict[str, float]:
    weights = {
        gram: idf[gram] * (1.0 if len(gram) > 1 and not gram.isascii() else _SINGLE) for gram in grams if gram in idf
    }
    unseen = sum(len(gram) > 1 for gram in grams if gram not in idf)
    length = math.sqrt(sum(w * w for w in weights.values()) + 30.0 * unseen)
    return {gram: weight / length for gram, weight in weights.items()} if length else {}


@loaded
def _index() -> _Index:
    rows = [row for row in alias_rows() if row.note in {"手写", "大典名称"}]
    counted = [_grams(row.alias) for row in rows]
    documents = Counter(gram for grams in counted for gram in grams)
    idf = {gram: math.log((1 + len(rows)) / (1 + n)) for gram, n in documents.items()}
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for i, grams in enumerate(counted):
        for gram, weight in _vector(grams, idf).items():
            postings[gram].append((i, weight))
    return _Index(
        tuple((row.code, row.weight) for row in rows),
        {
            gram: (np.array([i for i, _ in found]), np.array([weight for _, weight in found]))
            for gram, found in postings.items()
            if len(found) <= _LONGEST_POSTINGS
        },
        idf,
    )


@lru_cache(maxsize=16384)
def nearest_occupations(part: str, *, without: str = "") -> tuple[tuple[str, float], ...]:
    """(code, score in [0, 1]) of the occupations whose aliases are nearest to a folded title part, best first.

    without: an alias to leave out, for measuring on the table itself.
    """
    index = _index()
    numbers, weights = [], []
    for gram, weight in _vector(_grams(part), index.idf).items():
        if gram in index.postings:
            found, others = index.postings[gram]
            numbers.append(found)
            weights.append(others * weight)
    if not numbers:
        return ()
    touched, places = np.unique(np.concatenate(numbers), return_inverse=True)
    sums = np.bincount(places, np.concatenate(weights))
    if without:
        sums[np.isin(touched, alias_rows_numbers().get(without, ()))] = 0.0
    order = np.lexsort((touched, -sums))[:NEIGHBOURS]
    votes: dict[str, float] = defaultdict(float)
    best: dict[str, float] = defaultdict(float)
    for place in order[sums[order] > 0]:
        code, weight = index.rows[touched[place]]
        similarity = min(1.0, float(sums[place])) * weight
        votes[code] += similarity
        best[code] = max(best[code], similarity)
    total = sum(votes.values())
    scored = [(code, best[code] * (0.5 + 0.5 * vote / total)) for code, vote in votes.items()]
    return tuple(sorted(scored, key=lambda item: (-item[1], item[0])))


@loaded
def alias_rows_numbers() -> dict[str, tuple[int, ...]]:
    """Alias → its numbers in the index."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(row for row in alias_rows() if row.note in {"手写", "大典名称"}):
        numbers[row.alias].append(i)
    return {alias: tuple(found) for alias, found in numbers.items()}


on_reload(nearest_occupations.cache_clear)
