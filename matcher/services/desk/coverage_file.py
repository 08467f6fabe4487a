"""The coverage of a batch as a workbook, names masked, for whoever sees all of its people (覆盖率表格)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import func, select

from matcher.errors import Conflict
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.desk.batch_desk import require_batch
from matcher.services.reports.coverage_report import write_coverage_report
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchPersonRow
from matcher.store.tables.workers import WorkerRow


def coverage_file(
    database: Database, sight: Sight, batch_id: int, *, planner: str | None, actor: str
) -> list[tuple[str, bytes]]:
    """(file name, content) of the report, several for a very large batch; that it was taken out is logged.

    Raises NotFound for somebody else's batch, Conflict when it holds people out of sight.
    """
    with database.writing(actor) as session:
        require_batch(session, sight, batch_id, planner=planner)
        _require_everybody(session, sight, batch_id)
        AuditRepository(session).append(
            action="export_coverage", entity="push_batch", entity_id=str(batch_id), reason="导出批次覆盖率"
        )
    with tempfile.TemporaryDirectory() as folder:
        made = write_coverage_report(database, batch_id, Path(folder) / f"批次{batch_id}-覆盖率.xlsx")
        return [(path.name, path.read_bytes()) for path in made.files]


def _require_everybody(session: StoreSession, sight: Sight, batch_id: int) -> None:
    person = PushBatchPersonRow
    people = select(func.count()).select_from(person).where(person.batch_id == batch_id)
    seen = people.join(WorkerRow, WorkerRow.worker_id == person.worker_id).where(visible_workers(sight))
    if session.scalar(people) != session.scalar(seen):
        raise Conflict("这个批次里有不在您范围的人，不能导出；请在页面上查看")
