"""Vector index over FAISS (向量索引).

Exact inner product up to EXACT_LIMIT rows, HNSW above it. Rows are appended; the caller masks dead ones.
"""

from __future__ import annotations

from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

faiss: Any = _faiss  # its type stubs know only a part of it

EXACT_LIMIT = 200_000  # flat search stays in the milliseconds below this (research: 20 ms a query at 200 k)
HNSW_LINKS = 32
HNSW_BUILD_BREADTH = 80
HNSW_SEARCH_BREADTH = 256

Vectors = NDArray[np.float32]


class VectorIndex:
    """Unit vectors by row number; similarity is the inner product."""

    def __init__(self, dim: int, index: Any = None) -> None:
        """dim: vector length. index: an existing FAISS index, when loading."""
        self.dim = dim
        self._index: Any = faiss.IndexFlatIP(dim) if index is None else index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def exact(self) -> bool:
        """True while every search is exhaustive."""
        return isinstance(self._index, faiss.IndexFlat)

    @property
    def raw(self) -> Any:
        """The FAISS index, for a snapshot."""
        return self._index

    def append(self, vectors: Vectors) -> None:
        """Add (n, dim) float32 rows; moves to HNSW once EXACT_LIMIT is passed."""
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if self.exact and len(self) + len(vectors) > EXACT_LIMIT:
            self._index = self._to_hnsw()
        self._index.add(vectors)

    def search(
        self, queries: Vectors, k: int, mask: NDArray[np.bool_] | None = None
    ) -> tuple[Vectors, NDArray[np.int64]]:
        """Best k rows of each query among those where mask is True.

        queries: (q, dim) float32. mask: (rows,) bool or None for all.
        Returns similarities (q, k) float32 and rows (q, k) int64; row -1 where fewer than k exist.
        """
        if not len(self) or not k:
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        selector = None
        if mask is not None:
            packed = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(packed)
        if self.exact:
            parameters = faiss.SearchParameters(sel=selector)
        else:
            parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=max(HNSW_SEARCH_BREADTH, 2 * k))
        found: tuple[Vectors, NDArray[np.int64]] = self._index.search(
            np.ascontiguousarray(queries, dtype=np.float32), min(k, len(self)), params=parameters
        )
        return found

    def similarities(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """Inner products of one (dim,) query with the named rows: (len(rows),) float32."""
        if not len(rows):
            return np.zeros(0, np.float32)
        products: Vectors = self._matrix()[rows] @ query
        return products

    def stored(self, rows: NDArray[np.int64]) -> Vectors:
        """Copies of the vectors of the named rows: (len(rows), dim) float32."""
        if not len(rows):
            return np.zeros((0, self.dim), np.float32)
        copied: Vectors = self._matrix()[rows]
        return copied

    def _matrix(self) -> Vectors:
        storage = self._index if self.exact else faiss.downcast_index(self._index.storage)
        view: Vectors = faiss.rev_swig_ptr(storage.get_xb(), len(self) * self.dim).reshape(-1, self.dim)
        return view

    def _to_hnsw(self) -> Any:
        graph = faiss.IndexHNSWFlat(self.dim, HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = HNSW_BUILD_BREADTH
        if len(self):
            graph.add(self._matrix())
        return graph
