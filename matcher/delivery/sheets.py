"""Small workbooks and CSV files for people, private and free of formulas (表格).

INVARIANTS
- Every cell is text: a phone keeps its digits, and nothing in a cell can act as a formula.
- A file holds personal data, so it is readable by its owner alone (0600) and appears whole or not at all.
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from matcher.errors import InvalidInput
from matcher.imports.cells import DANGEROUS_STARTS, text_of
from matcher.imports.readers import open_table

LONGEST_CELL = 32_000  # Excel holds 32,767 characters a cell
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = PatternFill("solid", fgColor="D9E2F3")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_workbook(
    path: Path, sheet_name: str, headers: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]]
) -> None:
    """One sheet with a frozen header row. widths: in characters, one a column."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(sheet_name)
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, head=True) for name in headers])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    with private_file(path) as stream:
        workbook.save(stream)


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """UTF-8 with BOM, which Excel and WPS open without asking; a cell that looks like a formula gets a '."""
    with private_file(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        csv.writer(text).writerows([_csv_cell(cell) for cell in row] for row in [headers, *rows])
        text.flush()
        text.detach()


def read_rows(path: Path, headers: Sequence[str]) -> Iterator[dict[str, str]]:
    """Rows of a returned .xlsx or .csv as header → text.

    headers: those that must be there. Raises InvalidInput that names the missing ones.
    """
    wanted = frozenset(headers)
    table = open_table(path, lambda name: name.strip() in wanted)
    try:
        missing = [name for name in headers if name not in {header.strip() for header in table.headers}]
        if missing:
            raise InvalidInput(f"回执文件缺少列：{'、'.join(missing)}；请用原文件填写，不要改列名")
        for row in table.rows():
            yield {name.strip(): text_of(value) for name, value in row.values.items()}
    finally:
        table.close()


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """A stream to a new file of mode 0600 that takes the place of `path` only when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _csv_cell(text: str) -> str:
    clean = _UNWRITABLE.sub("", text)
    return f"'{clean}" if clean.startswith(DANGEROUS_STARTS) else clean


def _cell(sheet: Any, text: str, *, head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value="")
    cell.value = _UNWRITABLE.sub("", text)[:LONGEST_CELL]
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(DANGEROUS_STARTS):
        cell.quotePrefix = True
    if head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    else:
        cell.alignment = _WRAPPED
    return cell
