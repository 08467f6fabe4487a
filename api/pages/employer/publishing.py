"""/employer/new: paste a message, put it right, submit it; and the same for one that was sent back (发布岗位)."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages.employer.shop import InShop, Shop
from api.pages.staff_request import Form, text, turn_to
from matcher.domain.posting_terms import ReviewState
from matcher.errors import Conflict, InvalidInput
from matcher.services.employers.drafting import LONGEST_MESSAGE, apply_rewrite, read_message
from matcher.services.employers.own_postings import own_posting
from matcher.services.employers.submitting import PostingForm, form_of, submit_posting

router = APIRouter(prefix="/employer")
FIELDS = ("title", "duties", "headcount", "pay", "place", "phone", "valid_to")
EXAMPLE = "急招服务员2名，月薪4000-4500元，包吃住，上午9点到晚上8点，地点县城中街，电话 13800000000，月底前有效"


@router.get("/new")
def paste(shop: InShop) -> Response:
    """An empty page to paste into."""
    return shop.page("paste.html", message="", most=LONGEST_MESSAGE, example=EXAMPLE, problem="")


@router.post("/new")
def read(shop: InShop, form: Form) -> Response:
    """What was made of the message."""
    return _read(shop, text(form, "message"))


@router.post("/new/rewrite")
def rewrite(shop: InShop, form: Form) -> Response:
    """One breach put right."""
    message, number = text(form, "message"), text(form, "number")
    try:
        return _read(shop, apply_rewrite(message, int(number) if number.isdecimal() else -1))
    except InvalidInput as error:
        return _read(shop, message, problem=error.message)


@router.post("/new/submit")
def submit(shop: InShop, form: Form) -> Response:
    """One job of the message to the officers."""
    filled = _filled(form)
    try:
        submit_posting(shop.database, shop.employer_id, filled, actor=shop.actor, near=shop.near)
    except (InvalidInput, Conflict) as error:
        return _form(shop, filled, "/employer/new/submit", problem=error.message)
    return turn_to("/employer?done=submitted")


@router.get("/postings/{posting_id}/edit")
def edit(shop: InShop, posting_id: str) -> Response:
    """The form of one that was sent back or still waits."""
    shown = own_posting(shop.database, shop.employer_id, posting_id)
    if not shown.may_edit:
        raise Conflict("这个岗位已经审核过，内容不能再改；要改请撤下后重新发布")
    filled = form_of(shop.database, shop.employer_id, posting_id)
    asked = shown.asked if shown.review is ReviewState.RETURNED else ()
    return _form(shop, filled, f"/employer/postings/{posting_id}/edit", asked=asked)


@router.post("/postings/{posting_id}/edit")
def change(shop: InShop, posting_id: str, form: Form) -> Response:
    """The new version to the officers."""
    filled = _filled(form)
    try:
        submit_posting(
            shop.database, shop.employer_id, filled, actor=shop.actor, near=shop.near, posting_id=posting_id
        )
    except InvalidInput as error:
        return _form(shop, filled, f"/employer/postings/{posting_id}/edit", problem=error.message)
    return turn_to("/employer?done=submitted")


def _read(shop: Shop, message: str, *, problem: str = "") -> Response:
    try:
        found = read_message(message, now=shop.database.clock.now(), near=shop.near)
    except InvalidInput as error:
        return shop.page(
            "paste.html", 422, message=message, most=LONGEST_MESSAGE, example=EXAMPLE, problem=error.message
        )
    return shop.page("drafts.html", found=found, most=LONGEST_MESSAGE, problem=problem)


def _form(
    shop: Shop, filled: PostingForm, action: str, *, problem: str = "", asked: tuple[str, ...] = ()
) -> Response:
    status = 422 if problem else 200
    return shop.page("form.html", status, draft=asdict(filled), action=action, problem=problem, asked=asked)


def _filled(form: FormData) -> PostingForm:
    return PostingForm(**{name: text(form, name) for name in FIELDS})
