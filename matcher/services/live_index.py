"""The catalogues in memory, kept in step with the database (常驻索引).

INVARIANTS
- The database decides; the catalogues are a cache that is brought up to its change log before every query.
- A posting whose valid_from is still to come is in the index: eligibility keeps it back until then, because no
  row changes at that moment and so nothing would bring it in.
- A snapshot is used only if it proves itself; otherwise everything is built again from the database.
- Worker texts are never written to disk outside the database: only postings have a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from readerwriterlock.rwlock import RWLockFair

from matcher.clock import local_date
from matcher.domain.record_terms import IndexedEntity
from matcher.domain.service_terms import ConsentPurpose
from matcher.encoding.encoder import Encoder
from matcher.lexicon import version as lexicon_version
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.snapshot import load_snapshot, save_snapshot
from matcher.retrieval.snapshot_stamp import POSTINGS, SnapshotMismatch, Stamp
from matcher.services.indexing import (
    build_postings,
    empty_posting_catalogue,
    empty_worker_catalogue,
    index_postings,
    index_workers,
)
from matcher.store.database import Database
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository

MOST_DEAD = 0.3  # past this share of dead rows a rebuild costs less than carrying them

log = structlog.get_logger()
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What is in memory. rebuilt_because: why the snapshot was not used, None when it was."""

    postings: int
    workers: int
    high_water_mark: int
    rebuilt_because: str | None


class LiveIndex:
    """Posting and worker catalogues over one database."""

    def __init__(
        self, database: Database, encoder: Encoder, folder: Path, *, encoder_path: Path | None = None
    ) -> None:
        """folder: where the snapshot lies; it may be absent or damaged at any time.

        encoder_path: where `encoder` was loaded from, for the processes of a bulk build.
        """
        self._encoder_path = encoder_path
        self._database = database
        self._encoder = encoder
        self._folder = folder
        self._lock = RWLockFair()
        self._mark = 0
        self._rebuilt_because: str | None = None
        self._workers_as_of = local_date(database.clock.now())
        self._postings = empty_posting_catalogue(encoder.dim)
        self._workers = empty_worker_catalogue(encoder.dim, database.clock.now())

    def start(self, progress: Progress | None = None) -> IndexStatus:
        """Load the snapshot or build from the database, and catch up with the change log."""
        with self._lock.gen_wlock():
            try:
                catalogue = empty_posting_catalogue(self._encoder.dim)
                stamp = load_snapshot(
                    self._folder / POSTINGS,
                    catalogue,
                    model_id=self._encoder.model_id,
                    lexicon=lexicon_version(),
                )
                self._refuse_a_future(stamp)
                self._postings, self._mark = catalogue, stamp.high_water_mark
            except SnapshotMismatch as reason:
                self._rebuilt_because = str(reason)
                log.info("index_rebuilt", reason=self._rebuilt_because)
                self._build_postings(progress)
            self._build_workers(progress)
            self._catch_up()
        return self.status()

    def rebuild(self, progress: Progress | None = None) -> IndexStatus:
        """Build everything from the database again, whatever is in memory or on disk."""
        with self._lock.gen_wlock():
            self._rebuilt_because = "asked for"
            self._build_postings(progress)
            self._build_workers(progress)
        return self.status()

    def refresh(self) -> None:
        """Bring the catalogues up to the database; cheap when nothing changed."""
        with self._database.reading() as session:
            mark = IndexChangeRepository(session).high_water_mark()
        today = local_date(self._database.clock.now())
        if mark == self._mark and today == self._workers_as_of:
            return
        with self._lock.gen_wlock():
            if today != self._workers_as_of:  # birthdays and certificates move with the day
                self._build_workers(None)
            self._catch_up()

    @contextmanager
    def reading(self) -> Iterator[tuple[Catalogue[PostingColumns], Catalogue[WorkerColumns]]]:
        """Both catalogues, held still while they are read."""
        with self._lock.gen_rlock():
            yield self._postings, self._workers

    def save(self) -> None:
        """Write the posting snapshot."""
        with self._lock.gen_rlock():
            self._folder.mkdir(parents=True, exist_ok=True)
            stamp = Stamp(self._encoder.model_id, lexicon_version(), self._mark)
            save_snapshot(self._folder / POSTINGS, self._postings, stamp)

    def status(self) -> IndexStatus:
        """Sizes and marks."""
        return IndexStatus(len(self._postings), len(self._workers), self._mark, self._rebuilt_because)

    def _refuse_a_future(self, stamp: Stamp) -> None:
        """A snapshot ahead of the database belongs to another one, or the database was restored."""
        with self._database.reading() as session:
            mark = IndexChangeRepository(session).high_water_mark()
        if stamp.high_water_mark > mark:
            raise SnapshotMismatch(f"snapshot is at change {stamp.high_water_mark}, the database at {mark}")

    def _build_postings(self, progress: Progress | None) -> None:
        catalogue = empty_posting_catalogue(self._encoder.dim)
        with self._database.reading() as session:
            mark = IndexChangeRepository(session).high_water_mark()
            build_postings(
                catalogue, PostingRepository(session).all_indexable(), self._encoder_path, progress
            )
        self._postings, self._mark = catalogue, mark

    def _build_workers(self, progress: Progress | None) -> None:
        now = self._database.clock.now()
        catalogue = empty_worker_catalogue(self._encoder.dim, now)
        with self._database.reading() as session:
            index_workers(catalogue, WorkerRepository(session).all_active(), self._encoder, now, progress)
        self._workers, self._workers_as_of = catalogue, local_date(now)

    def _catch_up(self) -> None:
        with self._database.reading() as session:
            log_of_changes = IndexChangeRepository(session)
            while changes := log_of_changes.changes_since(self._mark):
                posting_ids = [c.entity_id for c in changes if c.entity is IndexedEntity.POSTING]
                worker_ids = [c.entity_id for c in changes if c.entity is IndexedEntity.WORKER]
                self._apply_postings(PostingRepository(session), list(dict.fromkeys(posting_ids)))
                self._apply_workers(WorkerRepository(session), list(dict.fromkeys(worker_ids)))
                self._mark = changes[-1].seq
        if self._postings.dead_share > MOST_DEAD:
            mark = self._mark
            self._build_postings(None)
            self._mark = mark  # the build saw later changes of postings, but not those of workers

    def _apply_postings(self, repository: PostingRepository, ids: list[str]) -> None:
        wanted = repository.indexable_ids(ids)
        self._postings.remove(one for one in ids if one not in wanted)
        found = repository.get_many([one for one in ids if one in wanted])
        index_postings(self._postings, found.values(), self._encoder)

    def _apply_workers(self, repository: WorkerRepository, ids: list[str]) -> None:
        active = repository.active_ids(ids, ConsentPurpose.MATCHING)
        found = repository.get_many([one for one in ids if one in active])
        self._workers.remove(one for one in ids if one not in found)
        index_workers(self._workers, found.values(), self._encoder, self._database.clock.now())
