"""Importing a file at the desk and putting its rows right one by one (导入与更正).

The rows that could not be read hold what the file holds, in clear: they are shown to whoever imported the file,
for a logged act, and to nobody else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matcher.config import Config
from matcher.domain.record_terms import ImportState
from matcher.errors import InvalidInput, NotFound
from matcher.imports.mapping import Kind, SourceMapping
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.desk.background import Tell
from matcher.services.imports.import_file import import_file
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.imports import ImportRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.records import ImportJobRow, ImportRowErrorRow
from matcher.store.tables.workers import WorkerRow

JOBS_SHOWN = 20
ROWS_SHOWN = 100
LARGEST_FILE = 64 * 2**20
SUFFIXES = (".xlsx", ".xls", ".csv", ".txt", ".json", ".jsonl")
_ID_HEADERS = ("身份证号", "身份证号码", "公民身份号码", "证件号码", "证件号")


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import of the list."""

    job_id: int
    file_name: str
    kind: str
    state: ImportState
    counts: Mapping[str, int]
    at: datetime
    wrong: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as text. problem: what is wrong with it and what to do, "" when nothing is."""

    header: str
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    """One row set aside. problems: of the row as a whole; twin: who has the same number already, masked."""

    number: int
    cells: tuple[Cell, ...]
    problems: tuple[str, ...]
    twin: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of one import that were set aside, to be put right. left: rows beyond those shown."""

    line: ImportLine
    headers: tuple[str, ...]
    rows: tuple[WrongRow, ...]
    left: int
    notes: tuple[str, ...]


def keep_upload(config: Config, name: str, content: bytes) -> Path:
    """Write an uploaded file where only the service reads it. Raises InvalidInput for its type or size."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"请选择 {'、'.join(SUFFIXES)} 文件；收到“{Path(name).name[:40]}”")
    if not content or len(content) > LARGEST_FILE:
        raise InvalidInput("文件是空的，或超过 64 MB；请分成几个文件")
    folder = config.import_folder / "uploads" / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    path = folder / (Path(name).name[-80:] or f"file{suffix}")
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def import_kept(
    database: Database,
    config: Config,
    path: Path,
    tell: Tell,
    *,
    kind: str = "",
    source: str = "",
    actor: str,
) -> str:
    """Import a kept upload and delete it; returns the number of the import. Raises what `import_file` raises."""
    try:
        report = import_file(
            database,
            path,
            corrections_folder=config.import_folder,
            kind=kind or None,
            source=source,
            actor=actor,
            progress=lambda rows, share: tell("读取并写入", rows, share),
            processes=1,
        )
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    return str(report.job_id)


def imports_of(session: StoreSession, actor: str) -> list[ImportLine]:
    """The latest imports of one member of staff."""
    row = ImportJobRow
    query = select(row).where(row.created_by == actor).order_by(row.id.desc()).limit(JOBS_SHOWN)
    return [_line(session, one) for one in session.scalars(query)]


def correction_grid(database: Database, sight: Sight, job_id: int, *, actor: str) -> Grid:
    """The rows to put right of one's own import; that they were opened is logged. Raises NotFound."""
    with database.writing(actor) as session:
        job = require_import(session, job_id, actor=actor)
        line = _line(session, job)
        if line.wrong:
            AuditRepository(session).append(
                action="open_corrections",
                entity="import_job",
                entity_id=str(job_id),
                reason="更正导入数据",
                details={"rows": line.wrong},
            )
        return _grid(session, sight, line)


def resubmit(
    database: Database,
    config: Config,
    job_id: int,
    rows: Sequence[Mapping[str, str]],
    tell: Tell,
    *,
    actor: str,
) -> str:
    """Import the corrected rows alone, under the source and mapping of the first import; returns its number.

    rows: header → text, every one as text, so that 0 in front and long numbers stay. Raises NotFound, InvalidInput.
    """
    kept = [{key: text for key, text in row.items() if text.strip()} for row in rows]
    kept = [row for row in kept if row]
    if not kept:
        raise InvalidInput("没有要提交的行")
    with database.reading() as session:
        job = require_import(session, job_id, actor=actor)
        kind, source, mapping = job.entity, job.source, job.mapping
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in kept).encode()
    path = keep_upload(config, f"更正-{job_id}.jsonl", content)
    try:
        report = import_file(
            database,
            path,
            corrections_folder=config.import_folder,
            kind=Kind(kind),
            mapping=_mapping(mapping),
            source=source,
            actor=actor,
            progress=lambda done, share: tell("重新导入", done, share),
            processes=1,
        )
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    return str(report.job_id)


