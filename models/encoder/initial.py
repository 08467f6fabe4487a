"""Where training starts: token vectors from co-occurrence, weighted by rarity (初始向量)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd


def rarity(documents: sparse.csr_matrix) -> np.ndarray:
    """(vocabulary,) float32 inverse document frequency, as BM25 has it."""
    frequency = np.bincount(documents.indices, minlength=documents.shape[1])
    n = documents.shape[0]
    weights: np.ndarray = np.log(1 + (n - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return weights


def initial_table(documents: sparse.csr_matrix, dim: int, *, random_share: float, seed: int) -> np.ndarray:
    """(vocabulary, dim) float32: rarity × (direction by SVD + random direction).

    documents: (n, vocabulary) counts, sorted indices. The random part keeps rare words apart, so that a word
    still finds itself; the SVD part (Deerwester et al. 1990) brings related words together from the start.
    """
    rng = np.random.default_rng(seed)
    weights = rarity(documents)
    weighted = documents.copy()
    weighted.data = np.log1p(weighted.data) * weights[weighted.indices]
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    weighted = sparse.diags(1 / np.maximum(lengths, 1e-9)) @ weighted
    _, _, components = randomized_svd(weighted, dim, n_iter=3, random_state=seed)
    related = components.T / np.maximum(np.linalg.norm(components.T, axis=1, keepdims=True), 1e-9)
    apart = rng.normal(size=related.shape) / np.sqrt(dim)
    table = (related + random_share * apart) * (weights / weights.mean())[:, None]
    return np.asarray(table, dtype=np.float32)
