"""JSON lines and JSON lists, record by record (JSON)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from matcher.errors import InvalidInput
from matcher.imports.limits import MIB, Limits
from matcher.imports.readers.encoding import find_encoding
from matcher.imports.readers.source_file import SourceFile
from matcher.imports.rows import RAW_LINE, CellValue, RawRow

ROWS_LOOKED_AT_FOR_HEADERS = 50
LIST_BYTES = 64 * MIB
DEEPEST_NESTING = 6
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonTable:
    """A RawTable over JSON lines, or over one JSON list of objects (at most 64 MiB)."""

    notices: tuple[str, ...] = ()

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        """Raises InvalidInput for an undecodable file or a list that is not JSON."""
        self._file = file
        self._limits = limits
        self._encoding = find_encoding(file.opened)
        is_list = self._is_list()
        self._stream = self._text_stream()  # the newest stream is the one whose progress counts
        self._rows = self._list_rows() if is_list else self._line_rows()
        self._head = list(islice(self._rows, ROWS_LOOKED_AT_FOR_HEADERS))
        if not self._head:
            raise InvalidInput("文件里没有记录，只有空行")
        readable = [row for row in self._head if not row.error]
        self.headers = tuple(dict.fromkeys(name for row in readable for name in row.values))

    def rows(self) -> Iterator[RawRow]:
        """Records in file order."""
        yield from self._head
        yield from self._rows

    def fraction_read(self) -> float:
        """Share of the file read so far."""
        return self._file.fraction_read()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _text_stream(self) -> TextIO:
        return io.TextIOWrapper(self._file.opened(), encoding=self._encoding, errors="strict", newline="\n")

    def _is_list(self) -> bool:
        with self._text_stream() as stream:
            start = stream.read(4096).lstrip("\ufeff \t\r\n")
        return start.startswith("[")

    def _line_rows(self) -> Iterator[RawRow]:
        number = 0
        while line := self._stream.readline(self._limits.line_bytes + 1):
            number += 1
            if len(line) > self._limits.line_bytes:
                raise InvalidInput(
                    f"第 {number} 行超过 {self._limits.line_bytes // 1024} KB，不像一条记录，已拒绝导入；"
                    "JSON Lines 文件每条记录占一行"
                )
            text = line.strip("\ufeff \t\r\n")
            if text:
                yield _row_from_line(number, text)

    def _list_rows(self) -> Iterator[RawRow]:
        text = self._stream.read(LIST_BYTES + 1)
        if len(text) > LIST_BYTES:
            raise InvalidInput(f"JSON 列表超过 {LIST_BYTES // MIB} MB，请改为每行一条记录的 .jsonl 文件")
        try:
            records = json.loads(text.lstrip("\ufeff"), parse_constant=_refuse_constant)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            raise InvalidInput(f"JSON 文件第 {line} 行附近有语法错误", detail=type(error).__name__) from error
        except RecursionError as error:
            raise InvalidInput("JSON 嵌套过深，已拒绝导入") from error
        for number, record in enumerate(records, start=1):
            yield _row_from_record(number, record, str(record)[:1000], doubtful=True)


def _row_from_line(number: int, text: str) -> RawRow:
    try:
        record = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        column = getattr(error, "colno", 1)
        return RawRow(
            number, {RAW_LINE: _storable(text[:1000])}, f"不是正确的 JSON（第 {column} 个字符附近）"
        )
    except RecursionError:
        return RawRow(number, {RAW_LINE: _storable(text[:1000])}, "这一行的 JSON 嵌套过深")
    return _row_from_record(number, record, text[:1000], doubtful=_may_be_unstorable(text))


def _row_from_record(number: int, record: object, source_text: str, *, doubtful: bool) -> RawRow:
    if not isinstance(record, dict):
        return RawRow(number, {RAW_LINE: _storable(source_text)}, "不是 JSON 对象（应为 {“列名”: 值, …}）")
    values: dict[str, CellValue] = {str(key): value for key, value in record.items() if value is not None}
    if doubtful and not _is_storable(values):
        return RawRow(number, {RAW_LINE: _storable(source_text)}, "这一条含有无法保存的字符，或嵌套过深")
    return RawRow(number, values)


def _may_be_unstorable(line: str) -> bool:
    """False when the text alone shows that all is well: decoded strictly, it can hold a lone surrogate only as an
    escape, and it cannot nest deeper than it has brackets."""
    return "\\u" in line or line.count("{") + line.count("[") > DEEPEST_NESTING


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _is_storable(value: object, depth: int = 0) -> bool:
    """Whether every text in `value` can be written as UTF-8; `\\ud800` alone cannot."""
    if isinstance(value, str):
        return value.isascii() or not _LONE_SURROGATE.search(value)
    if depth > DEEPEST_NESTING:
        return False
    if isinstance(value, dict):
        return all(_is_storable(k, depth + 1) and _is_storable(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return all(_is_storable(item, depth + 1) for item in value)
    return True


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
