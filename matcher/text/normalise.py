"""Fold a text to one spelling without moving any character (规范化).

Every function here keeps the length, so a span found in the folded text is the same span in the source.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = {ord(c): " " for c in "\u3000\u00a0\u2002\u2003\u2009\u200a\t\r\x0b\x0c\u200b\ufeff"}
_DASHES = {ord(c): "-" for c in "‐‑‒–—―−─﹣"}
_TILDES = {ord(c): "~" for c in "～〜∼˜"}
_OTHER = {
    ord("【"): "[",
    ord("】"): "]",
    ord("〔"): "[",
    ord("〕"): "]",
    ord("．"): ".",
    ord("·"): "·",
    ord("•"): "·",
    ord("➕"): "+",
}

_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
"""Half a character: no word holds one, and what is written in Rust cannot read it."""

_FOLD: dict[int, int | str] = {**_HALVES, **_FULL_WIDTH, **_SPACES, **_DASHES, **_TILDES, **_OTHER}
_FOLD_CASE: dict[int, int | str] = {
    **{code: code + 32 for code in range(ord("A"), ord("Z") + 1)},
    **{source: ord(chr(to).lower()) if isinstance(to, int) else to for source, to in _FOLD.items()},
}
_LONG = 64
"""From this length on the look-up of all characters at once is the faster one."""
_CODEC = "utf-32-le"


def _by_code_point(table: dict[int, int | str]) -> NDArray[np.uint32]:
    """(code points,) what each one becomes."""
    codes = np.arange(sys.maxunicode + 1, dtype="<u4")
    for source, to in table.items():
        codes[source] = to if isinstance(to, int) else ord(to)
    return codes


_FOLD_CODES, _FOLD_CASE_CODES = _by_code_point(_FOLD), _by_code_point(_FOLD_CASE)


def _translated(text: str, codes: NDArray[np.uint32]) -> str:
    points = np.frombuffer(text.encode(_CODEC, "surrogatepass"), "<u4")
    return codes.take(points).tobytes().decode(_CODEC, "surrogatepass")


def fold(text: str) -> str:
    """Full-width to half-width, one kind of space, dash and tilde; same length as `text`."""
    return text.translate(_FOLD) if len(text) < _LONG else _translated(text, _FOLD_CODES)


def fold_case(text: str) -> str:
    """`fold`, and ASCII letters in lower case; same length as `text`."""
    return text.translate(_FOLD_CASE) if len(text) < _LONG else _translated(text, _FOLD_CASE_CODES)
