"""Bring postings and workers into the catalogues: tokens, vectors, columns (建索引)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.tokens import posting_tokens, worker_tokens, worker_wish
from matcher.text.normalise import fold_case

CHUNK = 4_096  # bounds the memory of texts and vectors in flight

T = TypeVar("T")
Progress = Callable[[int], None]


def empty_posting_catalogue(dim: int) -> Catalogue[PostingColumns]:
    """A posting catalogue with no rows. dim: vector length of the encoder."""
    return Catalogue(PostingColumns.of([]), dim)


def empty_worker_catalogue(dim: int, now: datetime) -> Catalogue[WorkerColumns]:
    """A worker catalogue with no rows. dim: vector length of the encoder."""
    return Catalogue(WorkerColumns.of([], now=now), dim)


def index_postings(
    catalogue: Catalogue[PostingColumns],
    postings: Iterable[Posting],
    encoder: Encoder,
    progress: Progress | None = None,
) -> None:
    """Add or replace postings, a chunk at a time; `progress` gets the number done in each chunk."""
    for chunk in _chunks(postings):
        catalogue.put(
            [posting.posting_id for posting in chunk],
            PostingColumns.of(chunk),
            (posting_tokens(posting) for posting in chunk),
            encoder.encode([posting_embedding_text(posting) for posting in chunk]),
            _groups([(p.employer_id or p.employer_name, p.title, p.posting_id) for p in chunk]),
        )
        if progress:
            progress(len(chunk))


def index_workers(
    catalogue: Catalogue[WorkerColumns],
    workers: Iterable[Worker],
    encoder: Encoder,
    now: datetime,
    progress: Progress | None = None,
) -> None:
    """Add or replace workers as they stand at `now`."""
    for chunk in _chunks(workers):
        catalogue.put(
            [worker.worker_id for worker in chunk],
            WorkerColumns.of(chunk, now=now),
            (worker_tokens(worker) for worker in chunk),
            encoder.encode([worker_wish(worker) for worker in chunk]),
            _groups([("", "", worker.worker_id) for worker in chunk]),
        )
        if progress:
            progress(len(chunk))


def posting_embedding_text(posting: Posting) -> str:
    """What is embedded of a posting: the job itself, never the employer's name or any person's."""
    return "\n".join((posting.title, " ".join(posting.tags), posting.duties, posting.requirements))


def _groups(keys: Sequence[tuple[str, str, str]]) -> NDArray[np.int64]:
    """Same employer and title, same group; without an employer every posting stands alone."""
    numbers = []
    for employer, title, own_id in keys:
        name = f"{employer}\x00{fold_case(title).replace(' ', '')}" if employer else own_id
        numbers.append(int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1)
    return np.asarray(numbers, dtype=np.int64)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
