"""How far a background job has come (后台进度)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.desk.office import AtDesk
from matcher.services.desk.background import JobState

router = APIRouter(prefix="/desk/jobs")


@router.get("/{job_id}")
def job(desk: AtDesk, job_id: str) -> Response:
    """The bar of a job; when it is done, on to what it made."""
    found = desk.jobs().get(job_id, desk.actor)
    if found.state is JobState.DONE and found.result:
        return desk.turn_to(found.result)
    template = "job_bar.html" if desk.request.headers.get("HX-Request") else "job.html"
    return desk.page(template, job=found)
