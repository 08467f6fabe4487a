"""Questions to bit masks (位掩码), vectorised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def has(mask: NDArray[Any], bits: int) -> NDArray[np.bool_]:
    """Whether any of the bits is set, element by element."""
    found: NDArray[np.bool_] = (mask & mask.dtype.type(bits)) != 0
    return found


def has_ordinal(mask: NDArray[Any], ordinal: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Whether the mask holds the member with that ordinal; False for the unknown ordinal -1."""
    shift = np.maximum(ordinal, 0).astype(mask.dtype)
    found: NDArray[np.bool_] = ((mask >> shift) & mask.dtype.type(1) != 0) & (ordinal >= 0)
    return found
