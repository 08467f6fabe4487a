"""/fair/{id}/report: every figure opens its rows (报告)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import AtFair
from matcher.services.fairs.reporting import fair_report

router = APIRouter(prefix="/fair/{event_id}/report")


@router.get("")
def report(hall: AtFair, event_id: int, rows: str = "") -> Response:
    """rows: the figure whose rows are shown below."""
    with hall.database.reading() as session:
        found = fair_report(session, event_id)
    return hall.fair_page(event_id, "report.html", report=found, opened=found.figure(rows), here="report")
