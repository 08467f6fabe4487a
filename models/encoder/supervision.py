"""Where pairs of like meaning come from without anyone labelling them (自监督样本).

Every source gives batches: two matrices of token counts whose rows with the same number mean the same, and
keys; two rows that share a key may mean the same too and are never held against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy import sparse

from matcher.encoding.tokens import encoder_tokens
from matcher.lexicon.occupations import alias_rows
from matcher.text.occupation import code_occupation
from models.encoder.corpus import count_matrix

SURE = 0.5  # an occupation read with less confidence than this teaches nothing
TITLE_SHOWN = 0.5  # share of postings that keep their title in an alias pair
DRESSED = 0.5  # share of aliases that are put into a worker's sentence
TEMPLATES = Path(__file__).with_name("worker_templates.txt")


@dataclass
class Batch:
    """left, right: (n, vocabulary) token counts. keys: arrays of (n,); equal in one of them = maybe the same."""

    left: sparse.csr_matrix
    right: sparse.csr_matrix
    keys: list[np.ndarray]


class Source(Protocol):
    """Something that gives pairs."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """At most `size` pairs."""


class TitleAndText:
    """A posting's title and its own text, every posting once a round."""

    def __init__(
        self, titles: sparse.csr_matrix, texts: sparse.csr_matrix, names: Sequence[str], groups: np.ndarray
    ) -> None:
        """titles, texts: (n, vocabulary). names: (n,) titles. groups: (n,) near-duplicate groups."""
        self._titles, self._texts, self._groups = titles, texts, groups
        self._names = np.unique(np.array(names), return_inverse=True)[1]
        self._order = np.zeros(0, dtype=np.int64)

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        if len(self._order) < size:
            self._order = rng.permutation(self._titles.shape[0])
        rows, self._order = self._order[:size], self._order[size:]
        return Batch(self._titles[rows], self._texts[rows], [self._names[rows], self._groups[rows]])


class AliasAndPosting:
    """Any everyday name of an occupation, bare or in a worker's sentence, and a posting of that occupation."""

    def __init__(
        self,
        titles: sparse.csr_matrix,
        texts: sparse.csr_matrix,
        names: Sequence[str],
        aliases: Aliases,
    ) -> None:
        """titles, texts: (n, vocabulary). names: (n,) titles, read for their occupation."""
        self._titles, self._texts, self._aliases = titles, texts, aliases
        rows: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(names):
            found = code_occupation(name)
            if found and found[0].confidence >= SURE and found[0].code in aliases.of_code:
                rows[found[0].code].append(row)
        self._codes = sorted(rows)
        self._rows = [np.array(rows[code]) for code in self._codes]
        # The root keeps software, more than half of the postings, from drowning the trades.
        weights = np.sqrt([len(found) for found in self._rows])
        self._weights = weights / weights.sum()

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        codes = rng.choice(len(self._codes), size, p=self._weights)
        names = [rng.choice(self._aliases.of_code[self._codes[code]]) for code in codes]
        rows = np.array([rng.choice(self._rows[code]) for code in codes])
        shown = sparse.diags((rng.random(size) < TITLE_SHOWN).astype(np.float32))
        return Batch(
            self._aliases.dressed(np.array(names), rng),
            _once(self._texts[rows] + shown @ self._titles[rows]),
            [codes],
        )


class AliasAndAlias:
    """Two names of one occupation."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._codes = sorted(code for code, rows in aliases.of_code.items() if len(rows) > 1)
        weights = np.sqrt([len(aliases.of_code[code]) for code in self._codes])
        self._weights = weights / weights.sum()

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        codes = rng.choice(len(self._codes), size, p=self._weights)
        pairs = np.array(
            [rng.choice(self._aliases.of_code[self._codes[code]], 2, replace=False) for code in codes]
        )
        return Batch(self._aliases.dressed(pairs[:, 0], rng), self._aliases.plain(pairs[:, 1]), [codes])


class Aliases:
    """The alias table as token counts. of_code: occupation code -> alias rows."""

    def __init__(self, index: dict[str, int], *, held_out: Collection[str] = ()) -> None:
        """index: token -> column. held_out: phrases; an alias inside one, or around one, is left out."""
        rows = [row for row in alias_rows() if len(row.alias) > 1]
        rows = [row for row in rows if not any(row.alias in q or q in row.alias for q in held_out)]
        found: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            found[row.code].append(number)
        self.of_code = {code: np.array(numbers) for code, numbers in found.items()}
        self._plain = count_matrix([encoder_tokens(row.alias) for row in rows], index)
        lines = TEMPLATES.read_text(encoding="utf-8").splitlines()
        frames = [line.replace("{}", " ") for line in lines if line and not line.startswith("#")]
        self._frames = count_matrix([encoder_tokens(frame) for frame in frames], index)

    def __len__(self) -> int:
        return int(self._plain.shape[0])

    def plain(self, rows: np.ndarray) -> sparse.csr_matrix:
        """(len(rows), vocabulary) aliases as they are."""
        return self._plain[rows]

    def dressed(self, rows: np.ndarray, rng: np.random.Generator) -> sparse.csr_matrix:
        """As `plain`, some of them inside a worker's sentence."""
        worn = sparse.diags((rng.random(len(rows)) < DRESSED).astype(np.float32))
        frames = self._frames[rng.integers(0, self._frames.shape[0], len(rows))]
        return _once(self._plain[rows] + worn @ frames)


def _once(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Every token at most once, as `encoder_tokens` gives them."""
    matrix = matrix.tocsr()
    matrix.eliminate_zeros()
    matrix.data[:] = 1
    return matrix
