"""Runs alone in a child process: reads one worksheet with calamine and writes its rows as JSON lines.

Started by path with `python -I`; imports nothing of the project, so that it starts fast and can do little.
Usage: workbook_child.py WORKBOOK OUT_FD MEMORY_BYTES CPU_S OUT_BYTES MAX_SHEETS MAX_COLUMNS [SHEET]
The first line of the output is {"sheet", "others", "merged"}; each later line is [row number, cells].
Exit status: 0 done, 3 refused (the reason, Chinese, on stderr).
"""

from __future__ import annotations

import datetime
import json
import os
import resource
import sys
from typing import Any, NoReturn

REFUSED = 3
LONGEST_CELL = 32_767  # what Excel itself allows
LOSSY_FROM = 10**15  # a double holds 15 decimal digits for certain
MERGED_AT_MOST = 20_000


def refuse(reason: str) -> NoReturn:
    """Leave with the reason on stderr."""
    os.write(2, reason.encode("utf-8"))
    os._exit(REFUSED)


def limit_this_process(memory_bytes: int, cpu_s: int, out_bytes: int) -> None:
    """Cap memory, CPU time and output; open no core file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (out_bytes, out_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain_cell(cell: Any) -> Any:
    """A JSON value for a cell: dates as ISO text, whole numbers as int, too long numbers as float."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, str):
        if len(cell) > LONGEST_CELL:
            refuse("有一格的文字超过 Excel 的上限，文件已损坏或是恶意构造的")
        return cell.replace("_x000D_", "\n").replace("\x00", "")
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, (int, float)):
        exact = abs(cell) < LOSSY_FROM and cell == int(cell)
        return int(cell) if exact else float(cell)
    if isinstance(cell, datetime.datetime):
        has_time = (cell.hour, cell.minute, cell.second) != (0, 0, 0)
        return cell.strftime("%Y-%m-%d %H:%M:%S") if has_time else cell.strftime("%Y-%m-%d")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell)


def is_plain_sheet(metadata: Any) -> bool:
    """Whether a sheet is a visible worksheet; calamine's enums have no names, only equality."""
    import python_calamine as calamine

    visible = metadata.visible == calamine.SheetVisibleEnum.Visible
    return bool(visible and metadata.typ == calamine.SheetTypeEnum.WorkSheet)


def choose_sheet(workbook: Any, wanted: str) -> tuple[Any, list[str]]:
    """The wanted sheet, else the first visible one that has two filled rows, else the first with any."""
    names = [m.name for m in workbook.sheets_metadata if is_plain_sheet(m)]
    if wanted:
        if wanted not in workbook.sheet_names:
            refuse(f"工作簿里没有工作表“{wanted}”；有：{'、'.join(workbook.sheet_names[:20])}")
        return workbook.get_sheet_by_name(wanted), []
    fallback = None
    for position, name in enumerate(names):
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height >= 2:
            return sheet, names[position + 1 :]
        if sheet.height == 1 and fallback is None:
            fallback = sheet
    if fallback is None:
        refuse("工作簿是空的，没有可以导入的内容")
    return fallback, []


def write_rows(sheet: Any, others: list[str], max_columns: int, out_fd: int) -> None:
    """Header line, then one line for each row that holds anything."""
    if sheet.width > max_columns:
        refuse(f"工作表有 {sheet.width} 列，超过 {max_columns} 列的上限；请删去无用的列")
    _, first_column = sheet.start or (0, 0)
    merged = [
        [low[0] + 1, low[1] - first_column, high[0] + 1]
        for low, high in (sheet.merged_cell_ranges or [])[:MERGED_AT_MOST]
        if low[1] == high[1] and high[0] > low[0] and low[1] >= first_column
    ]
    head = {"sheet": sheet.name, "others": others, "merged": merged}
    with os.fdopen(out_fd, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as out:
        out.write(json.dumps(head, ensure_ascii=False) + "\n")
        # iter_rows starts at row 1 whatever the first filled row is
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = [plain_cell(cell) for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                out.write(json.dumps([number, cells], ensure_ascii=False) + "\n")


def main(arguments: list[str]) -> None:
    path, out_fd, memory_bytes, cpu_s, out_bytes, max_sheets, max_columns, *wanted = arguments
    import python_calamine as calamine

    limit_this_process(int(memory_bytes), int(cpu_s), int(out_bytes))
    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        if len(workbook.sheet_names) > int(max_sheets):
            refuse(f"工作簿有 {len(workbook.sheet_names)} 张工作表，超过 {max_sheets} 张的上限")
        sheet, others = choose_sheet(workbook, wanted[0] if wanted else "")
        write_rows(sheet, others, int(max_columns), int(out_fd))
    except calamine.PasswordError:
        refuse("工作簿设有打开密码。请在 Excel 或 WPS 里取消密码后重新保存")
    except MemoryError:
        refuse("工作表展开后占用内存过大，可能在很远的单元格里有内容。请把数据复制到新的工作簿再导入")
    except OSError as error:
        refuse(f"工作表内容过多，读取中止（{error.strerror}）。请分成几个文件导入")
    except Exception as error:
        refuse(
            f"工作簿已损坏或不是 Excel 文件（{type(error).__name__}）。请用 Excel 或 WPS 打开后另存为 .xlsx"
        )
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
