"""The correction workbook: what could not be imported, where it is wrong, how to put it right (更正表).

Edit sheet 1, save, import it again under the same mapping: rows meet their earlier selves by number, or by
系统编号 where they have no number of their own.

INVARIANTS
- Every row set aside is in it, with every cell of the file.
- Every cell is text: nothing in it can act as a formula when a program opens or edits it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from matcher.imports.cells import DANGEROUS_STARTS
from matcher.imports.mapping import (
    FIX_HEADER,
    PROBLEM_HEADER,
    RECORD_KEY_HEADER,
    ROW_NUMBER_HEADER,
    STATE_HEADER,
)
from matcher.imports.problems import Problem
from matcher.imports.rows import CellValue
from matcher.imports.validate import Record

SOURCE_HEADER = "来源系统"
ROWS_WITH_NOTES_AT_MOST = 5_000
LONGEST_CELL = 32_000  # Excel holds 32,767 characters a cell
COMMENT_AUTHOR = "导入检查"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BAD = PatternFill("solid", fgColor="FFF2CC")
_HEAD = PatternFill("solid", fgColor="D9E2F3")
_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_HOW_TO = (
    "一、在“待更正”表里改：黄色的格子有问题，把鼠标放上去看原因。",
    "二、“导入状态”为“未导入”的行还没有进系统；“已导入”的行已经进系统，只是黄色的格子没有采用。",
    "三、改好后保存，用同样的来源和对应表再导入一次这个文件。已经导入过的行会被更新，不会重复。",
    "四、“原行号、导入状态、问题、修改建议”四列只供查看，导入时不读。“系统编号、来源系统”两列请不要改。",
    "五、身份证号、电话等号码所在的列已设为文本，请直接填写完整号码，不要改成数字格式。",
    "六、这个文件含有个人信息，用完请删除。",
)


def write_corrections(
    path: Path,
    headers: Sequence[str],
    records: Iterable[Record],
    *,
    key_of: Callable[[Record], str] = lambda record: record.record_key,
) -> int:
    """Write the workbook for every record that has a problem; returns the rows on its first sheet.

    headers: of the file, in its order; further columns of single records are added.
    key_of: the system's own key of a record that has no number, kept so that it is met again.
    Rows set aside are all written, imported rows with a field left out up to 5,000. The file is private
    (0600) and replaces `path` only when it is whole.
    """
    chosen, left_out = _chosen(records)
    names = list(dict.fromkeys([*headers, *(name for record in chosen for name in record.raw.values)]))
    ours = {ROW_NUMBER_HEADER, STATE_HEADER, PROBLEM_HEADER, FIX_HEADER, RECORD_KEY_HEADER}
    names = [name for name in names if name not in ours]
    with_source = SOURCE_HEADER not in names
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("待更正")
    extra = [RECORD_KEY_HEADER] + ([SOURCE_HEADER] if with_source else [])
    notes = [ROW_NUMBER_HEADER, STATE_HEADER, PROBLEM_HEADER, FIX_HEADER]
    _set_widths(sheet, [14] * (len(names) + len(extra)) + [8, 12, 50, 50])
    sheet.freeze_panes = "A2"
    sheet.append([_head_cell(sheet, name) for name in [*names, *extra, *notes]])
    for record in chosen:
        key = "" if record.values.get("external_id") else key_of(record)
        source = [str(record.values.get("source") or "")] if with_source else []
        cells = [_data_cell(sheet, record, name) for name in names]
        sheet.append([*cells, *(_text_cell(sheet, text) for text in (key, *source, *_notes(record)))])
    _write_problems(workbook, chosen)
    _write_how_to(workbook, left_out)
    _save_private(workbook, path)
    return len(chosen)


def _chosen(records: Iterable[Record]) -> tuple[list[Record], int]:
    """Records to show in file order, and how many imported ones with notes are left out."""
    chosen: list[Record] = []
    noted = left_out = 0
    for record in records:
        if not record.problems:
            continue
        if not record.set_aside:
            noted += 1
            if noted > ROWS_WITH_NOTES_AT_MOST:
                left_out += 1
                continue
        chosen.append(record)
    return chosen, left_out


def _notes(record: Record) -> list[str]:
    reasons = "；".join(_where(problem) + problem.reason for problem in record.problems)
    fixes = "；".join(dict.fromkeys(_where(problem) + problem.fix for problem in record.problems))
    return [str(record.number), "未导入" if record.set_aside else "已导入", reasons, fixes]


def _where(problem: Problem) -> str:
    return f"{problem.column}：" if problem.column else ""


def _write_problems(workbook: Any, records: Sequence[Record]) -> None:
    sheet = workbook.create_sheet("问题清单")
    _set_widths(sheet, [8, 18, 30, 50, 50])
    sheet.freeze_panes = "A2"
    sheet.append([_head_cell(sheet, name) for name in ("行号", "列", "值", "原因", "建议")])
    for record in records:
        for problem in record.problems:
            texts = (str(problem.row), problem.column, problem.value, problem.reason, problem.fix)
            sheet.append([_text_cell(sheet, text) for text in texts])


def _write_how_to(workbook: Any, left_out: int) -> None:
    sheet = workbook.create_sheet("怎么改")
    _set_widths(sheet, [110])
    more = f"七、另有 {left_out} 行已导入但有一格没有采用，没有列在这里。" if left_out else ""
    for line in (*_HOW_TO, more):
        if line:
            cell = _text_cell(sheet, line)
            cell.alignment = _WRAPPED
            sheet.append([cell])


def _data_cell(sheet: Any, record: Record, name: str) -> Any:
    text = _as_in_file(record.raw.values.get(name))
    cell = _text_cell(sheet, text)
    faults = [problem for problem in record.problems if problem.column == name]
    if faults or len(text) > LONGEST_CELL:
        lines = [f"{problem.reason}；{problem.fix}" for problem in faults]
        if len(text) > LONGEST_CELL:
            lines.append(f"原文有 {len(text)} 个字，这里只放得下前 {LONGEST_CELL} 个")
        cell.fill = _BAD
        cell.comment = Comment("\n".join(lines), COMMENT_AUTHOR, width=320, height=90)
    return cell


def _as_in_file(cell: CellValue) -> str:
    if cell is None:
        return ""
    if isinstance(cell, list) and all(isinstance(item, (str, int, float)) for item in cell):
        return "、".join(str(item) for item in cell)
    return str(cell)


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell that stays text: string type, text format, and the quote mark where it looks like a formula."""
    cell = WriteOnlyCell(sheet, value="")
    cell.value = _UNWRITABLE.sub("", text)[:LONGEST_CELL]
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(DANGEROUS_STARTS):
        cell.quotePrefix = True
    return cell


def _head_cell(sheet: Any, text: str) -> Any:
    cell = _text_cell(sheet, text)
    cell.font, cell.fill = _BOLD, _HEAD
    return cell


def _set_widths(sheet: Any, widths: Sequence[int]) -> None:
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width


def _save_private(workbook: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            workbook.save(stream)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
