"""Which characters a pattern can begin with, so that most places of a text are passed over at once (首字).

A long alternation is tried branch by branch at every character; a look at the one character first saves nearly all of
that. Where the first characters cannot be told, the pattern is left as it is.
"""

from __future__ import annotations

import re
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MOST = 600  # characters worth listing
_WIDEST_RANGE = 64
_CLASSES = {sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_DIGIT: r"\d"}


def guarded(pattern: str) -> str:
    """The same pattern behind a look at its first character; unchanged when it may begin with anything."""
    chars, empty = _first(_parser.parse(pattern))
    if chars is None or empty or len(chars) > MOST:
        return pattern
    listed = "".join(sorted(chars))
    return f"(?=[{listed}])(?:{pattern})"


def _first(parsed: Any) -> tuple[set[str] | None, bool]:
    """First characters of a parsed sequence, escaped for a class (None = any), and whether it may match nothing."""
    chars: set[str] = set()
    for code, value in parsed:
        found, empty = _of_one(code, value)
        if found is None:
            return None, False
        chars |= found
        if not empty:
            return chars, False
    return chars, True


def _of_one(code: Any, value: Any) -> tuple[set[str] | None, bool]:
    if code is sre.LITERAL:
        return {re.escape(chr(value))}, False
    if code is sre.IN:
        return _of_set(value), False
    if code in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return set(), True
    if code is sre.SUBPATTERN:
        return _first(value[3])
    if code in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        found, empty = _first(value[2])
        return found, empty or value[0] == 0
    if code is sre.BRANCH:
        branches = [_first(branch) for branch in value[1]]
        if any(found is None for found, _ in branches):
            return None, False
        return set().union(*(found or set() for found, _ in branches)), any(empty for _, empty in branches)
    return None, False


def _of_set(items: Any) -> set[str] | None:
    chars: set[str] = set()
    for code, value in items:
        if code is sre.LITERAL:
            chars.add(re.escape(chr(value)))
        elif code is sre.RANGE and value[1] - value[0] <= _WIDEST_RANGE:
            chars |= {re.escape(chr(number)) for number in range(value[0], value[1] + 1)}
        elif code is sre.CATEGORY and value in _CLASSES:
            chars.add(_CLASSES[value])
        else:
            return None
    return chars
