"""How the three scores of a candidate become one (融合).

A convex combination (Bruch, Gai & Ingber 2023) in which the words adapt to the question: BM25 counts as a share of the
most that the question's words could give, and the less the less of the question the catalogue knows. A title whose words
postings use is found by its words; a long text, or words that nobody writes, by meaning. Four numbers, all in `Blend`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Blend:
    """Weights of the three scores, of which only the ratios matter, and how fast unknown words take theirs away.

    A compromise: for finding one particular text words would weigh more, for finding the same trade less. Figures:
    models/encoder/experiments.md.
    """

    dense: float = 1.0
    lexical: float = 1.6
    occupation: float = 0.06
    known_power: float = 1.5


SHIPPED = Blend()


def word_scale(attainable: Doubles, known: Doubles, blend: Blend = SHIPPED) -> Doubles:
    """(questions,) what the BM25 scores of each question are multiplied by; 0 for a question without words.

    attainable: (questions,) rarity of all words of the question, which BM25 cannot pass. known: (questions,) that of the
    words which some row holds.
    """
    spoken = np.maximum(attainable, 1e-9)
    return np.where(attainable > 0, (known / spoken) ** blend.known_power / spoken, 0.0)


def fused_scores(
    dense: Floats, lexical: Floats, occupation: Floats, scale: float, blend: Blend = SHIPPED
) -> Floats:
    """(rows,) float32 score of each row for one question; grows with each of the three.

    dense: (rows,) cosine. lexical: (rows,) BM25. occupation: (rows,) affinity in [0, 1]. scale: see `word_scale`.
    """
    words = np.float32(blend.lexical * scale) * lexical
    fused: Floats = np.float32(blend.dense) * dense + words + np.float32(blend.occupation) * occupation
    return fused
