"""Where a clause begins and ends in folded text (小句)."""

from __future__ import annotations

import re

_MARKS = ",。;!?\n"
_NEXT_MARK = re.compile(f"[{_MARKS}]")
MAX_CLAUSE_CHARS = 60


def clause_bounds(folded: str, at: int) -> tuple[int, int]:
    """Start and end of the clause around position `at`, at most MAX_CLAUSE_CHARS to each side."""
    floor, ceiling = max(0, at - MAX_CLAUSE_CHARS), min(len(folded), at + MAX_CLAUSE_CHARS)
    start = max(folded.rfind(mark, floor, at) for mark in _MARKS) + 1 or floor
    ending = _NEXT_MARK.search(folded, at, ceiling)
    end = ceiling if ending is None else ending.start()
    return start, end
