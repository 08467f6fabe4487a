"""Every figure of the overview by its key, and a page or sheet of its rows (数字目录)."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.domain.service_terms import EventType
from matcher.domain.worker_terms import WorkerCategory
from matcher.errors import InvalidInput, NotFound
from matcher.regions.pack import RegionPack
from matcher.services.overview.event_figures import EVENT_FIGURES
from matcher.services.overview.figure import Asked, Figure
from matcher.services.overview.labour_figures import LABOUR_FIGURES, trade_name
from matcher.services.overview.load_figures import LOAD_FIGURES
from matcher.services.overview.people_figures import CAUSE_LABELS, PEOPLE_FIGURES
from matcher.services.overview.view import Dimension, View
from matcher.services.reports.report_people import town_name
from matcher.services.reports.report_workbook import Cell
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow

FIGURES = {one.key: one for one in (*PEOPLE_FIGURES, *LABOUR_FIGURES, *LOAD_FIGURES, *EVENT_FIGURES)}
ROWS_OF_A_PAGE = 100
GROUP_LABELS = {one.value: one.label for one in WorkerCategory}
TOO_FEW = "不足5人，为保护个人信息不显示明细"


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Rows of a figure. count: the number itself. rows_in_all: how many rows it has; they differ where rows have weights.

    parts: what it is narrowed to, as (dimension, value) in words. hidden: why no rows are shown, "" = they are.
    """

    figure: Figure
    view: View
    count: int
    rows_in_all: int
    rows: list[tuple[Cell, ...]]
    number: int
    parts: tuple[tuple[str, str], ...]
    hidden: str = ""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(-(-self.rows_in_all // ROWS_OF_A_PAGE), 1)


def figure_of(key: str) -> Figure:
    """The figure of a key. Raises NotFound."""
    if key not in FIGURES:
        raise NotFound("没有这项数据；请从概览页点数字进入")
    return FIGURES[key]


def rows_page(database: Database, pack: RegionPack, view: View, key: str, number: int, *, actor: str) -> RowsPage:
    """One page of the rows of a figure; looking at those of a sensitive one is put in the audit log.

    Raises NotFound for an unknown figure, InvalidInput for a page there is not.
    """
    figure = figure_of(key)
    with database.reading() as session:
        page = _page(Asked(session, pack, view), figure, number)
    if figure.sensitive and page.rows:
        with database.writing(actor) as session:
            _note(session, figure, view, action="view_group", reason="概览页查看分组明细", rows=len(page.rows))
    return page


def _page(asked: Asked, figure: Figure, number: int) -> RowsPage:
    count = figure.count(asked)
    parts = tuple((one.label, _named(asked.session, one, value)) for one, value in asked.view.parts.items())
    if figure.hides(count):
        return RowsPage(figure, asked.view, 0, 0, [], 1, parts, TOO_FEW)
    in_all = figure.row_count(asked) if figure.weighted else count
    if not 1 <= number <= max(-(-in_all // ROWS_OF_A_PAGE), 1):
        raise InvalidInput(f"没有第 {number} 页；请从第 1 页看起")
    rows = figure.rows(asked, limit=ROWS_OF_A_PAGE, offset=(number - 1) * ROWS_OF_A_PAGE)
    return RowsPage(figure, asked.view, count, in_all, rows, number, parts)


def note_export(session: StoreSession, figure: Figure, view: View, *, reason: str, rows: int) -> None:
    """Put an export in the audit log. Raises InvalidInput without a reason."""
    _note(session, figure, view, action="export_rows", reason=reason, rows=rows)


def _note(session: StoreSession, figure: Figure, view: View, *, action: str, reason: str, rows: int) -> None:
    parts = {one.value: value for one, value in view.parts.items()}
    AuditRepository(session).append(
        action=action,
        entity="figure",
        entity_id=figure.key,
        reason=reason,
        details={"month": f"{view.month.first:%Y-%m}", "region": view.region, "parts": parts, "rows": rows},
    )


def _named(session: StoreSession, dimension: Dimension, value: str) -> str:
    """A value of a dimension in words."""
    if dimension in (Dimension.TOWN, Dimension.VILLAGE):
        return town_name(value.ljust(12, "0")) if value else "未登记住址"
    if dimension is Dimension.CAUSE:
        return CAUSE_LABELS.get(value, value)
    if dimension is Dimension.TRADE:
        return trade_name(value)
    if dimension is Dimension.GROUP:
        return GROUP_LABELS.get(value, value)
    if dimension is Dimension.KIND:
        return next((one.label for one in EventType if one.value == value), value)
    table, column = (
        (EmployerRow, EmployerRow.name) if dimension is Dimension.EMPLOYER else (PostingRow, PostingRow.title)
    )
    row = session.get(table, value)
    return str(getattr(row, column.key)) if row is not None else "（未登记）"
