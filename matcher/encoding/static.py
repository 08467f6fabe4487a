"""The shipped static model without torch: a table of token vectors, summed (静态词向量).

Gives what SentenceTransformer gives on the same folder (checked in the tests) but starts in a
fraction of the time, because neither torch nor transformers is imported.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy import sparse

from matcher.encoding.tokens import encoder_tokens
from matcher.errors import Unavailable

Vectors = NDArray[np.float32]


class StaticVectors:
    """Sum of token vectors; unknown tokens add nothing."""

    def __init__(self, index: dict[str, int], table: Vectors) -> None:
        """index: token -> row. table: (tokens, dim) float32."""
        self._index = index
        self._table = table
        self.dim = int(table.shape[1])

    @classmethod
    def load(cls, folder: Path) -> StaticVectors:
        """Read `tokenizer.json` and `model.safetensors` of a StaticEmbedding folder."""
        try:
            tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
            index: dict[str, int] = dict(tokenizer["model"]["vocab"])
            table = load_file(folder / "model.safetensors")["embedding.weight"].astype(np.float32)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise Unavailable("编码模型无法读取,请重新安装模型", detail=repr(error)) from error
        if len(index) != len(table) or not np.isfinite(table).all():
            raise Unavailable("编码模型的词表与向量不一致,请重新安装模型", detail=str(table.shape))
        index.pop(tokenizer["model"]["unk_token"], None)
        return cls(index, np.ascontiguousarray(table))

    def encode(self, texts: Sequence[str], batch_size: int = 0) -> Vectors:
        """(len(texts), dim) float32, not normalised; a zero row where no token is known.

        batch_size: for the interface only; the caller bounds the batch.
        """
        known = self._index
        ids = [[known[token] for token in encoder_tokens(text) if token in known] for text in texts]
        starts = np.zeros(len(ids) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in ids], out=starts[1:])
        flat = np.fromiter(chain.from_iterable(ids), dtype=np.int32, count=int(starts[-1]))
        bags = sparse.csr_matrix(
            (np.ones(len(flat), dtype=np.float32), flat, starts), shape=(len(ids), len(self._table))
        )
        summed: Vectors = bags @ self._table
        return summed
