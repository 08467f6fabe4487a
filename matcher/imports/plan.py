"""An import file as canonical records, one after another, with what is wrong with each (读取方案)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from matcher.imports.columns import ColumnPlan, plan_columns
from matcher.imports.limits import DEFAULT_LIMITS, Limits
from matcher.imports.mapping import (
    FIX_HEADER,
    ROW_NUMBER_HEADER,
    Kind,
    SourceMapping,
    detect_kind,
    is_known_header,
)
from matcher.imports.problems import Problem
from matcher.imports.readers import open_table
from matcher.imports.rows import RawRow, RawTable
from matcher.imports.validate import Record, RowReader

PROGRESS_EVERY_ROWS = 200
Progress = Callable[[int, float], None]
"""Called with the rows read so far and the share of the file, 0 to 1."""

_IDENTITY = {
    Kind.POSTINGS: (
        "employer_name",
        "credit_code",
        "title",
        "city",
        "district",
        "town",
        "street",
        "address",
        "kind",
    ),
    Kind.WORKERS: ("name", "phone", "birth_date"),
}
"""What makes a row without a number of its own the same row next time."""


@dataclass(slots=True)
class ImportReading:
    """An opened import file. Use it as a context manager, or call close().

    headers: as in the file; notices: about the file as a whole; plan: what each column means.
    """

    path: Path
    kind: Kind
    source: str
    headers: tuple[str, ...]
    notices: tuple[str, ...]
    plan: ColumnPlan
    reader: RowReader
    table: RawTable
    progress: Progress | None = None
    rows_read: int = 0

    def __iter__(self) -> Iterator[Record]:
        """Records in file order, read in this process; of rows with one number a differing later one is set
        aside and an identical one left out.
        """
        repeats = RepeatWatch()
        for raw in self.raw_rows():
            record = self.reader.read(raw)
            key = record.values.get("external_id")
            if key is not None and not record.set_aside:
                source, digest = str(record.values["source"]), content_digest(record.values)
                earlier = repeats.meet(source, str(key), record.number, digest)
                if earlier is not None and earlier.identical:
                    continue
                if earlier is not None:
                    record.problems.append(earlier.problem(record))
            yield record

    def raw_rows(self) -> Iterator[RawRow]:
        """Rows before any meaning is read into them, for reading in other processes with `reader`."""
        for raw in self.table.rows():
            self.rows_read += 1
            if self.progress is not None and self.rows_read % PROGRESS_EVERY_ROWS == 0:
                self.progress(self.rows_read, self.table.fraction_read())
            yield raw
        if self.progress is not None:
            self.progress(self.rows_read, 1.0)

    @property
    def is_correction(self) -> bool:
        """Whether the file is a correction workbook of ours, which never holds the full list of a source."""
        return ROW_NUMBER_HEADER in self.headers and FIX_HEADER in self.headers

    def close(self) -> None:
        """Let go of the file."""
        self.table.close()

    def __enter__(self) -> ImportReading:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_records(
    path: Path,
    kind: Kind | str | None = None,
    mapping: SourceMapping | None = None,
    progress: Progress | None = None,
    *,
    source: str = "",
    sheet: str = "",
    today: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportReading:
    """Open `path` and plan its columns; the rows come lazily by iterating over the result.

    kind: None tells postings from workers by the headers. source: where the rows come from; the mapping's
    own source, else "file". today: dates of the past may not lie after it, by default today.
    Raises InvalidInput when the file as a whole cannot be used: encoding, damage, size, no header, no title.
    """
    table = open_table(path, lambda text: is_known_header(text, mapping), limits=limits, sheet=sheet)
    try:
        chosen = Kind(kind) if kind else detect_kind(table.headers, mapping)
        plan = plan_columns(table.headers, chosen, mapping)
    except BaseException:
        table.close()
        raise
    source = source or (mapping.source if mapping else "") or "file"
    reader = RowReader(plan, source, today or date.today())
    notices = table.notices
    if plan.unknown:
        notices = (*notices, f"不认识的列（原样保留，不参与匹配）：{'、'.join(plan.unknown)}")
    return ImportReading(path, chosen, source, table.headers, notices, plan, reader, table, progress)


@dataclass(slots=True)
class RepeatWatch:
    """Remembers the numbers of one file: the first row of a number counts, a later one does not."""

    first: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)

    def meet(self, source: str, key: str, row: int, digest: bytes) -> Earlier | None:
        """The earlier row with the same number, None for the first."""
        number, earlier = self.first.setdefault((source, key), (row, digest))
        return None if number == row else Earlier(number, earlier == digest)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A row met before under the same number. identical: nothing in it differs."""

    row: int
    identical: bool

    def problem(self, record: Record, key: str = "external_id") -> Problem:
        """What to say of the later row, which is set aside. key: what the two share."""
        column = record.headers.get(key, "")
        value = str(record.values.get(key) or record.record_key)
        name = "身份证号" if key == "id_number" else "编号"
        reason = f"{name}与第 {self.row} 行相同而内容不同"
        fix = f"更正{name}，或删去其中一行"
        return Problem(record.number, column, key, value, "repeated_key", reason, fix, fatal=True)


def content_digest(values: Mapping[str, object]) -> bytes:
    """16 bytes that change whenever any value does."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).digest()


def identity_text(kind: Kind, values: Mapping[str, object]) -> str:
    """What tells a row without a number of its own from others; personal, so hash it with a key.

    Workers: the ID number alone where there is one; then name, phone and birth date; then their own words.
    """
    if kind is Kind.WORKERS and values.get("id_number"):
        return f"id:{values['id_number']}"
    parts = [str(values.get(key) or "") for key in _IDENTITY[kind]]
    if kind is Kind.WORKERS and not any(parts[:2]):
        parts.append(str(values.get("text") or values.get("wish") or ""))
    return "\x1f".join(parts)
