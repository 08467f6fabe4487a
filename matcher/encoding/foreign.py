"""Any other SentenceTransformer folder, plugged in by configuration (外接模型)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoding.artifact import refuse_unsafe
from matcher.errors import Unavailable

Vectors = NDArray[np.float32]
PROBE = "会开叉车,想找附近的活"


class ForeignModel:
    """A SentenceTransformer on the CPU; it gets the raw text."""

    def __init__(self, model: Any, dim: int) -> None:
        self._model = model
        self.dim = dim

    @classmethod
    def load(cls, folder: Path) -> ForeignModel:
        """Load from disk only, safetensors only, no remote code; raises Unavailable when it does not work."""
        refuse_unsafe(folder)
        # Imported here: torch takes seconds, and the shipped model does not need it.
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
            probe = np.asarray(model.encode([PROBE], show_progress_bar=False))
        except Exception as error:  # a foreign folder may fail in any way inside the library
            raise Unavailable(
                f"无法加载编码模型 {folder.name}:请确认它是完整的 SentenceTransformer 目录",
                detail=repr(error),
            ) from error
        if probe.ndim != 2 or probe.shape[0] != 1 or probe.shape[1] == 0:
            raise Unavailable(f"编码模型 {folder.name} 的输出不是向量", detail=str(probe.shape))
        return cls(model, int(probe.shape[1]))

    def encode(self, texts: Sequence[str], batch_size: int) -> Vectors:
        """(len(texts), dim) float32 as the model gives them."""
        found = self._model.encode(list(texts), batch_size=batch_size, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)
