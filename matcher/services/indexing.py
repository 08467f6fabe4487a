"""Bring postings and workers into the catalogues: tokens, vectors, columns (建索引).

Preparing a chunk needs nothing but the chunk and the encoder, so a bulk build prepares on all cores and only
joins the results here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.encoding.postings import posting_vectors
from matcher.imports.chunks import packed_results, unpacked
from matcher.retrieval.catalogue import Catalogue, Documents
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.lexical import numbered
from matcher.retrieval.table import Table
from matcher.retrieval.tokens import posting_tokens, worker_tokens, worker_wish
from matcher.text.normalise import fold_case

CHUNK = 1_024  # bounds the memory of texts and vectors in flight

T = TypeVar("T")
C = TypeVar("C", bound=Table)
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Prepared(Generic[C]):
    """A chunk ready to be joined to a catalogue: the arguments of `Catalogue.put`."""

    ids: list[str]
    columns: C
    documents: Documents
    vectors: NDArray[np.float32]
    groups: NDArray[np.int64]

    def join(self, catalogue: Catalogue[C]) -> int:
        """Put the chunk into `catalogue` and say how many things it held."""
        catalogue.put(self.ids, self.columns, self.documents, self.vectors, self.groups)
        return len(self.ids)


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
    """Add or replace postings in this process; `progress` gets the number done in each chunk."""
    for chunk in _chunks(postings):
        done = prepare_postings(chunk, encoder).join(catalogue)
        if progress:
            progress(done)


def build_postings(
    catalogue: Catalogue[PostingColumns],
    postings: Iterable[Posting],
    encoder_path: Path | None,
    progress: Progress | None = None,
) -> None:
    """As `index_postings`, for many: chunks are prepared in one process a core.

    encoder_path: as in `Encoder.load`; every process loads its own.
    """
    preparer = _PostingPreparer(encoder_path)
    for packed in packed_results(postings, preparer, level=0, at_once=CHUNK):
        for prepared in cast("list[Prepared[PostingColumns]]", unpacked(packed)):
            done = prepared.join(catalogue)
            if progress:
                progress(done)
    catalogue.lexical.compact()


def index_workers(
    catalogue: Catalogue[WorkerColumns],
    workers: Iterable[Worker],
    encoder: Encoder,
    now: datetime,
    progress: Progress | None = None,
) -> None:
    """Add or replace workers as they stand at `now`."""
    for chunk in _chunks(workers):
        prepared = Prepared(
            ids=[worker.worker_id for worker in chunk],
            columns=WorkerColumns.of(chunk, now=now),
            documents=numbered(worker_tokens(worker) for worker in chunk),
            vectors=encoder.encode([worker_wish(worker) for worker in chunk]),
            groups=_groups([("", "", worker.worker_id) for worker in chunk]),
        )
        done = prepared.join(catalogue)
        if progress:
            progress(done)


def prepare_postings(postings: Sequence[Posting], encoder: Encoder) -> Prepared[PostingColumns]:
    """Everything the catalogue needs of some postings."""
    return Prepared(
        ids=[posting.posting_id for posting in postings],
        columns=PostingColumns.of(postings),
        documents=numbered(posting_tokens(posting) for posting in postings),
        vectors=posting_vectors(encoder, postings),
        groups=_groups([(p.employer_id or p.employer_name, p.title, p.posting_id) for p in postings]),
    )


@dataclass(frozen=True, slots=True)
class _PostingPreparer:
    """`prepare_postings` that can travel to another process."""

    encoder_path: Path | None = field(default=None)

    def __call__(self, postings: list[Posting]) -> list[Prepared[PostingColumns]]:
        return [prepare_postings(postings, _encoder(self.encoder_path))]


@lru_cache(maxsize=1)
def _encoder(path: Path | None) -> Encoder:
    return Encoder.load(path)


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
