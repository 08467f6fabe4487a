"""/employer: own postings, and how the employer has answered so far (我的岗位)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.employer.shop import InShop
from matcher.services.care.employer_record import employer_record
from matcher.services.employers.own_postings import own_postings

router = APIRouter(prefix="/employer")


@router.get("")
def home(shop: InShop) -> Response:
    """The list, what needs something from the employer first."""
    found = own_postings(shop.database, shop.employer_id)
    with shop.database.reading() as session:
        record = employer_record(session, shop.employer_id)
    done = shop.request.query_params.get("done", "")
    return shop.page("home.html", found=found, record=record, done=done)
