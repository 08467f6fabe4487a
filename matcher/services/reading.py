"""Read a file straight into postings or workers, without a store (直接读取)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from matcher.clock import local_date
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.imports.chunks import packed_results, unpacked
from matcher.imports.mapping import Kind
from matcher.imports.plan import ImportReading, Progress, read_records
from matcher.imports.problems import Problem
from matcher.imports.rows import RawRow
from matcher.imports.validate import Record, RowReader
from matcher.services.imports.import_rows import parser_problems
from matcher.services.review.reviewing import blocking, words_found
from matcher.text.column_values import Problem as ParserProblem
from matcher.text.posting_reader import posting_from_row
from matcher.text.worker_reader import worker_from_row


@dataclass(frozen=True, slots=True)
class Entity:
    """One row. value: None when it could not be read or must not be shown; problems: what was wrong with it."""

    value: Posting | Worker | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class EntityReader:
    """Reads chunks of rows into entities; picklable, so that other processes can do it."""

    reader: RowReader
    kind: Kind
    now: datetime

    def __call__(self, rows: list[RawRow]) -> list[Entity]:
        """The rows in order."""
        return [self._read(raw) for raw in rows]

    def _read(self, raw: RawRow) -> Entity:
        record = self.reader.read(raw)
        if record.set_aside:
            return Entity(None, tuple(record.problems))
        found: list[ParserProblem] = []
        # Without a store there is no source to tell ids apart: the id in the file is the id in the answer.
        values = {key: value for key, value in record.values.items() if key != "source"}
        value: Posting | Worker
        if self.kind is Kind.POSTINGS:
            value = posting_from_row(values, now=self.now, problems=found)
            barred = blocked_problems(record, value)
            if barred:
                return Entity(None, (*record.problems, *parser_problems(record, found), *barred))
        else:
            value = worker_from_row(values, now=self.now, problems=found)
        return Entity(value, (*record.problems, *parser_problems(record, found)))


def blocked_problems(record: Record, posting: Posting) -> list[Problem]:
    """Why a posting must not be shown, with what to write instead; empty when it may be."""
    return [
        Problem(
            record.number,
            record.headers.get(finding.field, ""),
            finding.field,
            words_found(posting, finding),
            finding.rule_id,
            f"岗位信息违规，不参与匹配：{finding.message}",
            finding.rewrite,
            fatal=True,
        )
        for finding in blocking(posting)
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """An open file and how to read it."""

    opened: ImportReading
    now: datetime

    @property
    def path(self) -> Path:
        """The file."""
        return self.opened.path

    def entities(self) -> Iterator[Entity]:
        """Every row in file order, parsed on all cores when there are many."""
        reader = EntityReader(self.opened.reader, self.opened.kind, self.now)
        for chunk in packed_results(self.opened.raw_rows(), reader):
            yield from cast("list[Entity]", unpacked(chunk))


@contextmanager
def read_entities(
    path: Path, kind: Kind, now: datetime, progress: Progress | None = None
) -> Iterator[Reading]:
    """Open a file of postings or workers; raises InvalidInput when it cannot be used as a whole."""
    with read_records(path, kind, None, progress, today=local_date(now)) as opened:
        yield Reading(opened, now)


def problem_row(problem: Problem, path: Path) -> dict[str, Any]:
    """A problem as one JSON row; personal values masked."""
    return {
        "file": path.name,
        "row": problem.row,
        "column": problem.column,
        "value": problem.masked_value,
        "reason": problem.reason,
        "fix": problem.fix,
        "row_left_out": problem.fatal,
    }
