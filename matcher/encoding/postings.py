"""How a posting becomes one vector (岗位向量).

The title is a few words against hundreds: in one bag it would drown. Title and text are encoded apart and
their directions averaged, whatever the encoder.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting import Posting
from matcher.encoding.encoder import Encoder

Vectors = NDArray[np.float32]


def posting_vectors(encoder: Encoder, postings: Sequence[Posting]) -> Vectors:
    """(len(postings), dim) float32 unit rows of the job itself, never the employer's name or any person's."""
    heads = [" ".join((posting.title, *posting.tags)) for posting in postings]
    bodies = [f"{posting.duties}\n{posting.requirements}" for posting in postings]
    return mean_direction(encoder, heads, bodies)


def mean_direction(encoder: Encoder, heads: Sequence[str], bodies: Sequence[str]) -> Vectors:
    """(n, dim) float32: the direction halfway between each head and its body; either may be empty."""
    summed = encoder.encode(heads) + encoder.encode(bodies)
    lengths = np.linalg.norm(summed, axis=1, keepdims=True)
    unit: Vectors = np.divide(summed, lengths, out=np.zeros_like(summed), where=lengths > 0)
    return unit
