"""/desk/imports: bring in a file, put its rows right, send in the corrected rows (导入与更正)."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.responses import FileResponse, Response

from api.pages.desk.downloads import WORKBOOK
from api.pages.desk.office import AtDesk
from api.pages.staff_request import Form, text
from matcher.errors import InvalidInput
from matcher.imports.mapping import Kind
from matcher.services.desk.background import Redo, Tell
from matcher.services.desk.correction_grid import correction_grid, correction_workbook
from matcher.services.desk.import_desk import (
    LARGEST_FILE,
    import_kept,
    imports_of,
    keep_upload,
    require_import,
    resubmit,
)

router = APIRouter(prefix="/desk/imports")
IMPORT_AGAIN = Redo("/desk/imports", "列表里没有这个文件的话，请重新选文件导入")
_CELL = re.compile(r"cell-(\d{1,9})-(\d{1,4})", re.ASCII)


@router.get("")
def imports(desk: AtDesk) -> Response:
    """One's own imports, and the form for another."""
    with desk.database.reading() as session:
        found = imports_of(session, desk.actor)
    return desk.page("imports.html", found=found, kinds=tuple(Kind), cut_off=desk.jobs().cut_off(desk.actor))


@router.post("")
def upload(desk: AtDesk, form: Form) -> Response:
    """Take a file in and import it in the background."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput("请选择要导入的文件")
    content = file.file.read(LARGEST_FILE + 1)
    kind, source = text(form, "kind"), text(form, "source")[:40]
    database, config, sight, actor = desk.database, desk.runtime.config, desk.sight, desk.actor
    path = keep_upload(config, file.filename, content)

    def work(tell: Tell) -> str:
        made = import_kept(database, config, sight, path, tell, kind=kind, source=source, actor=actor)
        return f"/desk/imports/{made}"

    job = desk.jobs().start(f"导入 {path.name}", actor, work, IMPORT_AGAIN)
    return desk.turn_to(f"/desk/jobs/{job.job_id}")


@router.get("/{job_id}")
def grid(desk: AtDesk, job_id: int) -> Response:
    """The rows that could not be read, to be put right."""
    found = correction_grid(desk.database, desk.sight, job_id, actor=desk.actor)
    return desk.page("import_grid.html", grid=found)


@router.post("/{job_id}")
def corrected(desk: AtDesk, job_id: int, form: Form) -> Response:
    """Import the corrected rows alone."""
    rows = _rows(form)
    database, config, sight, actor = desk.database, desk.runtime.config, desk.sight, desk.actor
    with database.reading() as session:
        require_import(session, job_id, actor=actor)

    def work(tell: Tell) -> str:
        return f"/desk/imports/{resubmit(database, config, sight, job_id, rows, tell, actor=actor)}"

    redo = Redo(f"/desk/imports/{job_id}", "列表里没有这次更正的话，请重新提交")
    job = desk.jobs().start(f"更正导入 {job_id}", actor, work, redo)
    return desk.turn_to(f"/desk/jobs/{job.job_id}")


@router.get("/{job_id}/workbook")
def workbook(desk: AtDesk, job_id: int) -> Response:
    """The correction workbook."""
    path = correction_workbook(desk.database, desk.runtime.config, job_id, actor=desk.actor)
    return FileResponse(path, media_type=WORKBOOK, filename=path.name, headers={"Cache-Control": "no-store"})


def _rows(form: FormData) -> list[dict[str, str]]:
    """The rows that were ticked, header → text."""
    headers = [str(one) for one in form.getlist("header")]
    ticked = {str(one) for one in form.getlist("row")}
    rows: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        cell = _CELL.fullmatch(name)
        if cell and cell[1] in ticked and isinstance(value, str) and int(cell[2]) < len(headers):
            rows.setdefault(cell[1], {})[headers[int(cell[2])]] = value
    return [rows[number] for number in sorted(rows, key=int)]
