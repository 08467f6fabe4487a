"""/manage/rows: what a figure counts, masked, and as a workbook (明细)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.pages.manage.links import Links
from api.pages.manage.office import XLSX, AtOffice
from api.pages.staff_request import Form, download, text
from matcher.services.overview.catalogue import ROWS_OF_A_PAGE, rows_page
from matcher.services.overview.export import MOST_ROWS, export_rows

router = APIRouter(prefix="/manage/rows")
MOST_PAGES = 100_000


@router.get("/{figure}")
def rows(office: AtOffice, figure: str, page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1) -> Response:
    """One page of the rows of a figure."""
    view = office.view()
    shown = rows_page(office.database, office.pack, view, figure, page, actor=office.actor)
    return office.page(
        "rows.html", shown=shown, view=view, links=Links(view), first=(page - 1) * ROWS_OF_A_PAGE, most=MOST_ROWS
    )


@router.post("/{figure}/export")
def export(office: AtOffice, figure: str, form: Form) -> Response:
    """The rows as a workbook, for a stated reason."""
    made = export_rows(
        office.database, office.pack, office.view(), figure, reason=text(form, "reason"), actor=office.actor
    )
    return download(made.content, made.file_name, XLSX)
