"""Where a clause begins and ends in folded text (小句)."""

from __future__ import annotations

_MARKS = ",。;!?\n"
MAX_CLAUSE_CHARS = 60


def clause_bounds(folded: str, at: int) -> tuple[int, int]:
    """Start and end of the clause around position `at`, at most MAX_CLAUSE_CHARS to each side."""
    start = at
    floor = max(0, at - MAX_CLAUSE_CHARS)
    while start > floor and folded[start - 1] not in _MARKS:
        start -= 1
    end = at
    ceiling = min(len(folded), at + MAX_CLAUSE_CHARS)
    while end < ceiling and folded[end] not in _MARKS:
        end += 1
    return start, end
