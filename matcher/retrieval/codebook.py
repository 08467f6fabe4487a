"""The bit and row numbers that columns use for lexicon codes (编码本).

An occupation is its row in `lexicon.occupations`, a certificate is one bit of a uint64. The numbers hold for
one lexicon version only: columns built under another version must be rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.lexicon.files import on_reload

MAX_CERTIFICATES = 63  # bit 63 stays free so that masks survive a signed 64-bit store
DRIVING_PREFIX = "drive_"


@dataclass(frozen=True)
class Codebook:
    """Numbers for codes.

    occupation_rows:     occupation code → row, unknown codes absent.
    certificate_bits:    certificate code → bit number 0…62.
    certificate_covers:  certificate code → the other codes it also satisfies (A1 驾照 → C1).
    certificate_families: sets of codes of which a posting that names several means any one (驾照 A1、A2).
    occupation_names, certificate_names: what a person is shown, by row and by bit.
    region_centres:      six-digit adcode → (lat, lng) that stand for a place known only by its region.
    relatedness:         gives the float32 (n, n) matrix in [0, 1] of how far one occupation can do another.
    """

    occupation_rows: Mapping[str, int]
    certificate_bits: Mapping[str, int]
    certificate_covers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    certificate_families: Sequence[frozenset[str]] = ()
    occupation_names: Sequence[str] = ()
    certificate_names: Sequence[str] = ()
    region_centres: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    relatedness: Callable[[], NDArray[np.float32]] = lambda: np.eye(0, dtype=np.float32)

    def occupation_row(self, code: str) -> int:
        """Row of an occupation code, -1 when the lexicon does not know it."""
        return self.occupation_rows.get(code, -1)

    def certificate_mask(self, code: str) -> int:
        """One bit for a certificate code, 0 when the lexicon does not know it."""
        bit = self.certificate_bits.get(code)
        return 0 if bit is None else 1 << bit

    def is_centre(self, region_code: str, lat: float, lng: float) -> bool:
        """Whether the point only stands for its county or city."""
        return (lat, lng) in (
            self.region_centres.get(region_code[:6]),
            self.region_centres.get(f"{region_code[:4]}00"),
        )

    def held_mask(self, code: str) -> int:
        """The certificate and everything it covers."""
        mask = self.certificate_mask(code)
        for covered in self.certificate_covers.get(code, ()):
            mask |= self.certificate_mask(covered)
        return mask


@lru_cache(maxsize=1)
def lexicon_codebook() -> Codebook:
    """The numbers of the lexicon as it is on disk; read again after a lexicon reload."""
    from matcher.lexicon.certificates import certificates
    from matcher.lexicon.occupations import occupations
    from matcher.lexicon.places import region_centres

    trade, paper = occupations(), certificates()
    return Codebook(
        occupation_rows={code: trade.index(code) for code in trade.codes},
        certificate_bits={code: paper.index(code) for code in paper.codes},
        certificate_covers={code: paper.entry(code).covers for code in paper.codes},
        certificate_families=(frozenset(c for c in paper.codes if c.startswith(DRIVING_PREFIX)),),
        occupation_names=tuple(trade.plain_name(code) for code in trade.codes),
        certificate_names=tuple(paper.name(code) for code in paper.codes),
        region_centres=region_centres(),
        relatedness=trade.relatedness_matrix,
    )


on_reload(lexicon_codebook.cache_clear)
