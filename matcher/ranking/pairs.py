"""Aligned pairs of a worker and a posting (配对): the one input of every ranking function.

Jobs for a worker, workers for a job and a batch of millions differ only in which indices they list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput
from matcher.retrieval.codebook import Codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pair i is worker `wi[i]` with posting `pj[i]`, judged at `now` (epoch seconds).

    dense:   (k,) float32 cosine of the two texts, nan when either text is empty.
    lexical: (k,) float32 BM25 divided by the query's own maximum, in [0, 1], nan when not computed.
    """

    workers: WorkerColumns
    postings: PostingColumns
    wi: NDArray[np.int64]
    pj: NDArray[np.int64]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    now: int
    codes: Codebook
    in_order: bool = False  # one side is a single row, the other its whole table: nothing need be copied

    def __len__(self) -> int:
        return len(self.wi)

    def of_worker(self, column: NDArray[Any]) -> NDArray[Any]:
        """A worker column, one value a pair; read-only."""
        return self._spread(column, self.wi)

    def of_posting(self, column: NDArray[Any]) -> NDArray[Any]:
        """A posting column, one value a pair; read-only."""
        return self._spread(column, self.pj)

    @cached_property
    def in_another_city(self) -> NDArray[np.bool_]:
        """Where both prefectures are known and differ; asked for again and again, so kept.

        Codes are divided before they are spread: one home against a whole catalogue is one division.
        """
        home, work = self.workers.region // 10**8, self.postings.region // 10**8
        differs = self.of_worker(home) != self.of_posting(work)
        named = self.of_worker(home % 100 != 0) & self.of_posting(work % 100 != 0)
        known = self.of_worker(home > 0) & self.of_posting(work > 0)
        other_province = known & (self.of_worker(home // 100) != self.of_posting(work // 100))
        away: NDArray[np.bool_] = (named & differs) | other_province
        return away

    def _spread(self, column: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
        if not self.in_order:
            return column[rows]
        if len(column) == len(self):
            return column
        return np.broadcast_to(column[:1], (len(self), *column.shape[1:]))

    def part(self, rows: NDArray[Any] | slice) -> Pairs:
        """Some of the pairs, over the same tables."""
        return Pairs(
            self.workers,
            self.postings,
            self.wi[rows],
            self.pj[rows],
            self.dense[rows],
            self.lexical[rows],
            self.now,
            self.codes,
        )

    def chunks(self, size: int) -> Iterator[Pairs]:
        """The pairs in order, at most `size` at a time, so that a batch fits in memory."""
        for begin in range(0, len(self), size):
            yield self.part(slice(begin, begin + size))


def pairs(
    workers: WorkerColumns,
    wi: NDArray[Any],
    postings: PostingColumns,
    pj: NDArray[Any],
    *,
    now: datetime,
    codes: Codebook,
    dense: NDArray[Any] | None = None,
    lexical: NDArray[Any] | None = None,
) -> Pairs:
    """Line up workers and postings; text scores that are not given are unknown (nan).

    wi, pj, dense, lexical: (k,). Raises InvalidInput when lengths differ or an index is out of range.
    """
    w, p = np.asarray(wi, np.int64), np.asarray(pj, np.int64)
    unknown = np.full(len(w), np.nan, np.float32)
    d = unknown if dense is None else np.asarray(dense, np.float32)
    x = unknown if lexical is None else np.asarray(lexical, np.float32)
    if not len(w) == len(p) == len(d) == len(x):
        raise InvalidInput("配对数组长度不一致")
    for rows, table in ((w, workers), (p, postings)):
        if len(rows) and (rows.min() < 0 or rows.max() >= len(table)):
            raise InvalidInput("配对下标超出范围")
    return Pairs(workers, postings, w, p, d, x, int(now.timestamp()), codes)


def one_against_all(
    workers: WorkerColumns, postings: PostingColumns, *, now: datetime, codes: Codebook
) -> Pairs:
    """One worker with every posting, or one posting with every worker, in table order, without copying a column.

    Raises InvalidInput when neither table has exactly one row.
    """
    if 1 not in (len(workers), len(postings)):
        raise InvalidInput("一对多配对需要其中一方只有一行")
    count = len(postings) if len(workers) == 1 else len(workers)
    every, single = np.arange(count), np.zeros(count, np.int64)
    wi, pj = (single, every) if len(workers) == 1 else (every, single)
    return replace(pairs(workers, wi, postings, pj, now=now, codes=codes), in_order=True)