def correction_workbook(database: Database, config: Config, job_id: int, *, actor: str) -> Path:
    """The workbook of one's own import, to be put right outside; that it was fetched is logged.

    Raises NotFound when there is none.
    """
    with database.writing(actor) as session:
        require_import(session, job_id, actor=actor)
        path = config.import_folder / f"corrections-{job_id}.xlsx"
        if not path.is_file():
            raise NotFound("这次导入没有更正表")
        AuditRepository(session).append(
            action="download_corrections", entity="import_job", entity_id=str(job_id), reason="下载更正表"
        )
    return path


def require_import(session: StoreSession, job_id: int, *, actor: str) -> ImportJobRow:
    """An import of this member of staff. Raises NotFound for any other."""
    job = session.get(ImportJobRow, job_id)
    if job is None or job.created_by != actor:
        raise NotFound(f"没有编号为 {job_id} 的导入任务")
    return job


def _line(session: StoreSession, job: ImportJobRow) -> ImportLine:
    row = ImportRowErrorRow
    numbers = select(row.row_number).where(row.job_id == job.id, row.raw_row.is_not(None)).distinct()
    return ImportLine(
        job_id=job.id,
        file_name=job.file_name,
        kind=Kind(job.entity).label,
        state=job.state,
        counts=job.counts or {},
        at=job.created_at,
        wrong=len(session.scalars(numbers).all()),
    )


def _grid(session: StoreSession, sight: Sight, line: ImportLine) -> Grid:
    raw: dict[int, dict[str, Any]] = {}
    problems: dict[int, list[ImportRowErrorRow]] = {}
    for error in ImportRepository(session).errors(line.job_id):
        problems.setdefault(error.row_number, []).append(error)
        if error.raw_row is not None:
            raw[error.row_number] = json.loads(error.raw_row)
    shown = sorted(raw)[:ROWS_SHOWN]
    headers = tuple(dict.fromkeys(header for number in shown for header in raw[number]))
    rows = tuple(_row(session, sight, number, raw[number], headers, problems[number]) for number in shown)
    notes = [
        f"第 {number} 行已导入，“{one.column_name or '整行'}”没有采用：{one.reason}"
        for number, found in problems.items()
        if number not in raw
        for one in found
    ]
    return Grid(line, headers, rows, max(len(raw) - len(shown), 0), tuple(notes[:ROWS_SHOWN]))


def _row(
    session: StoreSession,
    sight: Sight,
    number: int,
    values: Mapping[str, Any],
    headers: Sequence[str],
    problems: Sequence[ImportRowErrorRow],
) -> WrongRow:
    by_column: dict[str, list[str]] = {}
    whole = []
    for one in problems:
        text = "；".join(part for part in (one.reason, one.fix) if part)
        if one.column_name in headers:
            by_column.setdefault(one.column_name or "", []).append(text)
        else:
            whole.append(text)
    cells = tuple(Cell(name, _text(values.get(name)), "；".join(by_column.get(name, ()))) for name in headers)
    return WrongRow(number, cells, tuple(whole), _twin(session, sight, cells))


def _twin(session: StoreSession, sight: Sight, cells: Sequence[Cell]) -> str:
    """Who is stored under the ID number of a row already, masked; "" when nobody, or nobody in sight."""
    number = next((cell.text for cell in cells if cell.header.strip() in _ID_HEADERS and cell.text), "")
    people = WorkerRepository(session)
    found = people.find_by_id_number(number) if number else []
    query = select(WorkerRow.worker_id).where(WorkerRow.worker_id.in_(found), visible_workers(sight))
    for worker_id in session.scalars(query):
        who = people.masked_identity(worker_id)
        phone = who.phones[0] if who.phones else "无电话"
        return f"{who.name}，{who.id_number}，{phone}"
    return ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def _mapping(plain: Mapping[str, Any] | None) -> SourceMapping | None:
    if not plain:
        return None
    return SourceMapping(plain["source"], None, plain["columns"], plain["values"])
