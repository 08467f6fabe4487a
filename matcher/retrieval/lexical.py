"""Lexical index: BM25 over words (词面索引).

Rows are appended and never edited; a changed document is a new row and the caller masks the old one.
Equal to Lucene's BM25 as `bm25s` computes it (checked in the tests), plus cheap appends.
Source: Robertson & Zaragoza 2009, The Probabilistic Relevance Framework; Kamphuis et al. 2020 (variant).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

K1 = 1.5
B = 0.75
SMALL_SEGMENTS = 8  # so many segments at the end are merged into one
MERGED_PAIRS = 1_000_000  # unless together they hold more (row, term) pairs than this

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Segment:
    """Rows appended together, inverted.

    terms:  (t,) int32, sorted, the terms that occur.
    starts: (t + 1,) int64 into `rows` and `counts`.
    rows:   (p,) int32 row numbers, ascending within a term.
    counts: (p,) uint16, how often the term occurs in the row.
    """

    terms: NDArray[np.int32]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]

    def hits(self, term: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Rows and counts of one term."""
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return self.rows[:0], self.counts[:0]
        span = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.rows[span], self.counts[span]


class LexicalIndex:
    """BM25 over token lists."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._segments: list[Segment] = []
        self._lengths: NDArray[np.int32] = np.zeros(0, np.int32)
        self._norms: Floats | None = None

    def __len__(self) -> int:
        return len(self._lengths)

    def append_numbered(
        self, words: Sequence[str], numbers: NDArray[np.int32], lengths: NDArray[np.int32]
    ) -> None:
        """Add documents as the next rows, as `numbered` gives them: `numbers` are places in `words`.

        numbers: (all tokens,) document after document; lengths: (documents,) tokens in each.
        """
        vocabulary = self._vocabulary
        terms = np.asarray([vocabulary.setdefault(w, len(vocabulary)) for w in words], dtype=np.int32)
        if len(lengths):
            self._add_segment(terms[numbers], lengths)

    def compact(self) -> None:
        """Join all segments, so that a query looks each token up once; after a bulk build."""
        if len(self._segments) > 1:
            self._segments = [_merge(self._segments, len(self._vocabulary))]

    def scores(self, tokens: Iterable[str]) -> Floats:
        """BM25 score of every row: (rows,) float32, 0 where no token occurs."""
        return self.weighted_scores(dict.fromkeys(tokens, 1.0))

    def weighted_scores(self, tokens: Mapping[str, float]) -> Floats:
        """As `scores`, each token's part multiplied by its weight."""
        total = np.zeros(len(self), dtype=np.float32)
        norms = self._length_norms()
        for token, weight in tokens.items():
            term = self._vocabulary.get(token)
            if term is None:
                continue
            hits = [segment.hits(term) for segment in self._segments]
            frequency = sum(len(rows) for rows, _ in hits)
            factor = np.float32(weight * rarity(frequency, len(self)))
            for rows, counts in hits:
                total[rows] += factor * (counts / (counts + norms[rows]))
        return total

    def attainable(self, tokens: Mapping[str, float]) -> tuple[float, float]:
        """What the weighted score of a row stays below: rarity of all tokens, and of those that some row holds."""
        whole = known = 0.0
        for token, weight in tokens.items():
            term = self._vocabulary.get(token)
            found = 0 if term is None else sum(len(segment.hits(term)[0]) for segment in self._segments)
            part = weight * rarity(found, len(self))
            whole += part
            known += part if found else 0.0
        return whole, known

    def state(self) -> tuple[list[str], dict[str, NDArray[np.generic]]]:
        """Vocabulary in id order, and arrays, for a snapshot."""
        arrays: dict[str, NDArray[np.generic]] = {"lengths": self._lengths}
        for number, segment in enumerate(self._segments):
            for name in ("terms", "starts", "rows", "counts"):
                arrays[f"{number}.{name}"] = getattr(segment, name)
        return list(self._vocabulary), arrays

    @classmethod
    def from_state(cls, vocabulary: list[str], arrays: Mapping[str, NDArray[np.generic]]) -> LexicalIndex:
        """The index that `state` described."""
        index = cls()
        index._vocabulary = {token: number for number, token in enumerate(vocabulary)}
        index._lengths = np.asarray(arrays["lengths"], dtype=np.int32)
        for number in range(sum(name.endswith(".terms") for name in arrays)):
            index._segments.append(
                Segment(
                    terms=np.asarray(arrays[f"{number}.terms"], dtype=np.int32),
                    starts=np.asarray(arrays[f"{number}.starts"], dtype=np.int64),
                    rows=np.asarray(arrays[f"{number}.rows"], dtype=np.int32),
                    counts=np.asarray(arrays[f"{number}.counts"], dtype=np.uint16),
                )
            )
        return index

    def _add_segment(self, terms: NDArray[np.int32], lengths: NDArray[np.int32]) -> None:
        self._segments.append(_invert(terms, lengths, first_row=len(self)))
        self._lengths = np.concatenate([self._lengths, lengths])
        self._norms = None
        tail = self._segments[-SMALL_SEGMENTS:]
        if len(tail) == SMALL_SEGMENTS and sum(len(segment.rows) for segment in tail) < MERGED_PAIRS:
            self._segments[-SMALL_SEGMENTS:] = [_merge(tail, len(self._vocabulary))]

    def _length_norms(self) -> Floats:
        if self._norms is None:
            average = max(float(self._lengths.mean()), 1e-9) if len(self) else 1.0
            self._norms = (K1 * (1 - B + B * self._lengths / average)).astype(np.float32)
        return self._norms


