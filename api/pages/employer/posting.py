"""/employer/postings/…: one posting, who may be seen for it, and renew, fill, withdraw (岗位详情)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.employer.shop import InShop
from api.pages.staff_request import Form, text, turn_to
from matcher.services.employers.answering import UnfitReason, Verdict
from matcher.services.employers.candidates import candidates
from matcher.services.employers.own_postings import (
    MOST_LEFT,
    mark_filled,
    own_posting,
    renew,
    withdraw,
)

router = APIRouter(prefix="/employer/postings")


@router.get("/{posting_id}")
def posting(shop: InShop, posting_id: str) -> Response:
    """The posting with its people."""
    shown = own_posting(shop.database, shop.employer_id, posting_id)
    return shop.page(
        "posting.html",
        shown=shown,
        people=candidates(shop.runtime, shop.employer_id, posting_id),
        verdicts=tuple(one for one in Verdict if one is not Verdict.UNFIT),
        reasons=tuple(UnfitReason),
        done=shop.request.query_params.get("done", ""),
    )


@router.post("/{posting_id}/renew")
def prolong(shop: InShop, posting_id: str, form: Form) -> Response:
    """Still wanted, so many."""
    left = text(form, "left")
    number = int(left) if left.isdecimal() and len(left) <= len(str(MOST_LEFT)) else 0
    renew(shop.database, shop.employer_id, posting_id, left=number, actor=shop.actor)
    return turn_to(f"/employer/postings/{posting_id}?done=renewed")


@router.post("/{posting_id}/filled")
def filled(shop: InShop, posting_id: str, form: Form) -> Response:
    """Nobody is wanted any more."""
    here = text(form, "where") != "elsewhere"
    mark_filled(shop.database, shop.employer_id, posting_id, here=here, actor=shop.actor)
    return turn_to(f"/employer/postings/{posting_id}?done=filled")


@router.post("/{posting_id}/withdraw")
def take_back(shop: InShop, posting_id: str) -> Response:
    """Out of every answer at once."""
    withdraw(shop.database, shop.employer_id, posting_id, actor=shop.actor)
    return turn_to("/employer?done=withdrawn")
