"""A worksheet read in a limited child process (Excel)."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from matcher.errors import InvalidInput, NotFound
from matcher.imports.limits import MIB, Limits
from matcher.imports.readers import workbook_child
from matcher.imports.readers.header import find_header, row_from_cells, skipped_title_notice
from matcher.imports.readers.workbook_check import check_workbook
from matcher.imports.rows import CellValue, KnowsHeader, RawRow

CHILD = Path(__file__).with_name("workbook_child.py")
WALL_PER_CPU = 4  # a busy machine may give the child a quarter of a core
TOO_LONG = "工作簿读取超时或占用过多内存，可能是异常文件。请把数据复制到新的工作簿，或另存为 CSV 再导入"


class WorkbookTable:
    """A RawTable over one worksheet of an .xlsx."""

    def __init__(self, path: Path, knows: KnowsHeader, limits: Limits, sheet: str = "") -> None:
        """sheet: name of the worksheet; "" takes the first visible one with content.

        Raises InvalidInput for every workbook that is not sound, NotFound when there is no file.
        """
        if not path.is_file():
            raise NotFound(f"找不到文件 {path.name}")
        declared_bytes = check_workbook(path, limits)
        self._limits = limits
        self._out = _private_file()
        try:
            _read_in_child(path, self._out, declared_bytes, limits, sheet)
            self._begin(knows)
        except BaseException:
            self._out.close()
            raise

    def _begin(self, knows: KnowsHeader) -> None:
        self._size_bytes = self._out.seek(0, os.SEEK_END)
        self._out.seek(0)
        facts = json.loads(self._out.readline())
        self._merged = _merged_by_row(facts["merged"])
        self._fill: dict[int, tuple[int, CellValue]] = {}
        head: list[tuple[int, list[CellValue]]] = []
        for line in self._out:
            head.append(tuple(json.loads(line)))
            if len(head) == self._limits.header_within_rows:
                break
        if not head:
            raise InvalidInput("工作簿是空的，没有可以导入的内容")
        header = find_header([cells for _, cells in head], knows, self._limits)
        self.headers = header.names
        notices = [skipped_title_notice(head[header.index][0])] if header.index else []
        notices += header.notices
        if facts["others"]:
            others = "、".join(facts["others"][:10])
            notices.append(f"只读了工作表“{facts['sheet']}”；没有读：{others}")
        self.notices = tuple(notices)
        self._rest_of_head = head[header.index + 1 :]

    def rows(self) -> Iterator[RawRow]:
        """Data rows in sheet order; a cell merged downwards counts for each of its rows."""
        for number, cells in self._numbered_cells():
            self._fill_merged(number, cells)
            row = row_from_cells(number, self.headers, cells, self._limits)
            if row is not None:
                yield row

    def fraction_read(self) -> float:
        """Share of the rows handed out so far."""
        return 1.0 if self._out.closed else self._out.tell() / max(self._size_bytes, 1)

    def close(self) -> None:
        """Drop the rows."""
        self._out.close()

    def _numbered_cells(self) -> Iterator[tuple[int, list[CellValue]]]:
        yield from self._rest_of_head
        while line := self._out.readline():
            number, cells = json.loads(line)
            yield number, cells

    def _fill_merged(self, number: int, cells: list[CellValue]) -> None:
        for column, last_row in self._merged.get(number, ()):
            if column < len(cells):
                self._fill[column] = (last_row, cells[column])
        for column, (last_row, value) in list(self._fill.items()):
            if number > last_row:
                del self._fill[column]
                continue
            cells.extend([None] * (column + 1 - len(cells)))
            if cells[column] is None:
                cells[column] = value


def _merged_by_row(merged: list[list[int]]) -> dict[int, list[tuple[int, int]]]:
    """First row → (column, last row) of each range merged downwards."""
    by_row: dict[int, list[tuple[int, int]]] = {}
    for first_row, column, last_row in merged:
        by_row.setdefault(first_row, []).append((column, last_row))
    return by_row


def _private_file() -> BinaryIO:
    """A file that only this process sees: in memory where the system can, else unlinked on disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("worksheet", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()


def _read_in_child(path: Path, out: BinaryIO, declared_bytes: int, limits: Limits, sheet: str) -> None:
    cpu_s = math.ceil(limits.child_cpu_s + limits.child_cpu_s_per_mib * declared_bytes / MIB)
    command = [
        sys.executable, "-I", str(CHILD), str(path.absolute()), str(out.fileno()),
        str(limits.child_memory_bytes), str(cpu_s), str(limits.workbook_rows_bytes),
        str(limits.workbook_sheets), str(limits.columns), *([sheet] if sheet else []),
    ]  # fmt: skip
    environment = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            command, pass_fds=(out.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, timeout=WALL_PER_CPU * cpu_s + 2, env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise InvalidInput(TOO_LONG, detail="wall clock") from error
    if done.returncode == 0:
        return
    if done.returncode == workbook_child.REFUSED:
        raise InvalidInput(done.stderr.decode("utf-8", "replace")[:300])
    killed_by = signal.Signals(-done.returncode).name if done.returncode < 0 else str(done.returncode)
    raise InvalidInput(TOO_LONG, detail=f"child ended with {killed_by}")
