"""What retrieval holds in memory of one kind of thing, row by row (索引目录).

INVARIANTS
- Row r of the columns, of the lexical index and of the vector index is the same thing.
- Rows are only appended. A change appends a new row and kills the old one; a withdrawal kills it.
- At most one row of an id is alive.
- Rows of one group are the same offer posted more than once; a result shows the best of them only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.retrieval.lexical import LexicalIndex
from matcher.retrieval.table import Table
from matcher.retrieval.vectors import VectorIndex

C = TypeVar("C", bound=Table)
Documents = tuple[list[str], NDArray[np.int32], NDArray[np.int32]]


class Catalogue(Generic[C]):
    """Ids, columns, lexical and vector index of one kind of thing."""

    def __init__(self, columns: C, dim: int) -> None:
        """columns: empty columns of the right type. dim: vector length."""
        if len(columns):
            raise ValueError("a catalogue starts empty")
        self.columns = columns
        self.lexical = LexicalIndex()
        self.vectors = VectorIndex(dim)
        self.ids: list[str] = []
        self.groups = np.zeros(0, dtype=np.int64)
        self._row_of: dict[str, int] = {}
        self._alive = np.zeros(0, dtype=np.bool_)

    def __len__(self) -> int:
        """Rows alive."""
        return len(self._row_of)

    def __contains__(self, key: str) -> bool:
        return key in self._row_of

    @property
    def alive(self) -> NDArray[np.bool_]:
        """(rows,) True where the row may be found."""
        return self._alive

    @property
    def dead_share(self) -> float:
        """Share of rows that only take up room."""
        return 0.0 if not self.ids else 1 - len(self) / len(self.ids)

    def row(self, key: str) -> int | None:
        """The live row of an id, if any."""
        return self._row_of.get(key)

    def put(
        self,
        ids: Sequence[str],
        columns: C,
        documents: Documents,
        vectors: NDArray[np.float32],
        groups: NDArray[np.int64],
    ) -> None:
        """Add things, or replace those whose id is known.

        columns: (n,) rows; documents: n, as `lexical.numbered` gives them; vectors: (n, dim); groups: (n,).
        Raises ValueError when they differ in number.
        """
        first = len(self.ids)
        if not len(ids) == len(columns) == len(vectors) == len(groups):
            raise ValueError(f"{len(ids)} ids but {len(columns)} columns or {len(vectors)} vectors")
        self.lexical.append_numbered(*documents)
        if len(self.lexical) != first + len(ids):
            raise ValueError(f"{len(ids)} ids but {len(self.lexical) - first} documents")
        self.vectors.append(vectors)
        self.columns = self.columns.append(columns)
        self.groups = np.concatenate([self.groups, groups])
        self.ids.extend(ids)
        self._alive = np.concatenate([self._alive, np.ones(len(ids), dtype=np.bool_)])
        for row, key in enumerate(ids, start=first):
            self._kill(key)
            self._row_of[key] = row

    def remove(self, ids: Iterable[str]) -> None:
        """Make things unfindable at once; unknown ids are ignored."""
        for key in ids:
            self._kill(key)

    def restore(
        self,
        ids: list[str],
        alive: NDArray[np.bool_],
        groups: NDArray[np.int64],
        columns: C,
        lexical: LexicalIndex,
        vectors: VectorIndex,
    ) -> None:
        """Take over the parts of a snapshot; raises ValueError when their row counts differ."""
        counts = {len(ids), len(alive), len(groups), len(columns), len(lexical), len(vectors)}
        if len(counts) != 1:
            raise ValueError(f"the parts differ in rows: {sorted(counts)}")
        self.ids, self._alive, self.groups, self.columns = ids, alive, groups, columns
        self.lexical, self.vectors = lexical, vectors
        self._row_of = {key: row for row, key in enumerate(ids) if alive[row]}

    def _kill(self, key: str) -> None:
        row = self._row_of.pop(key, None)
        if row is not None:
            self._alive[row] = False
