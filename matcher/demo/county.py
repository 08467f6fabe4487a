"""The fictional county: rows for the import, domain objects, and the hidden truth (样例县)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from matcher.demo.files import write_files
from matcher.demo.latent import Latent
from matcher.demo.people import Row, WorkerTruth, sample_people
from matcher.demo.postings import PostingTruth, sample_postings
from matcher.demo.wording import Wording
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.text.posting_reader import posting_from_row
from matcher.text.worker_reader import worker_from_row

REFERENCE_DAY = date(2026, 3, 2)


@dataclass
class County:
    """A generated county. Position i of every list means the same posting or worker."""

    seed: int
    wording: Wording
    today: date
    posting_rows: list[Row]
    worker_rows: list[Row]
    posting_truths: list[PostingTruth]
    worker_truths: list[WorkerTruth]

    @classmethod
    def generate(
        cls,
        seed: int = 1,
        n_workers: int = 2000,
        n_postings: int = 1500,
        *,
        wording: Wording = "train",
        today: date = REFERENCE_DAY,
    ) -> County:
        """The same county for the same arguments.

        wording: which half of the phrases to use; evaluate on "test" what was learnt on "train".
        today:   the day the sample pretends to be; give the clock's day when the data is to be live.
        """
        posting_rows, posting_truths = sample_postings(seed, n_postings, wording=wording, today=today)
        worker_rows, worker_truths = sample_people(seed, n_workers, wording=wording, today=today)
        return cls(seed, wording, today, posting_rows, worker_rows, posting_truths, worker_truths)

    @cached_property
    def latent(self) -> Latent:
        """The hidden truth; never a source of features."""
        return Latent(self.seed, self.worker_truths, self.posting_truths)

    @cached_property
    def postings(self) -> list[Posting]:
        """The posting rows as the reader understands them."""
        return [posting_from_row(row) for row in self.posting_rows]

    @cached_property
    def workers(self) -> list[Worker]:
        """The worker rows as the reader understands them."""
        return [worker_from_row(row) for row in self.worker_rows]

    def publish_states(self) -> dict[str, str]:
        """external_id → live, expired, withdrawn or filled; what the office would know."""
        pairs = zip(self.posting_rows, self.posting_truths, strict=True)
        return {str(row["external_id"]): truth.state for row, truth in pairs}

    def write_files(self, folder: Path) -> list[Path]:
        """Write the county as the files an office would hand over; returns their paths."""
        return write_files(self, folder)
