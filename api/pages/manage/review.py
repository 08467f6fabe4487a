"""/manage/review: what employers submitted, to be let out or sent back (岗位审核)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.manage.office import AtOffice
from api.pages.staff_request import Form, text, turn_to
from matcher.services.employers.posting_review import accept_posting, return_posting, waiting_postings
from matcher.services.review.open_findings import open_counts

router = APIRouter(prefix="/manage/review")


@router.get("")
def review(office: AtOffice) -> Response:
    """The oldest of those that wait."""
    count, waiting = waiting_postings(office.database)
    with office.database.reading() as session:
        elsewhere = open_counts(session)
    done = office.request.query_params.get("done", "")
    return office.page("review.html", count=count, waiting=waiting, elsewhere=elsewhere, done=done)


@router.post("/{posting_id}/accept")
def accept(office: AtOffice, posting_id: str, form: Form) -> Response:
    """Let one out."""
    accept_posting(office.database, posting_id, checked=bool(text(form, "checked")), actor=office.actor)
    return turn_to("/manage/review?done=accepted")


@router.post("/{posting_id}/return")
def send_back(office: AtOffice, posting_id: str, form: Form) -> Response:
    """Send one back with a reason."""
    return_posting(office.database, posting_id, reason=text(form, "reason"), actor=office.actor)
    return turn_to("/manage/review?done=returned")
