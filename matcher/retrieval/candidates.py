"""Candidate retrieval: dense, lexical and occupation hits fused into one list (候选召回).

Every candidate of any of the three lists gets all three scores exactly, so no score is compared with a blank. How they
are joined: `fusion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.values import Occupation
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.fusion import SHIPPED, Blend, fused_scores, word_scale

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    vector: (dim,) float32, zero when there is no text. tokens: token → weight.
    affinity: (occupations + 1,) float32 in [0, 1], the last entry 0 for "none"; None when none is known.
    """

    vector: Floats
    tokens: Mapping[str, float]
    affinity: Floats | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows found, best first, with their scores: all (k,)."""

    rows: NDArray[np.int64]
    dense: Floats
    lexical: Floats
    occupation: Floats
    fused: Floats

    def __len__(self) -> int:
        return len(self.rows)


def retrieve(
    catalogue: Catalogue[Any],
    query: Query,
    mask: NDArray[np.bool_],
    *,
    k: int,
    nearness: Floats | None = None,
    occupation: Floats | None = None,
    blend: Blend = SHIPPED,
) -> Candidates:
    """The k best rows of `catalogue` where `mask` is True.

    mask: (rows,) bool. nearness: (rows,) higher is better; fills the places that the query leaves empty, so
    that a person who said nothing about work sees what is near. occupation: (rows,) `occupation_affinity`, if
    the caller has it.
    Dense is the cosine, lexical the BM25 score over the query's maximum, occupation the affinity.
    """
    lexical = catalogue.lexical.weighted_scores(query.tokens)
    lexical[~mask] = 0
    if occupation is None:
        occupation = catalogue_affinity(catalogue, query)
    rows = _pool(catalogue, query, mask, lexical, occupation, k)
    if nearness is not None:
        rows = filled_to(rows, mask, nearness, k)
    dense = catalogue.vectors.similarities(query.vector, rows)
    top = float(lexical.max(initial=0.0))
    scaled = lexical[rows] / top if top > 0 else lexical[rows]
    fused = fused_scores(dense, lexical[rows], occupation[rows], question_scale(catalogue, query, blend), blend)
    order = np.argsort(-fused, kind="stable")[:k]
    return Candidates(rows[order], dense[order], scaled[order], occupation[rows][order], fused[order])


def question_scale(catalogue: Catalogue[Any], query: Query, blend: Blend = SHIPPED) -> float:
    """`word_scale` of one query."""
    whole, known = catalogue.lexical.attainable(query.tokens)
    return float(word_scale(np.array(whole), np.array(known), blend))


def wanted_affinity(wanted: tuple[Occupation, ...], *, of_work: bool = False) -> Floats | None:
    """Relatedness of every occupation to the best of the wanted ones: (occupations + 1,) or None.

    Relatedness has a direction, from the person's occupation to the work. `wanted` are a person's
    occupations; with `of_work` they are a posting's, and the answer says which people can do it.
    """
    book = lexicon_codebook()
    rows = [(book.occupation_row(o.code), o.confidence) for o in wanted]
    known = [(row, confidence) for row, confidence in rows if row >= 0]
    if not known:
        return None
    matrix = book.relatedness().T if of_work else book.relatedness()
    affinity = np.zeros(len(matrix) + 1, dtype=np.float32)
    for index, confidence in known:
        np.maximum(affinity[:-1], matrix[index] * np.float32(confidence), out=affinity[:-1])
    return affinity


def catalogue_affinity(catalogue: Catalogue[Any], query: Query) -> Floats:
    """`occupation_affinity` of every row of a catalogue."""
    return occupation_affinity(query.affinity, catalogue.columns.occ, catalogue.columns.occ_conf)


def occupation_affinity(affinity: Floats | None, occ: NDArray[np.int32], confidence: Floats) -> Floats:
    """Affinity of each row's best occupation: (rows,) float32, 0 where unknown.

    occ: (rows, 3) occupation indices, -1 pads; confidence: (rows, 3) in [0, 1].
    """
    if affinity is None:
        return np.zeros(len(occ), dtype=np.float32)
    best: Floats = affinity[occ[:, 0]] * confidence[:, 0]
    for guess in range(1, occ.shape[1]):
        np.maximum(best, affinity[occ[:, guess]] * confidence[:, guess], out=best)
    return best


def _pool(
    catalogue: Catalogue[Any],
    query: Query,
    mask: NDArray[np.bool_],
    lexical: Floats,
    occupation: Floats,
    k: int,
) -> NDArray[np.int64]:
    """Rows that any of the three lists puts among its best, in row order."""
    dense_rows = np.zeros(0, np.int64)
    if query.vector.any():
        _, found = catalogue.vectors.search(query.vector[None, :], k, mask)
        dense_rows = found[0][found[0] >= 0]
    lists = [dense_rows, best_rows(lexical, k), best_rows(np.where(mask, occupation, 0) + 1e-3 * lexical, k)]
    pool = np.unique(np.concatenate(lists))
    allowed: NDArray[np.int64] = pool[mask[pool]]
    return allowed


def filled_to(pool: NDArray[np.int64], mask: NDArray[np.bool_], nearness: Floats, k: int) -> NDArray[np.int64]:
    """The pool, and the nearest other allowed rows up to k."""
    if len(pool) >= k:
        return pool
    others = mask.copy()
    others[pool] = False
    rest = np.flatnonzero(others)
    nearest = rest[np.argsort(-nearness[rest], kind="stable")[: k - len(pool)]]
    return np.concatenate([pool, nearest])


def best_rows(scores: Floats, k: int) -> NDArray[np.int64]:
    """Rows of the k largest positive scores, in no order."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) <= k:
        return positive
    best: NDArray[np.int64] = positive[np.argpartition(-scores[positive], k)[:k]]
    return best
