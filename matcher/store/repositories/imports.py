"""Imports and the rows that could not be read (导入)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from matcher.domain.record_terms import ImportState
from matcher.errors import NotFound
from matcher.store.plain_json import as_json
from matcher.store.session import StoreSession
from matcher.store.tables.records import ImportJobRow, ImportRowErrorRow, ImportSightingRow

_KEYS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one row. row_number counts as the spreadsheet does; raw_row: header → text."""

    row_number: int
    reason: str
    column: str | None = None
    value: str | None = None
    fix: str | None = None
    raw_row: Mapping[str, Any] | None = None


class ImportRepository:
    """Keeps import jobs and their row errors."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def start(
        self,
        *,
        entity: str,
        source: str,
        file_name: str,
        file_sha256: str,
        full: bool,
        encoding: str | None = None,
        mapping: Mapping[str, Any] | None = None,
    ) -> int:
        """Open a job; returns its number. full: the file holds everything of the source."""
        row = ImportJobRow(
            entity=entity,
            source=source,
            file_name=file_name,
            file_sha256=file_sha256,
            full=full,
            encoding=encoding,
            mapping=dict(mapping) if mapping else None,
            state=ImportState.RUNNING,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def unfinished(self, entity: str, source: str, file_sha256: str) -> ImportJobRow | None:
        """The newest job for the same file that was cut short, to resume it."""
        row = ImportJobRow
        query = select(row).where(
            row.entity == entity,
            row.source == source,
            row.file_sha256 == file_sha256,
            row.state == ImportState.RUNNING,
        )
        return self._session.scalars(query.order_by(row.id.desc()).limit(1)).first()

    def progress(self, job_id: int, rows_read: int, counts: Mapping[str, int]) -> None:
        """Note how far the file was read, in the transaction that stored those rows."""
        row = self.get(job_id)
        row.rows_read, row.counts = rows_read, dict(counts)
        self._session.flush()

    def finish(self, job_id: int, counts: Mapping[str, int], *, failed: bool = False) -> None:
        """Close a job with its counts: new, changed, unchanged, withdrawn, failed."""
        row = self.get(job_id)
        row.state = ImportState.FAILED if failed else ImportState.FINISHED
        row.counts = dict(counts)
        row.finished_at = self._session.now()
        self._session.flush()

    def get(self, job_id: int) -> ImportJobRow:
        """One job. Raises NotFound."""
        row = self._session.get(ImportJobRow, job_id)
        if row is None:
            raise NotFound(f"没有编号为 {job_id} 的导入任务")
        return row

    def add_errors(self, job_id: int, errors: Sequence[RowError]) -> None:
        """Keep rows that could not be read; value and raw row are encrypted."""
        rows = [
            {
                "job_id": job_id,
                "row_number": error.row_number,
                "column_name": error.column,
                "value": error.value,
                "reason": error.reason,
                "fix": error.fix,
                "raw_row": as_json(dict(error.raw_row)) if error.raw_row is not None else None,
            }
            for error in errors
        ]
        if rows:
            self._session.execute(insert(ImportRowErrorRow), rows)

    def errors(self, job_id: int) -> Iterator[ImportRowErrorRow]:
        """The errors of a job in file order, values in clear: for the correction workbook only."""
        row = ImportRowErrorRow
        query = select(row).where(row.job_id == job_id).order_by(row.row_number, row.id)
        yield from self._session.scalars(query.execution_options(yield_per=_KEYS_AT_ONCE))


def note_sightings(session: StoreSession, job_id: int, external_ids: Iterable[str]) -> None:
    """Note that an import met these keys; meeting one again, after a resume, changes nothing."""
    wanted = sorted(external_ids)
    table: Any = ImportSightingRow.__table__
    connection = session.connection()
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        part = wanted[start : start + _KEYS_AT_ONCE]
        query = select(table.c.external_id).where(table.c.job_id == job_id, table.c.external_id.in_(part))
        known = set(connection.execute(query).scalars())
        rows = [{"job_id": job_id, "external_id": one} for one in part if one not in known]
        if rows:
            connection.execute(insert(table), rows)
