"""/desk/leads: a caseworker calls the leads of livestreams back, off the air (线索回电)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.pages.live.studio import InStudio, Studio
from matcher.domain.event_terms import LeadState
from matcher.services.live.calling import calls_of, claim_lead, log_lead_call, reveal_claimed

router = APIRouter(prefix="/desk/leads")


@router.get("")
def leads(studio: InStudio) -> Response:
    """Those to be called, the longest overdue first, and those that go on."""
    return _list(studio)


@router.post("/{lead_id}/claim")
def claim(studio: InStudio, lead_id: int) -> Response:
    """Take one over."""
    claim_lead(studio.database, studio.staff, lead_id)
    return _list(studio)


@router.post("/{lead_id}/reveal")
def reveal(studio: InStudio, lead_id: int, reason: Annotated[str, Form(max_length=200)] = "") -> Response:
    """The whole phone of one's own lead, for a reason that is kept."""
    phone = reveal_claimed(studio.database, studio.staff, lead_id, reason)
    return studio.page("call_phone.html", phone=phone)


@router.post("/{lead_id}/result")
def result(
    studio: InStudio,
    lead_id: int,
    state: Annotated[str, Form(max_length=20)] = "",
    whose: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """What the call led to; the first result stops the clock."""
    own_phone = {"own": True, "other": False}.get(whose)
    log_lead_call(studio.database, studio.staff, lead_id, LeadState.read(state, field="结果"), own_phone=own_phone)
    return _list(studio)


def _list(studio: Studio) -> Response:
    """The list; for htmx without what stands around it."""
    with studio.database.reading() as session:
        found = calls_of(session, studio.sign, studio.staff)
    piece = studio.request.headers.get("HX-Request") == "true"
    return studio.page("calls_list.html" if piece else "calls.html", calls=found)
