"""A tiny catalogue with made-up columns, enough for retrieval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.table import Table

DIM = 8


@dataclass
class TinyColumns(Table):
    occ: NDArray[np.int32]
    occ_conf: NDArray[np.float32]

    @classmethod
    def blank(cls, rows: int) -> TinyColumns:
        return cls(np.full((rows, 3), -1, np.int32), np.zeros((rows, 3), np.float32))


def unit_vectors(seed: int, rows: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(rows, DIM)).astype(np.float32)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def groups(rows: int) -> NDArray[np.int64]:
    return np.arange(rows, dtype=np.int64)
