"""A row as it stands in the file, before any meaning is read into it (原始行)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

CellValue = str | int | float | bool | list[object] | dict[str, object] | None
"""What a file can hold: text from CSV; text, numbers and truth values from a workbook; lists from JSON."""

KnowsHeader = Callable[[str], bool]
"""Tells whether a cell is a column header that we can place."""


RAW_LINE = "（原文）"
"""Column that holds a line which could not be split into cells."""

SURPLUS = "（表头之外的内容）"
"""Column that holds cells past the last header."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One data row.

    number: line (text files) or row (workbooks) in the file, from 1, as the person sees it.
    values: header as written → cell; absent and None mean an empty cell.
    error:  set when the row itself cannot be read (broken JSON, more cells than headers).
    """

    number: int
    values: Mapping[str, CellValue]
    error: str = ""


class RawTable(Protocol):
    """A readable file: headers known at once, rows one after another.

    headers: as written in the file, in file order; for JSON those of the first rows, later rows may add more.
    notices: what the person should know about the file as a whole (skipped title rows, unread sheets).
    """

    headers: tuple[str, ...]
    notices: tuple[str, ...]

    def rows(self) -> Iterator[RawRow]:
        """Rows in file order; may be taken once."""
        ...

    def fraction_read(self) -> float:
        """Share of the file read so far, 0 to 1, for a progress bar."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(slots=True)
class HeaderRow:
    """Where the header row was found. index: position among the rows looked at; names: one per column."""

    index: int
    names: tuple[str, ...]
    notices: list[str] = field(default_factory=list)
