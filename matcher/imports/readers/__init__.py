"""Open an import file as a table of raw rows, whatever its format (读取)."""

from __future__ import annotations

from pathlib import Path

from matcher.errors import InvalidInput
from matcher.imports.limits import DEFAULT_LIMITS, Limits
from matcher.imports.readers.delimited import DelimitedTable
from matcher.imports.readers.json_records import JsonTable
from matcher.imports.readers.source_file import SourceFile
from matcher.imports.readers.workbook import WorkbookTable
from matcher.imports.rows import KnowsHeader, RawTable

WORKBOOKS = (".xlsx",)
DELIMITED = (".csv", ".tsv", ".txt")
JSON = (".jsonl", ".ndjson", ".json")
REFUSED = {
    ".xls": "这是旧版 Excel 文件（.xls）。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入",
    ".xlsm": "工作簿含有宏，为安全起见不予导入。请另存为不含宏的 .xlsx",
    ".et": "这是 WPS 表格文件（.et）。请用 WPS 打开后另存为 .xlsx 再导入",
}


def open_table(
    path: Path, knows: KnowsHeader, *, limits: Limits = DEFAULT_LIMITS, sheet: str = ""
) -> RawTable:
    """The file as a table; its format follows from the extension (.gz may follow a text format).

    knows: tells whether a cell is a header that can be placed, used to find the header row.
    Raises InvalidInput, with the reason in Chinese, for every file that cannot be read as a whole.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    kind = suffixes[-1] if suffixes else ""
    if kind == ".gz" and len(suffixes) == 2 and suffixes[0] in DELIMITED + JSON:
        kind = suffixes[0]
    if kind in WORKBOOKS:
        return WorkbookTable(path, knows, limits, sheet)
    if kind in DELIMITED:
        return DelimitedTable(SourceFile(path, limits), knows, limits)
    if kind in JSON:
        return JsonTable(SourceFile(path, limits), limits)
    if kind in REFUSED:
        raise InvalidInput(REFUSED[kind])
    raise InvalidInput(
        f"不支持的文件类型“{kind or path.name}”；可用：.csv、.xlsx、.jsonl、.jsonl.gz、.json、.csv.gz"
    )
