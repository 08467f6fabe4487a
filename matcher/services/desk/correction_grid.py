"""The rows of an import that were set aside, as a grid to put them right in (更正表格).

The rows hold what the file holds, in clear: they are shown to whoever imported the file, for a logged act, and to
nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matcher.config import Config
from matcher.errors import NotFound
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.desk.import_desk import ImportLine, import_line, require_import
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.imports import ImportRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.records import ImportRowErrorRow
from matcher.store.tables.workers import WorkerRow

ROWS_SHOWN = 100
_ID_HEADERS = ("身份证号", "身份证号码", "公民身份号码", "证件号码", "证件号")


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


def correction_grid(database: Database, sight: Sight, job_id: int, *, actor: str) -> Grid:
    """The rows to put right of one's own import; that they were opened is logged. Raises NotFound."""
    with database.writing(actor) as session:
        job = require_import(session, job_id, actor=actor)
        line = import_line(session, job)
        if line.wrong:
            AuditRepository(session).append(
                action="open_corrections",
                entity="import_job",
                entity_id=str(job_id),
                reason="更正导入数据",
                details={"rows": line.wrong},
            )
        return _grid(session, sight, line)


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
