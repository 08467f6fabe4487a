"""Comma, tab or semicolon separated text, row by row (CSV).

INVARIANT: a quote that is never closed costs its own line and no other; that line becomes an error row.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from matcher.errors import InvalidInput
from matcher.imports.limits import Limits
from matcher.imports.readers.encoding import find_encoding
from matcher.imports.readers.header import find_header, row_from_cells, skipped_title_notice
from matcher.imports.readers.source_file import SourceFile
from matcher.imports.rows import RAW_LINE, KnowsHeader, RawRow

DELIMITERS = ",\t;|"
UNCLOSED = "这一行有一个没有闭合的引号，读不出各列"


@dataclass(frozen=True, slots=True)
class Cells:
    """One logical record. number: its first line in the file; error: why its cells cannot be trusted."""

    number: int
    cells: list[str]
    error: str = ""


class DelimitedTable:
    """A RawTable over a delimited text file."""

    def __init__(self, file: SourceFile, knows: KnowsHeader, limits: Limits) -> None:
        """Finds encoding, delimiter and header. Raises InvalidInput when there is none, or no data row."""
        self._file = file
        self._limits = limits
        self._encoding = find_encoding(file.opened)
        first_lines = self._first_lines()
        self._delimiter = _find_delimiter(first_lines, knows, limits)
        self._stream = self._text_stream()
        self._records = read_records(self._stream, self._delimiter, limits)
        head = self._take_head()
        header = find_header([record.cells for record in head], knows, limits)
        self.headers = header.names
        above = [skipped_title_notice(head[header.index].number)] if header.index else []
        self.notices = (*above, *header.notices)
        self._rest_of_head = head[header.index + 1 :]

    def rows(self) -> Iterator[RawRow]:
        """Data rows in file order, blank ones left out."""
        for record in self._data_records():
            if record.error:
                yield RawRow(record.number, {RAW_LINE: record.cells[0][:30_000]}, record.error)
                continue
            row = row_from_cells(record.number, self.headers, record.cells, self._limits)
            if row is not None:
                yield row

    def fraction_read(self) -> float:
        """Share of the file read so far."""
        return self._file.fraction_read()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _data_records(self) -> Iterator[Cells]:
        yield from self._rest_of_head
        yield from self._records

    def _take_head(self) -> list[Cells]:
        head: list[Cells] = []
        for record in self._records:
            if not record.error and not any(cell.strip() for cell in record.cells):
                continue
            head.append(record)
            if len(head) == self._limits.header_within_rows:
                break
        if not head:
            raise InvalidInput("文件里没有内容，只有空行")
        return head

    def _text_stream(self) -> TextIO:
        stream = io.TextIOWrapper(self._file.opened(), encoding=self._encoding, errors="strict", newline="")
        if stream.read(1) != "\ufeff":
            stream.close()
            stream = io.TextIOWrapper(
                self._file.opened(), encoding=self._encoding, errors="strict", newline=""
            )
        return stream

    def _first_lines(self) -> list[str]:
        with self._text_stream() as stream:
            lines = (
                stream.readline(self._limits.line_bytes) for _ in range(4 * self._limits.header_within_rows)
            )
            return [line for line in lines if line.strip()][: self._limits.header_within_rows]


def read_records(stream: TextIO, delimiter: str, limits: Limits) -> Iterator[Cells]:
    """Logical records of `stream`; see the invariant of this module."""
    lines = _Lines(stream, limits)
    unclosed = 0
    csv.field_size_limit(limits.line_bytes)
    while True:
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=False)
        broken = False
        while not broken:
            lines.begin_record()
            number = lines.next_number
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _RecordTooLong):
                broken = True
            else:
                broken = lines.ended_inside
            if not broken:
                yield Cells(number, cells)
        unclosed += 1
        if unclosed > limits.unclosed_quotes:
            raise InvalidInput(
                f"有 {unclosed} 行以上的引号没有闭合（最近一处在第 {number} 行），文件格式有误，请重新导出"
            )
        yield Cells(number, [lines.give_back_all_but_first()], UNCLOSED)


class _RecordTooLong(Exception):
    """A quoted cell goes on past every plausible length."""


class _Lines:
    """Physical lines for csv.reader, kept while a record is under way so that they can be read again."""

    def __init__(self, stream: TextIO, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._record_chars = 0
        self.next_number = 1
        self.ended_inside = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._stream.readline(self._limits.line_bytes)
        if not line:
            self.ended_inside = bool(self._record)
            raise StopIteration
        if len(line) >= self._limits.line_bytes:
            raise InvalidInput(
                f"第 {self.next_number} 行超过 {self._limits.line_bytes // 1024} KB，不像表格数据，已拒绝导入"
            )
        self._record.append(line)
        self._record_chars += len(line)
        self.next_number += 1
        if len(self._record) > self._limits.quoted_lines or self._record_chars > self._limits.line_bytes:
            raise _RecordTooLong
        return line.replace("\x00", "")

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self._record.clear()
        self._record_chars = 0
        self.ended_inside = False

    def give_back_all_but_first(self) -> str:
        """Return the first line of the broken record; the others will be read again."""
        first, *others = self._record
        self._again.extendleft(reversed(others))
        self.next_number -= len(others)
        return first.rstrip("\r\n")


def _find_delimiter(lines: Sequence[str], knows: KnowsHeader, limits: Limits) -> str:
    """The delimiter under which most headers are known; then the one that gives most columns."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = [next(csv.reader([line], delimiter=delimiter), []) for line in lines]
        known = max((sum(1 for cell in set(row) if knows(cell)) for row in rows), default=0)
        widths = sorted(len(row) for row in rows)
        return known, widths[len(widths) // 2] if widths else 0

    csv.field_size_limit(limits.line_bytes)
    return max(DELIMITERS, key=score)
