"""Find the header row among the first rows of a table; title rows above it are skipped (表头)."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.errors import InvalidInput
from matcher.imports.limits import Limits
from matcher.imports.rows import SURPLUS, CellValue, HeaderRow, KnowsHeader, RawRow

FEWEST_COLUMNS_OF_A_HEADER = 2


def find_header(rows: Sequence[Sequence[CellValue]], knows: KnowsHeader, limits: Limits) -> HeaderRow:
    """The row with the most headers that we know; where none is known, the first with two texts or more.

    rows: the first rows of the table. Raises InvalidInput when no row can be a header.
    """
    best, best_known = -1, 0
    for index, row in enumerate(rows[: limits.header_within_rows]):
        known = sum(1 for cell in set(_texts(row)) if knows(cell))
        if known > best_known:
            best, best_known = index, known
    if best < 0:
        best = next((i for i, row in enumerate(rows) if _could_be_header(row)), -1)
    if best < 0:
        raise InvalidInput(
            f"前 {limits.header_within_rows} 行里找不到表头。请在第一行写列名，如“岗位名称、工资、工作地点”"
        )
    if len(rows[best]) > limits.columns:
        raise InvalidInput(f"表格有 {len(rows[best])} 列，超过 {limits.columns} 列的上限；请删去无用的列")
    names, notices = _unique_names(rows[best])
    return HeaderRow(best, names, notices)


def skipped_title_notice(header_number: int) -> str:
    """What to tell the person when rows above the header were passed over."""
    return f"表头在第 {header_number} 行，上面的内容当作标题跳过"


def row_from_cells(
    number: int, names: Sequence[str], cells: Sequence[CellValue], limits: Limits
) -> RawRow | None:
    """Pair cells with headers; None for an empty row. Cells past the last header make the row an error."""
    values = {name: cell for name, cell in zip(names, cells, strict=False) if name and not is_empty(cell)}
    surplus = [cell for cell in cells[len(names) :] if not is_empty(cell)]
    if surplus:
        values[SURPLUS] = "；".join(str(cell) for cell in surplus)[: limits.cell_chars]
        return RawRow(number, values, "这一行的列数比表头多，内容里可能有没加引号的分隔符，各列已经错位")
    if not values:
        return None
    if any(isinstance(cell, str) and len(cell) > limits.cell_chars for cell in values.values()):
        short = {k: v[:1000] if isinstance(v, str) else v for k, v in values.items()}
        return RawRow(number, short, f"有一格超过 {limits.cell_chars} 个字，无法作为一条记录")
    return RawRow(number, values)


def is_empty(cell: CellValue) -> bool:
    """Whether a cell says nothing: absent, or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n\u3000\u00a0\ufeff\u200b"))


def _texts(row: Sequence[CellValue]) -> list[str]:
    return [cell.strip() for cell in row if isinstance(cell, str) and cell.strip()]


def _could_be_header(row: Sequence[CellValue]) -> bool:
    texts = _texts(row)
    filled = [cell for cell in row if not is_empty(cell)]
    return len(set(texts)) >= FEWEST_COLUMNS_OF_A_HEADER and len(texts) == len(filled)


def _unique_names(row: Sequence[CellValue]) -> tuple[tuple[str, ...], list[str]]:
    """Header names in column order; trailing blanks dropped, blank and repeated names made distinct."""
    cells = ["" if is_empty(cell) else str(cell).strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    names: list[str] = []
    notices: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell or f"第{position}列"
        if name in names:
            notices.append(f"列名“{name}”出现不止一次，第 {position} 列改称“{name}#{position}”，不作对应")
            name = f"{name}#{position}"
        names.append(name)
    return tuple(names), notices
