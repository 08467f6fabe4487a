"""The trades a kiosk shows as pictures, those with most work today first (工种图片).

`data/trades.csv`: code, label (≤ 5 characters on a tile), words to search by, icon, occupation codes by closeness.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from matcher.domain.values import Occupation
from matcher.errors import InvalidInput
from matcher.lexicon.occupations import occupations
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns

DATA = Path(__file__).parent / "data" / "trades.csv"
TILES = 12
ANY_TRADE = "any"


@dataclass(frozen=True, slots=True)
class Trade:
    """One picture tile. words: what the search reads; icon: name of the drawing."""

    code: str
    label: str
    words: str
    icon: str
    occupations: tuple[Occupation, ...]


@dataclass(frozen=True, slots=True)
class TradeTile:
    """A trade and how many postings of it the index holds now."""

    trade: Trade
    jobs: int


@lru_cache(maxsize=1)
def trades() -> tuple[Trade, ...]:
    """All trades in the order of the file."""
    table = occupations()
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Trade(
                row["code"],
                row["label"],
                row["words"],
                row["icon"],
                tuple(Occupation(code, table.name(code)) for code in row["occupations"].split()),
            )
            for row in csv.DictReader(file)
        )


def trade_of(code: str) -> Trade | None:
    """The trade of a tile, None for "都行". Raises InvalidInput for anything that is no tile."""
    if code == ANY_TRADE:
        return None
    found = next((trade for trade in trades() if trade.code == code), None)
    if found is None:
        raise InvalidInput("没有这个工种；请重新选")
    return found


def busiest_trades(
    catalogue: Catalogue[PostingColumns], now: datetime, *, most: int = TILES
) -> tuple[TradeTile, ...]:
    """The `most` trades with the most postings now, the most first; ties keep the order of the file.

    A posting counts for a trade by its best occupation. The number is of the index, which may be a moment behind:
    it orders tiles, and every posting is asked about again before it is shown.
    """
    columns, second = catalogue.columns, int(now.timestamp())
    open_now = catalogue.alive & (columns.valid_from <= second) & (columns.valid_to > second)
    book = lexicon_codebook()
    rows = len(book.occupation_names)
    best = columns.occ[open_now, 0]
    counts = np.bincount(best[best >= 0], minlength=rows)
    tiles = [
        TradeTile(trade, int(sum(counts[book.occupation_row(one.code)] for one in trade.occupations)))
        for trade in trades()
    ]
    return tuple(sorted(tiles, key=lambda tile: -tile.jobs)[:most])
