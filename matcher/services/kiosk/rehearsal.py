"""One search before the first visitor, so that they do not wait for tables to be read (预热)."""

from __future__ import annotations

from matcher.services.kiosk.jobs import CARDS, Device, all_jobs, cards_of, find_jobs, trade_tiles
from matcher.services.kiosk.wishes import Aim, Reach, Wish
from matcher.services.runtime import Runtime

WORDS = "会贴砖，就近，日结，不上夜班，初中，有电工证"
"""A sentence that touches every table a sentence is read with."""


def rehearse(runtime: Runtime) -> int:
    """Walk the way of a visitor once, by taps and by a sentence; returns how many cards came. Writes nothing."""
    device = Device("", None)
    trade_tiles(runtime)
    by_taps = find_jobs(runtime, Wish(Aim.TODAY, reach=Reach.RIDE_30), device)
    by_words = find_jobs(runtime, Wish(words=WORDS), device)
    listed = (*by_taps.listed, *by_words.listed, *all_jobs(runtime).listed)
    return len(cards_of(runtime.database, listed[:CARDS], device))
