"""BM25 of thousands of queries at once, as a sparse product (批量词面检索).

The parts of a score are those of `LexicalIndex.weighted_scores`; only the order of adding differs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matcher.retrieval.lexical import K1, B, LexicalIndex

Sparse = Any  # scipy's matrices carry no types


def bm25_parts(index: LexicalIndex, rows: NDArray[np.int64]) -> Sparse:
    """(len(rows), terms) float32: what each term of the vocabulary adds to the score of each named row."""
    terms, at, counts, lengths = _occurrences(index)
    frequency = np.bincount(terms, minlength=len(index.state()[0]))
    rare = rarities(index)
    average = max(float(lengths.mean()), 1e-9) if len(lengths) else 1.0
    norms = (K1 * (1 - B + B * lengths / average)).astype(np.float32)
    parts = rare[terms] * (counts / (counts + norms[at]))
    whole = csr_matrix((parts.astype(np.float32), (at, terms)), shape=(len(index), len(frequency)))
    return whole[rows]


def rarities(index: LexicalIndex) -> NDArray[np.float32]:
    """(terms,) float32 rarity of each term of the vocabulary."""
    terms, _, _, _ = _occurrences(index)
    frequency = np.bincount(terms, minlength=len(index.state()[0]))
    found: NDArray[np.float32] = np.log(1 + (len(index) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return found


def term_presence(
    index: LexicalIndex, rows: NDArray[np.int64], vocabulary: dict[str, int], *, terms: int
) -> tuple[Sparse, NDArray[np.int64]]:
    """(len(rows), terms) float32 ones where a document of `index` holds a term of another vocabulary; (len(rows),)
    how many more of its terms that vocabulary does not know.

    vocabulary: word → column.
    """
    words, _ = index.state()
    column = np.array([vocabulary.get(word, -1) for word in words], np.int64)
    numbers, at, _, _ = _occurrences(index)
    numbers = column[numbers] if len(words) else numbers
    known = numbers >= 0
    ones = np.ones(int(known.sum()), np.float32)
    whole = csr_matrix((ones, (at[known], numbers[known])), shape=(len(index), terms))
    unknown = np.bincount(at[~known], minlength=len(index))
    return whole[rows], unknown[rows]


def _occurrences(
    index: LexicalIndex,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16], NDArray[np.int32]]:
    """(terms, rows, counts), one entry for each term of each row, and the lengths of all rows."""
    _, arrays = index.state()
    terms, rows, counts = [], [], []
    for number in range(sum(name.endswith(".terms") for name in arrays)):
        spread = np.diff(arrays[f"{number}.starts"])
        terms.append(np.repeat(arrays[f"{number}.terms"].astype(np.int64), spread))
        rows.append(arrays[f"{number}.rows"].astype(np.int64))
        counts.append(arrays[f"{number}.counts"])
    nothing = [np.zeros(0, np.int64)]
    return (
        np.concatenate(terms or nothing),
        np.concatenate(rows or nothing),
        np.concatenate(counts or [np.zeros(0, np.uint16)]),
        np.asarray(arrays["lengths"], np.int32),
    )
