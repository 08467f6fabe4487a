"""Catalogues frozen for a search of everybody at once (批量召回).

INVARIANT: for one query and one mask the result is that of `candidates.retrieve` over the whole catalogue, up
to the rounding of sums and the order of ties: the same three lists, the same fusion, the same k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.bulk_lexical import Sparse, bm25_parts, rarities, term_presence
from matcher.retrieval.candidates import best_rows, filled_to, occupation_affinity
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.fusion import fused_scores, word_scale
from matcher.retrieval.lexical import rarity

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FrozenPostings:
    """The live postings of a catalogue as they stood at one moment; row r is the same posting everywhere.

    ids: (n,) posting ids. vectors: (n, dim) float32. parts: (n, terms) sparse BM25. groups: (n,) int64.
    """

    ids: Sequence[str]
    columns: PostingColumns
    vectors: Floats
    parts: Sparse
    groups: Ints

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, catalogue: Catalogue[PostingColumns]) -> FrozenPostings:
        """Copies, so that the catalogue may go on changing."""
        rows = np.flatnonzero(catalogue.alive)
        return cls(
            ids=[catalogue.ids[row] for row in rows],
            columns=catalogue.columns.take(rows),
            vectors=catalogue.vectors.stored(rows),
            parts=bm25_parts(catalogue.lexical, rows),
            groups=catalogue.groups[rows],
        )

    def take(self, rows: Ints) -> FrozenPostings:
        """Only the named rows, in that order."""
        return FrozenPostings(
            ids=[self.ids[row] for row in rows],
            columns=self.columns.take(rows),
            vectors=self.vectors[rows],
            parts=self.parts[rows],
            groups=self.groups[rows],
        )

    @cached_property
    def by_term(self) -> Sparse:
        """(terms, n) sparse, for products with queries."""
        return self.parts.T.tocsr()


@dataclass(frozen=True, eq=False)
class FrozenWorkers:
    """People as queries: columns, (n, dim) vectors and (n, terms) sparse ones for their words.

    scale: (n,) float64, what the BM25 scores of each are multiplied by, `fusion.word_scale`.
    """

    ids: Sequence[str]
    columns: WorkerColumns
    vectors: Floats
    words: Sparse
    scale: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(
        cls, catalogue: Catalogue[WorkerColumns], ids: Sequence[str], postings: Catalogue[PostingColumns]
    ) -> FrozenWorkers:
        """The people of `ids`, all of whom must be alive in the catalogue; words are those of `postings`."""
        rows = np.array([catalogue.row(one) for one in ids], np.int64)
        words, _ = postings.lexical.state()
        vocabulary = {word: column for column, word in enumerate(words)}
        presence, unknown = term_presence(catalogue.lexical, rows, vocabulary, terms=len(words))
        known = presence @ rarities(postings.lexical).astype(np.float64)
        unheard = unknown * rarity(0, len(postings.lexical))
        return cls(
            ids=list(ids),
            columns=catalogue.columns.take(rows),
            vectors=catalogue.vectors.stored(rows),
            words=presence,
            scale=word_scale(known + unheard, known),
        )

    def take(self, rows: Ints) -> FrozenWorkers:
        """Only the named rows, in that order."""
        return FrozenWorkers(
            ids=[self.ids[row] for row in rows],
            columns=self.columns.take(rows),
            vectors=self.vectors[rows],
            words=self.words[rows],
            scale=self.scale[rows],
        )


@dataclass(frozen=True, eq=False)
class TextScores:
    """What the words say of q people and n postings: dense and lexical are (q, n) float32.

    lexical is the plain BM25 score; scale, (q,), what it is multiplied by.
    """

    dense: Floats
    lexical: Floats
    scale: NDArray[np.float64]
    spoken: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))

    @classmethod
    def of(cls, people: FrozenWorkers, postings: FrozenPostings) -> TextScores:
        return cls(
            dense=people.vectors @ postings.vectors.T,
            lexical=(people.words @ postings.by_term).toarray(),
            scale=people.scale,
            spoken=np.asarray(people.vectors.any(axis=1)),
        )


@dataclass(frozen=True, eq=False)
class Pool:
    """The best rows of one query, best first; all (k,)."""

    rows: Ints
    dense: Floats
    lexical: Floats


def worker_affinity(columns: WorkerColumns, row: int) -> Floats | None:
    """As `candidates.wanted_affinity`, from the occupation columns of one person."""
    known = [(int(i), c) for i, c in zip(columns.occ[row], columns.occ_conf[row], strict=True) if i >= 0]
    if not known:
        return None
    matrix = lexicon_codebook().relatedness()
    affinity = np.zeros(len(matrix) + 1, np.float32)
    for index, confidence in known:
        np.maximum(affinity[:-1], matrix[index] * np.float32(confidence), out=affinity[:-1])
    return affinity


def posting_affinity(affinity: Floats | None, postings: FrozenPostings) -> Floats:
    """(n,) affinity of each posting's best occupation, 0 where unknown."""
    return occupation_affinity(affinity, postings.columns.occ, postings.columns.occ_conf)


def best_pool(
    texts: TextScores, query: int, mask: Flags, occupation: Floats, nearness: Floats, *, k: int
) -> Pool:
    """The k best postings of one query where `mask` is True; see `candidates.retrieve`.

    mask, occupation, nearness: (n,). nearness fills the places that the query leaves empty.
    """
    lexical = np.where(mask, texts.lexical[query], np.float32(0))
    lists = [
        best_rows(lexical, k),
        best_rows(np.where(mask, occupation, np.float32(0)) + np.float32(1e-3) * lexical, k),
    ]
    if texts.spoken[query]:
        lists.append(_best_of(texts.dense[query], np.flatnonzero(mask), k))
    pool = np.unique(np.concatenate(lists))
    rows = filled_to(pool[mask[pool]], mask, nearness, k)
    dense = texts.dense[query][rows]
    top = float(lexical.max(initial=0.0))
    scaled = (lexical[rows] / top if top > 0 else lexical[rows]).astype(np.float32)
    fused = fused_scores(dense, lexical[rows], occupation[rows], float(texts.scale[query]))
    order = np.argsort(-fused, kind="stable")[:k]
    return Pool(rows[order], dense[order], scaled[order])


def _best_of(scores: Floats, among: Ints, k: int) -> Ints:
    if len(among) <= k:
        return among
    best: Ints = among[np.argpartition(-scores[among], k)[:k]]
    return best


def rows_of(values: NDArray[Any]) -> list[tuple[int, Ints]]:
    """(value, rows that hold it) of each distinct value, in order of the values."""
    order = np.argsort(values, kind="stable")
    distinct, first = np.unique(values[order], return_index=True)
    return list(zip(distinct.tolist(), np.split(order, first[1:]), strict=True)) if len(distinct) else []
