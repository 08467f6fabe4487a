"""Importing a file at the desk, and sending in its corrected rows alone (导入与更正)."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matcher.config import Config
from matcher.domain.record_terms import ImportState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.imports.mapping import Kind, SourceMapping
from matcher.services.accounts.caseload import give_caseload
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.desk.background import Tell
from matcher.services.imports.import_file import ImportReport, Meets, import_file
from matcher.store.database import Database
from matcher.store.session import StoreSession
from matcher.store.tables.records import ImportJobRow, ImportRowErrorRow
from matcher.store.tables.workers import WorkerRow

JOBS_SHOWN = 20
LARGEST_FILE = 64 * 2**20
SUFFIXES = (".xlsx", ".xls", ".csv", ".txt", ".json", ".jsonl")
_IDS_AT_ONCE = 500
_UPLOADS = "uploads"


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


def keep_upload(config: Config, name: str, content: bytes) -> Path:
    """Write an uploaded file where only the service reads it. Raises InvalidInput for its type or size."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"请选择 {'、'.join(SUFFIXES)} 文件；收到“{Path(name).name[:40]}”")
    if not content or len(content) > LARGEST_FILE:
        raise InvalidInput("文件是空的，或超过 64 MB；请分成几个文件")
    folder = config.import_folder / _UPLOADS / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    path = folder / (Path(name).name[-80:] or f"file{suffix}")
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def forget_uploads(config: Config) -> None:
    """Delete what an import that was cut off has left; nothing may be under way."""
    shutil.rmtree(config.import_folder / _UPLOADS, ignore_errors=True)


def import_kept(
    database: Database,
    config: Config,
    sight: Sight,
    path: Path,
    tell: Tell,
    *,
    kind: str = "",
    source: str = "",
    actor: str,
) -> str:
    """Import a kept upload and delete it; returns the number of the import. Raises what `import_file` raises.

    People who are new and have no caseworker join the caseload of whoever brought them, or nobody would see them.
    Raises Conflict, and changes nothing, when the file holds somebody out of sight.
    """
    return _import_and_delete(
        database,
        config,
        sight,
        path,
        actor=actor,
        progress=lambda rows, share: tell("读取并写入", rows, share),
        kind=kind or None,
        source=source,
    )


def imports_of(session: StoreSession, actor: str) -> list[ImportLine]:
    """The latest imports of one member of staff."""
    row = ImportJobRow
    query = select(row).where(row.created_by == actor).order_by(row.id.desc()).limit(JOBS_SHOWN)
    return [import_line(session, one) for one in session.scalars(query)]


def resubmit(
    database: Database,
    config: Config,
    sight: Sight,
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
    return _import_and_delete(
        database,
        config,
        sight,
        path,
        actor=actor,
        progress=lambda done, share: tell("重新导入", done, share),
        kind=Kind(kind),
        mapping=_mapping(mapping),
        source=source,
    )


def _import_and_delete(
    database: Database,
    config: Config,
    sight: Sight,
    path: Path,
    *,
    actor: str,
    progress: Callable[[int, float], None],
    **what: Any,
) -> str:
    """Import a kept upload for a member of staff; the number of the import. The file is deleted whatever comes of it."""
    try:
        report = import_file(
            database,
            path,
            corrections_folder=config.import_folder,
            actor=actor,
            progress=progress,
            processes=1,
            meets=_only_in_sight(sight),
            **what,
        )
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    _take_on(database, report, actor)
    return str(report.job_id)


def require_import(session: StoreSession, job_id: int, *, actor: str) -> ImportJobRow:
    """An import of this member of staff. Raises NotFound for any other."""
    job = session.get(ImportJobRow, job_id)
    if job is None or job.created_by != actor:
        raise NotFound(f"没有编号为 {job_id} 的导入任务")
    return job


def _only_in_sight(sight: Sight) -> Meets:
    """Keeps a file out that would change the record of somebody out of sight."""

    def meets(session: StoreSession, worker_ids: Sequence[str]) -> None:
        row, strangers = WorkerRow, 0
        for start in range(0, len(worker_ids), _IDS_AT_ONCE):
            part = worker_ids[start : start + _IDS_AT_ONCE]
            known = select(row.worker_id).where(row.worker_id.in_(part))
            seen = session.scalars(known.where(visible_workers(sight))).all()
            strangers += len(session.scalars(known).all()) - len(seen)
        if strangers:
            raise Conflict(f"文件里有 {strangers} 人不在您的名册里，没有导入；请去掉这些人，或交给管理员导入")

    return meets


def _take_on(database: Database, report: ImportReport, actor: str) -> None:
    if report.kind is not Kind.WORKERS or not report.new_ids:
        return
    row = WorkerRow
    found: list[str] = []
    with database.reading() as session:
        for start in range(0, len(report.new_ids), _IDS_AT_ONCE):
            part = report.new_ids[start : start + _IDS_AT_ONCE]
            query = select(row.worker_id).where(
                row.source == report.source, row.external_id.in_(part), row.caseworker_id.is_(None)
            )
            found += session.scalars(query).all()
    if found:
        give_caseload(database, actor, found, actor=actor)


def import_line(session: StoreSession, job: ImportJobRow) -> ImportLine:
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


def _mapping(plain: Mapping[str, Any] | None) -> SourceMapping | None:
    if not plain:
        return None
    return SourceMapping(plain["source"], None, plain["columns"], plain["values"])
