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

from matcher.lexicon.files import loaded
from matcher.lexicon.occupations import alias_rows

NEIGHBOURS = 8
_SINGLE = 0.35  # 单字的分量, 双字为 1
_NOISE = re.compile(r"师傅|工人|人员|学徒|助理|实习生?|主管|队长|班长|组长|领班|经理|专员|女工|男工|熟练工|熟手|大姐|阿姨|大哥|若干|数名|兼职|全职|[工员师的和与及一]")
_KEPT = re.compile(r"[\u4e00-\u9fff]+|[a-z][a-z0-9+#.]*")


@dataclass(frozen=True, slots=True)
class _Index:
    """gram → (alias number, weight in that alias); length of every alias vector is 1."""

    rows: tuple[tuple[str, float], ...]
    postings: dict[str, tuple[tuple[int, float], ...]]
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
        gram: idf[gram] * (1.0 if len(gram) > 1 else _SINGLE) for gram in grams if gram in idf
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
        tuple((row.code, row.weight) for row in rows), {g: tuple(p) for g, p in postings.items()}, idf
    )


def nearest_occupations(part: str, *, without: str = "") -> list[tuple[str, float]]:
    """(code, score in [0, 1]) of the occupations whose aliases are nearest to a folded title part, best first.

    without: an alias to leave out, for measuring on the table itself.
    """
    index = _index()
    own = alias_rows_numbers().get(without, ()) if without else ()
    sums: dict[int, float] = defaultdict(float)
    for gram, weight in _vector(_grams(part), index.idf).items():
        for i, other in index.postings[gram]:
            sums[i] += weight * other
    for i in own:
        sums.pop(i, None)
    votes: dict[str, float] = defaultdict(float)
    best: dict[str, float] = defaultdict(float)
    for i, similarity in sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:NEIGHBOURS]:
        code, weight = index.rows[i]
        votes[code] += similarity * weight
        best[code] = max(best[code], similarity * weight)
    total = sum(votes.values())
    scored = [(code, best[code] * (0.5 + 0.5 * vote / total)) for code, vote in votes.items()]
    return sorted(scored, key=lambda item: (-item[1], item[0]))


@loaded
def alias_rows_numbers() -> dict[str, tuple[int, ...]]:
    """Alias → its numbers in the index."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(row for row in alias_rows() if row.note in {"手写", "大典名称"}):
        numbers[row.alias].append(i)
    return {alias: tuple(found) for alias, found in numbers.items()}
