"""A figure and the rows it counts (数字与明细).

INVARIANT: figure, split and rows come from one and the same selection; there is no other way to get a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, false, func, select

from matcher.regions.pack import RegionPack
from matcher.services.overview.view import Dimension, View
from matcher.services.reports.report_workbook import Cell
from matcher.store.session import StoreSession

MOST_AT_ONCE = 1_000
WEIGHT, ORDER = "weight", "ordering"
SMALLEST_GROUP = 5  # fewer people of a sensitive group could be told apart

Selection = Callable[["Asked"], Select[*tuple[Any, ...]]]
Shown = Callable[["Asked", Sequence[Row[Any]]], list[tuple[Cell, ...]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a selection may depend on: the transaction, the region pack, the view and the moment."""

    session: StoreSession
    pack: RegionPack
    view: View

    @property
    def now(self) -> datetime:
        """The moment of the session."""
        return self.session.now()

    @property
    def until(self) -> datetime:
        """End of what can have happened in the month: its end, or now."""
        return min(self.view.month.end, self.now)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    selection: rows with a column for each of `dimensions` by its code, `ordering` to sort by and, where the number
    is not that of the rows, `weight`. shown: what a page or sheet says of some of them, under `headers`.
    monthly: whether it is of the month looked at, and not of today. sensitive: splits below SMALLEST_GROUP are
    not told, and rows name nobody.
    """

    key: str
    label: str
    unit: str
    headers: tuple[str, ...]
    selection: Selection
    shown: Shown
    dimensions: tuple[Dimension, ...] = ()
    weighted: bool = False
    monthly: bool = True
    sensitive: bool = False

    def count(self, asked: Asked) -> int:
        """The number; 0 where the view narrows a sensitive figure to too few."""
        rows = _narrowed(self, asked)
        found = asked.session.scalar(select(_total(self, rows)).select_from(rows)) or 0
        return int(found)

    def split(self, asked: Asked, by: Dimension) -> dict[str, int]:
        """The number by value of one of its dimensions; "" = not known. Too small a part of a sensitive one is absent."""
        rows = _narrowed(self, asked)
        key = rows.c[by.value]
        query = select(key, _total(self, rows)).group_by(key)
        found = {str(value or ""): int(count or 0) for value, count in asked.session.execute(query)}
        return {value: count for value, count in found.items() if not self.hides(count)}

    def rows(self, asked: Asked, *, limit: int = MOST_AT_ONCE, offset: int = 0) -> list[tuple[Cell, ...]]:
        """Some of the rows, as they are shown, in a fixed order."""
        rows = _narrowed(self, asked)
        query = select(rows).order_by(*(one for one in rows.c if one.key.startswith(ORDER)))
        return self.shown(asked, list(asked.session.execute(query.limit(limit).offset(offset))))

    def row_count(self, asked: Asked) -> int:
        """How many rows there are; the number itself unless they have weights."""
        rows = _narrowed(self, asked)
        return asked.session.scalar(select(func.count()).select_from(rows)) or 0

    def hides(self, count: int) -> bool:
        """Whether a part of so many must not be told."""
        return self.sensitive and 0 < count < SMALLEST_GROUP


def _narrowed(figure: Figure, asked: Asked) -> Subquery:
    """The rows that the view leaves. A dimension that the figure has not leaves none: a wrong link shows nothing."""
    base = figure.selection(asked).subquery()
    conditions = [_is(base, figure, one, value) for one, value in asked.view.parts.items()]
    return select(base).where(and_(True, *conditions)).subquery()


def _is(base: Subquery, figure: Figure, dimension: Dimension, value: str) -> ColumnElement[bool]:
    if dimension not in figure.dimensions:
        return false()
    return func.coalesce(base.c[dimension.value], "") == value


def _total(figure: Figure, rows: Subquery) -> ColumnElement[Any]:
    return func.sum(rows.c[WEIGHT]) if figure.weighted else func.count()
