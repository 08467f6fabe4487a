"""Ask cheap questions before dear ones: most texts hold nothing of what a field's pattern looks for (先粗后细)."""

from __future__ import annotations

import re
from collections.abc import Iterator


def holds_any(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of `words` is in the text."""
    for word in words:  # noqa: SIM110  a generator would cost more than the search
        if word in text:
            return True
    return False


def matches_at(starts: re.Pattern[str], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """`pattern.finditer(text)`, tried only where `starts` matches.

    starts: must match wherever `pattern` can; one that opens with a character class is found fast.
    pattern: never matches the empty string.
    """
    start = starts.search(text)
    while start is not None:
        match = pattern.match(text, start.start())
        if match is None:
            start = starts.search(text, start.start() + 1)
        else:
            yield match
            start = starts.search(text, match.end())
