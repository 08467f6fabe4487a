"""The shared postings as domain objects, for benchmarks that need no database."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

from benchmarks.measure import POSTINGS
from matcher.domain.posting import Posting
from matcher.text.posting_reader import posting_from_row


def shared_rows(split: str | None = None) -> Iterator[dict[str, Any]]:
    """Raw rows, all or of one split (train, dev_in, dev)."""
    with gzip.open(POSTINGS, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if split is None or row["split"] == split:
                yield row


def read_shared_postings(split: str | None = None) -> list[Posting]:
    """Parsed postings, all or of one split."""
    return [posting_from_row(row) for row in shared_rows(split)]
