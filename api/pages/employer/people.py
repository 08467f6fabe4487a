"""People an employer may see: contact, one-tap answer, asking the office to invite (求职者)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.employer.shop import InShop
from api.pages.staff_request import Form, text, turn_to
from matcher.services.employers.answering import UnfitReason, Verdict, answer_person
from matcher.services.employers.candidates import ask_to_invite, contact_of

router = APIRouter(prefix="/employer/postings/{posting_id}")


@router.post("/people/{push_id}/contact")
def contact(shop: InShop, posting_id: str, push_id: int) -> Response:
    """Name and phone of one person, told once."""
    known = contact_of(shop.database, shop.employer_id, push_id, actor=shop.actor)
    return shop.page("contact.html", known=known, push_id=push_id)


@router.post("/people/{push_id}/answer")
def answer(shop: InShop, posting_id: str, push_id: int, form: Form) -> Response:
    """What became of one person."""
    reason = text(form, "reason")
    answer_person(
        shop.database,
        shop.employer_id,
        push_id,
        Verdict.read(text(form, "verdict"), field="答复"),
        UnfitReason.read(reason, field="原因") if reason else None,
        actor=shop.actor,
    )
    return turn_to(f"/employer/postings/{posting_id}?done=answered")


@router.post("/invite")
def invite(shop: InShop, posting_id: str, form: Form) -> Response:
    """Ask the office to invite somebody who would fit."""
    ask_to_invite(shop.runtime, shop.employer_id, posting_id, text(form, "token"), actor=shop.actor)
    return turn_to(f"/employer/postings/{posting_id}?done=invited")
