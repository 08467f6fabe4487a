"""All tables; importing this package fills `Base.metadata`."""

from matcher.store.tables import (
    accounts,
    employers,
    events,
    gigs,
    live,
    outcomes,
    people,
    postings,
    push_batches,
    pushes,
    records,
    swaps,
    workers,
)
from matcher.store.tables.base import Base, Privacy

__all__ = [
    "Base",
    "Privacy",
    "accounts",
    "employers",
    "events",
    "gigs",
    "live",
    "outcomes",
    "people",
    "postings",
    "push_batches",
    "pushes",
    "records",
    "swaps",
    "workers",
]
