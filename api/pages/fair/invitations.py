"""/fair/{id}/invitations: waves of arrival, the text as it would leave, answers (邀约)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair, Hall
from api.pages.staff_request import Form, download, text
from matcher.errors import InvalidInput, MatcherError
from matcher.services.fairs.invitation_view import invitation_page
from matcher.services.fairs.inviting import hand_over_invitations, invite, reply_to_invitation

router = APIRouter(prefix="/fair/{event_id}/invitations")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTHING_DUE = "没有待发的邀约：都已取出，或岗位已失效、联系不上"


@router.get("")
def invitations(hall: AtFair, event_id: int, wave: int | None = None, page: int = 1) -> Response:
    """One wave, a page at a time."""
    return _page(hall, event_id, wave=wave, page=page)


@router.post("")
def ask(hall: AtFair, event_id: int) -> Response:
    """Ask everybody with a meeting who was not asked yet."""
    try:
        made = invite(hall.database, event_id, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    told = f"邀约 {made.asked} 人，分 {len(made.waves)} 批到场；候补 {made.waiting} 人；联系不上 {made.unreachable} 人"
    return _page(hall, event_id, done=told)


@router.post("/reply")
def reply(hall: AtFair, event_id: int, form: Form) -> Response:
    """Take down an answer; a no moves up whoever waits first."""
    coming = text(form, "coming") == "yes"
    try:
        moved = reply_to_invitation(hall.database, event_id, text(form, "worker"), coming=coming, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    told = "记下了：会来" if coming else "记下了：不来，时段已空出" + ("，候补第一位已补上" if moved else "")
    return _page(hall, event_id, done=told)


@router.post("/file")
def file(hall: AtFair, event_id: int, form: Form) -> Response:
    """The texts that are due with whole phone numbers, for a reason that is logged for each person."""
    try:
        with tempfile.TemporaryDirectory(prefix="matcher-fair-") as folder:
            out = Path(folder) / "invitations.xlsx"
            done = hand_over_invitations(
                hall.database, out, office=hall.pack.office, reason=text(form, "reason"), event_id=event_id,
                actor=hall.actor,
            )  # fmt: skip
            if not done.written:
                raise InvalidInput(NOTHING_DUE)
            return download(out.read_bytes(), f"邀约-{event_id}.xlsx", XLSX)
    except REFUSED as error:
        return _page(hall, event_id, error)


def _page(
    hall: Hall,
    event_id: int,
    error: MatcherError | None = None,
    *,
    wave: int | None = None,
    page: int = 1,
    done: str = "",
) -> Response:
    with hall.database.reading() as session:
        shown = invitation_page(session, event_id, hall.pack.office, wave=wave, page=page)
    return hall.fair_page(event_id, "invitations.html", error, done, shown=shown, here="invitations")
