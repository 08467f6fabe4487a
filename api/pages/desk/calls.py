"""Logging a call, and a refusal with the person's word against it (通话登记, 拒绝与异议)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages.desk.office import AtDesk, Desk, person_url
from api.pages.staff_request import Form, text
from matcher.clock import SHANGHAI, local_date
from matcher.domain.outcome_terms import QueueKind
from matcher.domain.service_terms import FollowUpMode, ResponseReason, ServiceKind
from matcher.errors import InvalidInput
from matcher.services.desk.call_log import Call, PushSaid, Said, log_call
from matcher.services.desk.refusals import correct_refusal, note_objection

router = APIRouter(prefix="/desk/people/{worker_id}")
NEXT_AT = time(9)


@router.post("/call")
def call(desk: AtDesk, worker_id: str, form: Form) -> Response:
    """One call, with everything that was said in it."""
    logged = log_call(
        desk.database, desk.pack, desk.office(), desk.sight, _read(desk, worker_id, form), actor=desk.actor
    )
    if logged.told:
        return desk.page("call_told.html", logged=logged, worker_id=worker_id)
    return desk.turn_to(f"{person_url(worker_id)}?done=call")


@router.post("/pushes/{push_id}/objection")
def objection(desk: AtDesk, worker_id: str, push_id: int) -> Response:
    """The person objects to a refusal that was recorded."""
    note_objection(desk.database, desk.sight, worker_id, push_id, actor=desk.actor)
    return desk.turn_to(f"{person_url(worker_id)}?done=objection")


@router.post("/pushes/{push_id}/correction")
def correction(desk: AtDesk, worker_id: str, push_id: int) -> Response:
    """The objection holds: the refusal is taken back."""
    correct_refusal(desk.database, desk.sight, worker_id, push_id, actor=desk.actor)
    return desk.turn_to(f"{person_url(worker_id)}?done=corrected")


def _read(desk: Desk, worker_id: str, form: FormData) -> Call:
    kind, service = text(form, "kind"), text(form, "service")
    return Call(
        worker_id=worker_id,
        mode=FollowUpMode.read(text(form, "mode") or FollowUpMode.PHONE, field="方式"),
        reached=text(form, "reached") != "no",
        kind=QueueKind.read(kind, field="待办类型") if kind else None,
        answers=tuple(_answers(form)),
        note=text(form, "note"),
        service=ServiceKind.read(service, field="服务类型") if service else None,
        next_at=_next_at(desk, text(form, "next_in"), text(form, "next_on")),
    )


def _answers(form: FormData) -> list[PushSaid]:
    found = []
    for name in form:
        number = name.removeprefix("said-")
        said = text(form, name)
        if name.startswith("said-") and said and number.isdigit():
            reason = text(form, f"reason-{number}")
            why = ResponseReason.read(reason, field="不合适原因") if reason else None
            chosen = Said.read(said, field="答复")
            found.append(PushSaid(int(number), chosen, why if chosen is Said.UNSUITABLE else None))
    return found


def _next_at(desk: Desk, days: str, day: str) -> datetime | None:
    """Nine in the morning of the day that was chosen."""
    if not days and not day:
        return None
    today = local_date(desk.database.clock.now())
    try:
        chosen = datetime.fromisoformat(day).date() if day else today + timedelta(days=int(days))
    except ValueError:
        raise InvalidInput("下次联系的日期应写成 2026-03-02 这样") from None
    return datetime.combine(chosen, NEXT_AT, SHANGHAI)
