"""The monthly report as a file, taken by a person (月报下载)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from matcher.regions.pack import RegionPack
from matcher.services.reports.monthly_report import write_monthly_report
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository


def monthly_file(database: Database, pack: RegionPack, year_month: str, *, actor: str) -> tuple[str, bytes]:
    """File name and workbook of a month such as 2026-03; who took it is in the audit log.

    Raises InvalidInput for another text or a month to come.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        report, _ = write_monthly_report(database, pack, year_month, path)
        content = path.read_bytes()
    with database.writing(actor) as session:
        AuditRepository(session).append(
            action="export_report",
            entity="monthly_report",
            entity_id=f"{report.month.first:%Y-%m}",
            reason="下载月报",
            details={"figures": len(report.figures), "pack": pack.version},
        )
    return f"{report.region}{report.month.label}月报.xlsx", content
