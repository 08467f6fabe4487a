"""Reads tests/gold/pay*.tsv; the notation is explained in the head of the file."""

from __future__ import annotations

from pathlib import Path

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay

GOLD = Path(__file__).parents[2] / "gold"
UNITS = {
    "h": PayUnit.HOUR,
    "d": PayUnit.DAY,
    "w": PayUnit.WEEK,
    "m": PayUnit.MONTH,
    "y": PayUnit.YEAR,
    "p": PayUnit.PIECE,
    "o": PayUnit.ORDER,
    "s": PayUnit.SQUARE_METRE,
    "t": PayUnit.TRIP,
}


def read_pay_gold(name: str) -> list[tuple[str, list[Pay]]]:
    """(text, pays in order) pairs."""
    pairs = []
    for line in (GOLD / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, expected = line.split("\t")
            text = text.replace("\\n", "\n").replace("\\t", "\t")
            pairs.append((text, [] if expected == "-" else [_pay(item) for item in expected.split(";")]))
    return pairs


def _pay(notation: str) -> Pay:
    if notation == "面议":
        return Pay(negotiable=True)
    bounds, unit, *extras = notation.split()
    low, dots, high = bounds.partition("..")
    low_fen = None if low in ("", "?") else round(float(low) * 100)
    high_fen = (None if not high else round(float(high) * 100)) if dots else low_fen
    months = next((float(e[1:]) for e in extras if e.startswith("x")), None)
    base = next((round(float(e[1:]) * 100) for e in extras if e.startswith("底")), None)
    return Pay(low_fen, high_fen, UNITS[unit], months, "面议" in extras, "提成" in extras, base)
