"""Passages of a text around its suspicious windows: what a reader needs to see of the neighbours (篇段)."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

import numpy as np

from matcher.compliance.windows import Windows

WHOLE = 160  # a text of up to so many characters is one passage
ROOM = 64  # characters of a passage of a longer text; a window alone may be longer
Span = tuple[int, int]


def passages_around(
    numbers: Iterable[int], windows: Windows, offsets: Sequence[int], lengths: Sequence[int], most: int
) -> list[Span]:
    """At most `most` spans that hold the windows `numbers`, the first ones first, none in two texts.

    offsets, lengths: where each text begins in the joined text, and its characters.
    """
    spans: list[Span] = []
    for number in numbers:
        start, end = int(windows.starts[number]), int(windows.ends[number])
        if any(a <= start and end <= b for a, b in spans):
            continue
        if len(spans) == most:
            break
        text = bisect.bisect_right(offsets, start) - 1
        begin, stop = offsets[text], offsets[text] + lengths[text]
        whole = stop - begin <= WHOLE
        spans.append((begin, stop) if whole else _grown(start, end, begin, stop, windows))
    return spans


def _grown(start: int, end: int, begin: int, stop: int, windows: Windows) -> Span:
    """start..end with whole neighbours on both sides in turn, as long as there is room in begin..stop."""
    starts, ends = np.unique(windows.starts), np.unique(windows.ends)
    before = int(np.searchsorted(starts, start)) - 1
    after = int(np.searchsorted(ends, end)) + 1
    grown = True
    while grown:
        grown = False
        if after < len(ends) and ends[after] <= stop and ends[after] - start <= ROOM:
            end, after, grown = int(ends[after]), after + 1, True
        if before >= 0 and starts[before] >= begin and end - starts[before] <= ROOM:
            start, before, grown = int(starts[before]), before - 1, True
    return start, end
