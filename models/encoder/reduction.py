"""A trained table made shorter: more room to learn in than to ship (降维)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from models.encoder.tasks import unit

SAMPLE = 10_000  # texts of each kind; more move no direction


def shortened(table: np.ndarray, texts: Sequence[sparse.csr_matrix], dim: int, *, seed: int) -> np.ndarray:
    """(vocabulary, dim) float32: the table on the main directions of the texts it encodes.

    texts: kinds of text, each (n, vocabulary) token counts, which the directions are to keep apart. Directions are
    of the unit vectors themselves, not of their differences from a mean, so inner products change least.
    """
    if dim >= table.shape[1]:
        return table
    rng = np.random.default_rng(seed)
    moments = np.zeros((table.shape[1], table.shape[1]))
    for matrix in texts:
        n = matrix.shape[0]
        rows = rng.choice(n, min(n, SAMPLE), replace=False)
        encoded = unit(np.asarray(matrix[rows] @ table, np.float64))
        moments += encoded.T @ encoded / max(len(rows), 1)
    _, directions = np.linalg.eigh(moments)  # ascending
    return np.asarray(table @ directions[:, ::-1][:, :dim], dtype=np.float32)
