"""The rows of a figure as a workbook, masked, of a bounded number, for a stated reason (明细导出)."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from matcher.clock import local_date
from matcher.errors import InvalidInput
from matcher.regions.pack import RegionPack
from matcher.services.overview.catalogue import TOO_FEW, figure_of, note_export
from matcher.services.overview.figure import Asked
from matcher.services.overview.view import View
from matcher.services.reports.report_workbook import Cell, Line, Sheet, sheet_name, write_report
from matcher.store.database import Database

MOST_ROWS = 2_000
SHORTEST_REASON, LONGEST_REASON = 2, 100
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class ExportedRows:
    """A workbook. rows: of them in it; left_out: those beyond MOST_ROWS."""

    file_name: str
    content: bytes
    rows: int
    left_out: int


def export_rows(
    database: Database, pack: RegionPack, view: View, key: str, *, reason: str, actor: str
) -> ExportedRows:
    """The first MOST_ROWS rows of a figure; who took them and why is in the audit log of the same transaction.

    Raises NotFound for an unknown figure, InvalidInput without a reason or for too small a group.
    """
    figure, why = figure_of(key), reason.strip()
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON:
        raise InvalidInput(f"导出要写明用途，{SHORTEST_REASON} 到 {LONGEST_REASON} 个字")
    with database.writing(actor) as session:
        asked = Asked(session, pack, view)
        if figure.hides(figure.count(asked)):
            raise InvalidInput(TOO_FEW)
        rows = figure.rows(asked, limit=MOST_ROWS)
        in_all = figure.row_count(asked)
        note_export(session, figure, view, reason=why, rows=len(rows))
        today = local_date(session.now())
    head: tuple[Cell, ...] = (f"{pack.name} {figure.label}，{view.month.label}，{today} 由 {actor} 导出",)
    about = Sheet("说明", (), (60,), [Line(head, title=True), (f"用途：{why}",), (f"共 {in_all} 行，本表 {len(rows)} 行",)])
    sheet = Sheet(sheet_name(1, figure.label), figure.headers, tuple(_WIDTH for _ in figure.headers), rows)
    name = f"{figure.label}_{view.month.first:%Y-%m}.xlsx"
    return ExportedRows(name, _workbook([about, sheet]), len(rows), in_all - len(rows))


def _workbook(sheets: list[Sheet]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        write_report(path, sheets)
        return path.read_bytes()
