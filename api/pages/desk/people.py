"""/desk/people: find somebody (找人). The words go in a form body, never into an address that is logged."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.desk.office import AtDesk, Desk
from api.pages.staff_request import Form, text
from matcher.domain.worker_terms import JobStatus
from matcher.services.desk.people_search import find_people

router = APIRouter(prefix="/desk/people")


@router.get("")
def everybody(desk: AtDesk, page: int = 1) -> Response:
    """Everybody in sight, the longest without a contact first."""
    return _page(desk, "", "", page)


@router.post("")
def found(desk: AtDesk, form: Form) -> Response:
    """Whoever fits the words."""
    number = text(form, "page")
    return _page(desk, text(form, "words")[:60], text(form, "status"), int(number) if number.isdigit() else 1)


def _page(desk: Desk, asked: str, status: str, page: int) -> Response:
    wanted = JobStatus.read(status, field="就业状况") if status else None
    with desk.database.reading() as session:
        people = find_people(session, desk.sight, asked, status=wanted, page=page)
    now = desk.database.clock.now()
    return desk.page("people.html", found=people, words=asked, chosen=status, statuses=tuple(JobStatus), now=now)
