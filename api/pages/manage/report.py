"""/manage/report: the monthly report before it goes out, its rows, and as a workbook (月报)."""

from __future__ import annotations

from itertools import count

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.manage.choices import month_choices
from api.pages.manage.office import XLSX, AtOffice
from api.pages.staff_request import download
from matcher.errors import NotFound
from matcher.services.overview.monthly_file import monthly_file
from matcher.services.overview.overview import next_due
from matcher.services.reports.monthly_figures import Figure
from matcher.services.reports.monthly_report import TO_FILL, MonthlyReport, Section, monthly_report

router = APIRouter(prefix="/manage/report")
MOST_SHOWN = 1_000


@router.get("")
def preview(office: AtOffice, request: Request) -> Response:
    """Every heading with its figures."""
    office.require_whole_office()
    report = _report(office, request)
    due = next_due(office.pack, office.today)
    return office.page(
        "report.html",
        report=report,
        sections=_numbered(report),
        months=month_choices(office.today),
        due=due,
        days=(due - office.today).days,
        to_fill=TO_FILL,
    )


@router.get("/rows/{number}")
def rows(office: AtOffice, request: Request, number: int) -> Response:
    """The rows of one figure of the report."""
    office.require_whole_office()
    report = _report(office, request)
    if not 1 <= number <= len(report.figures):
        raise NotFound("月报里没有这一项；请从月报预览进入")
    return office.page("report_rows.html", report=report, figure=report.figures[number - 1], most=MOST_SHOWN)


@router.post("/file")
def file(office: AtOffice, request: Request) -> Response:
    """The report as a workbook; taking it is in the audit log."""
    office.require_whole_office()
    name, content = monthly_file(office.database, office.pack, _month(office, request), actor=office.actor)
    return download(content, name, XLSX)


def _numbered(report: MonthlyReport) -> list[tuple[Section, list[tuple[int, Figure]]]]:
    """The sections, each figure with its number in the whole report."""
    numbers = count(1)
    return [(section, [(next(numbers), figure) for figure in section.figures]) for section in report.sections]


def _report(office: AtOffice, request: Request) -> MonthlyReport:
    with office.database.reading() as session:
        return monthly_report(session, office.pack, _month(office, request))


def _month(office: AtOffice, request: Request) -> str:
    return request.query_params.get("month") or f"{office.today:%Y-%m}"
