"""The encoder: texts in, unit vectors out, whatever model lies behind it (编码器).

INVARIANTS
- A row is either of unit length or all zeros; it is zero exactly when the model has nothing to go by.
- No NaN and no vector of another length ever leaves here: `Unavailable` is raised instead.
- The same files give the same `model_id` and the same vectors in every process.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.encoding.artifact import OUR_SEGMENTATION, file_digests, model_id, read_marker, verify
from matcher.encoding.foreign import ForeignModel
from matcher.encoding.static import StaticVectors
from matcher.encoding.tokens import UNITS, words_digest
from matcher.errors import Unavailable

Vectors = NDArray[np.float32]
# Resolved as a path, not as an import: `models` may import `matcher`, never the other way.
SHIPPED = Path(__file__).parents[2] / "models" / "encoder" / "artifact"
DEFAULT_BATCH = 256


class Model(Protocol):
    """What stands behind an Encoder."""

    dim: int

    def encode(self, texts: Sequence[str], batch_size: int) -> Vectors: ...


class Encoder:
    """Turns texts into vectors whose inner product is their cosine."""

    def __init__(self, model: Model, model_id: str, *, lexicon_matches: bool = True) -> None:
        """model: gives (n, dim) vectors. model_id: digest of its files."""
        self._model = model
        self._model_id = model_id
        self._lexicon_matches = lexicon_matches

    @classmethod
    def load(cls, path: Path | None = None) -> Encoder:
        """The model in `path`, or the shipped one.

        A folder with our marker is checked file by file against its manifest; any other SentenceTransformer
        folder gets the raw text. Raises Unavailable when there is no usable model.
        """
        folder = SHIPPED if path is None else path
        if not folder.is_dir():
            raise Unavailable(f"找不到编码模型目录:{folder.name},请检查 MATCHER_ENCODER", detail=str(folder))
        marker = read_marker(folder)
        if marker is None:
            return cls(ForeignModel.load(folder), model_id(file_digests(folder)))
        identity = verify(folder)
        if (marker.segmentation, marker.units) != (OUR_SEGMENTATION, UNITS):
            raise Unavailable("编码模型与程序版本不配套,请重新训练或安装模型", detail=f"{marker}")
        model = StaticVectors.load(folder)
        if model.dim != marker.dim:
            raise Unavailable("编码模型的向量长度与标记不符,请重新安装模型", detail=str(model.dim))
        return cls(model, identity, lexicon_matches=marker.words_digest == words_digest())

    @property
    def dim(self) -> int:
        """Vector length."""
        return self._model.dim

    @property
    def model_id(self) -> str:
        """Digest of the model's files."""
        return self._model_id

    @property
    def lexicon_matches(self) -> bool:
        """False when the segmentation words changed since training: new words then count by their letters."""
        return self._lexicon_matches

    def encode(self, texts: Sequence[str], batch_size: int = DEFAULT_BATCH) -> Vectors:
        """(len(texts), dim) float32, each row of unit length, or zero for a text that says nothing.

        Raises Unavailable when the model gives NaN or vectors of another length.
        """
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), batch_size):
            batch = texts[start : start + batch_size]
            speaking = [row for row, text in enumerate(batch) if any(c.isalnum() for c in text)]
            if speaking:
                found = self._model.encode([batch[row] for row in speaking], batch_size)
                vectors[np.asarray(speaking) + start] = self._checked(found, len(speaking))
        return vectors

    def _checked(self, found: Vectors, rows: int) -> Vectors:
        if found.shape != (rows, self.dim):
            raise Unavailable("编码模型输出的向量长度不符,请更换模型", detail=f"{found.shape}")
        if not np.isfinite(found).all():
            raise Unavailable("编码模型输出了无效数值(NaN),请更换模型", detail=self._model_id)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Vectors = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        return unit
