"""Slips of the pen in amounts, set right before they are read: 5干 for 5千, 月 薪 5 0 0 0 元 (笔误与字间空格)."""

from __future__ import annotations

import re

_DIGIT = "1-9一二两三四五六七八九"
_DRY = re.compile(
    rf"(?<=[{_DIGIT}])干(?=[{_DIGIT}](?![天日休个名人年月小时])|[元块左以/多起,。;!]|[到至\-~](?=[{_DIGIT}]{{1,2}}[干千万k])|一个?月|每月|包|不等|$)"
)
_SPACED = re.compile(r"(?:[一-龥\d:] ){4}[一-龥\d]")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,2}( )\d00(?=\s?(?:元\s?)?[-~到至]\s?\d{1,2}( )\d00(?!\d))")
_BETWEEN = re.compile(r"(?<=[一-龥\d:,.]) (?=[一-龥\d:,.])")


def as_meant(folded: str) -> str:
    """干 read as 千 where only an amount makes sense (三干五一个月); as long as the text."""
    return _DRY.sub("千", folded) if "干" in folded else folded


def spaced_out(folded: str) -> list[int] | None:
    """Places of the characters to keep when blanks stand inside words or amounts; None when they do not.

    Only blanks that stand alone between two characters go, and only when four in a row do; in a range of
    amounts (4 800-5 600) those that part the thousands.
    """
    if " " not in folded:
        return None
    if _SPACED.search(folded) is not None:
        gone = {match.start() for match in _BETWEEN.finditer(folded)}
    else:
        gone = {at for match in _THOUSANDS.finditer(folded) for at in (match.start(1), match.start(2))}
    if not gone:
        return None
    return [at for at in range(len(folded)) if at not in gone]