def rarity(frequency: int, rows: int) -> float:
    """Inverse document frequency of a token that `frequency` of `rows` hold, as Lucene has it."""
    return log(1 + (rows - frequency + 0.5) / (frequency + 0.5))


def _invert(terms: NDArray[np.int32], lengths: NDArray[np.int32], *, first_row: int) -> Segment:
    documents = len(lengths)
    local_rows = np.repeat(np.arange(documents, dtype=np.int64), lengths)
    pairs, counts = np.unique(terms.astype(np.int64) * documents + local_rows, return_counts=True)
    unique_terms, starts = np.unique(pairs // documents, return_index=True)
    return Segment(
        terms=unique_terms.astype(np.int32),
        starts=np.append(starts, len(pairs)).astype(np.int64),
        rows=(pairs % documents + first_row).astype(np.int32),
        counts=np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16),
    )


def _merge(segments: Sequence[Segment], vocabulary_size: int) -> Segment:
    """One segment of several whose rows follow one another; each run is copied to its place, nothing is sorted."""
    totals = np.zeros(vocabulary_size, np.int64)
    for segment in segments:
        totals[segment.terms] += np.diff(segment.starts)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(totals)])
    rows = np.empty(int(starts[-1]), np.int32)
    counts = np.empty(int(starts[-1]), np.uint16)
    filled = starts[:-1].copy()
    for segment in segments:
        lengths = np.diff(segment.starts)
        shift = np.repeat(filled[segment.terms] - segment.starts[:-1], lengths)
        places = np.arange(len(segment.rows)) + shift
        rows[places], counts[places] = segment.rows, segment.counts
        filled[segment.terms] += lengths
    terms = np.flatnonzero(totals)
    return Segment(terms.astype(np.int32), np.append(starts[terms], starts[-1]), rows, counts)


def numbered(
    documents: Iterable[Sequence[str]],
) -> tuple[list[str], NDArray[np.int32], NDArray[np.int32]]:
    """Documents as (words, numbers, lengths) for `append_numbered`; small enough to send to another process."""
    vocabulary: dict[str, int] = {}
    numbers: list[int] = []
    lengths: list[int] = []
    for tokens in documents:
        numbers.extend(vocabulary.setdefault(token, len(vocabulary)) for token in tokens)
        lengths.append(len(tokens))
    return list(vocabulary), np.asarray(numbers, np.int32), np.asarray(lengths, np.int32)
