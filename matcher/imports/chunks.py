"""Rows read in parallel processes, a few hundred at a time (并行读取).

Results travel and wait as packed bytes: they hold personal data, so they stay in memory, and packed they take
a tenth of the room.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import TypeVar

from matcher.errors import Unavailable

ROWS_AT_ONCE = 500
FEWEST_CHUNKS = 3  # starting processes costs as much as reading fewer
CHUNKS_AHEAD = 2  # per process, bounds what waits
FAST = 1

Row = TypeVar("Row")
Result = TypeVar("Result")


def packed_results(
    rows: Iterable[Row],
    read_chunk: Callable[[list[Row]], list[Result]],
    *,
    processes: int | None = None,
    level: int = FAST,
    at_once: int = ROWS_AT_ONCE,
) -> Iterator[bytes]:
    """`read_chunk` over all rows, in order, in packed chunks for `unpacked`.

    read_chunk: picklable; runs in `processes` (default: one a core), or here when the rows are few.
    at_once: rows in a chunk. level: of compression; 0 for results that are numbers and do not wait.
    Raises Unavailable when a reading process dies, and whatever `read_chunk` raises.
    """
    chunks = _chunks(iter(rows), at_once)
    first = list(islice(chunks, FEWEST_CHUNKS))
    count = processes or os.cpu_count() or 1
    if len(first) < FEWEST_CHUNKS or count == 1:
        yield from (_pack(read_chunk(chunk), level) for chunk in first)
        yield from (_pack(read_chunk(chunk), level) for chunk in chunks)
        return
    context = multiprocessing.get_context("spawn")  # fork would copy locks held by other threads
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        waiting: deque[Future[bytes]] = deque()
        try:
            for chunk in chain(first, chunks):
                waiting.append(pool.submit(_read_packed, read_chunk, chunk, level))
                if len(waiting) > count * CHUNKS_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenExecutor as error:
            raise Unavailable("读取数据的子进程意外结束，请重试", detail=type(error).__name__) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def unpacked(chunk: bytes) -> list[object]:
    """The results of one packed chunk, made by this program a moment ago and never stored."""
    results: list[object] = pickle.loads(zlib.decompress(chunk))  # noqa: S301 - our own bytes, in memory
    return results


def _read_packed(read_chunk: Callable[[list[Row]], list[Result]], rows: list[Row], level: int) -> bytes:
    return _pack(read_chunk(rows), level)


def _pack(results: object, level: int) -> bytes:
    return zlib.compress(pickle.dumps(results, pickle.HIGHEST_PROTOCOL), level)


def _chunks(rows: Iterator[Row], at_once: int) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, at_once)):
        yield chunk
