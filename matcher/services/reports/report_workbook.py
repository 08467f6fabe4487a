"""Workbooks of several sheets for people: text stays text, numbers are numbers (报表工作簿).

INVARIANT: nothing in a cell can act as a formula; a file appears whole or not at all, for its owner alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from matcher.delivery.sheets import private_file
from matcher.imports.cells import DANGEROUS_STARTS

MOST_ROWS = 1_048_575  # a sheet holds 1,048,576, the first of which is the header
LONGEST_CELL = 32_000
LONGEST_SHEET_NAME = 31
Cell = str | int
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_HEAD = PatternFill("solid", fgColor="D9E2F3")
_TITLE = PatternFill("solid", fgColor="EEF2F8")
_TO_FILL = PatternFill("solid", fgColor="FFF2CC")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True, slots=True)
class Line:
    """A row with a look of its own: `title` of a section, or `to_fill` by a person."""

    cells: tuple[Cell, ...]
    title: bool = False
    to_fill: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. headers: () = none. widths: in characters, one a column."""

    name: str
    headers: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Sequence[tuple[Cell, ...] | Line]


def write_report(path: Path, sheets: Sequence[Sheet]) -> list[Path]:
    """Write the workbook; a sheet of more than 1,048,575 rows becomes a CSV file beside it, named after both.

    Returns the files written, the workbook first.
    """
    workbook = Workbook(write_only=True)
    files = [path]
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            beside = path.with_name(f"{path.stem}_{sheet.name}.csv")
            write_csv(beside, sheet)
            files.append(beside)
            told = Line((f"{len(sheet.rows)} 行，超过表格上限，见 {beside.name}",))
            sheet = Sheet(sheet.name, (), (60,), [told])
        _fill(workbook, sheet)
    with private_file(path) as stream:
        workbook.save(stream)
    return files


def write_csv(path: Path, sheet: Sheet) -> None:
    """UTF-8 with BOM; a cell that looks like a formula gets a '."""
    with private_file(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(sheet.headers)
        writer.writerows([_csv_cell(cell) for cell in _cells(row)] for row in sheet.rows)
        text.flush()
        text.detach()


def sheet_name(number: int, label: str) -> str:
    """A name that Excel takes: 01收到推送的人数."""
    return f"{number:02}{_NOT_IN_A_NAME.sub('', label)}"[:LONGEST_SHEET_NAME]


def _fill(workbook: Any, sheet: Sheet) -> None:
    page = workbook.create_sheet(sheet.name)
    for position, width in enumerate(sheet.widths, start=1):
        page.column_dimensions[get_column_letter(position)].width = width
    if sheet.headers:
        page.freeze_panes = "A2"
        page.append([_cell(page, name, fill=_HEAD, bold=True) for name in sheet.headers])
    for row in sheet.rows:
        page.append(_styled(page, row))


def _styled(page: Any, row: tuple[Cell, ...] | Line) -> list[Any]:
    if not isinstance(row, Line):
        return [_cell(page, cell) for cell in row]
    fill = _TITLE if row.title else _TO_FILL if row.to_fill else None
    return [_cell(page, cell, fill=fill, bold=row.title) for cell in row.cells]


def _cells(row: tuple[Cell, ...] | Line) -> Iterable[Cell]:
    return row.cells if isinstance(row, Line) else row


def _cell(page: Any, content: Cell, *, fill: PatternFill | None = None, bold: bool = False) -> Any:
    if isinstance(content, int):
        cell = WriteOnlyCell(page, value=content)
    else:
        cell = WriteOnlyCell(page, value="")
        cell.value = _UNWRITABLE.sub("", content)[:LONGEST_CELL]
        cell.data_type, cell.number_format = "s", "@"
        cell.quotePrefix = content.startswith(DANGEROUS_STARTS)
        cell.alignment = _WRAPPED
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = Font(bold=True)
    return cell


def _csv_cell(content: Cell) -> Cell:
    if isinstance(content, int):
        return content
    clean = _UNWRITABLE.sub("", content)
    return f"'{clean}" if clean.startswith(DANGEROUS_STARTS) else clean
