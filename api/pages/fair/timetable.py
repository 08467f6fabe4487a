"""/fair/{id}/timetable: booths by slots, with what organisers decide over it (排定)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair, Hall, number
from api.pages.staff_request import Form, text
from matcher.domain.event_terms import OverrideKind
from matcher.errors import MatcherError
from matcher.services.accounts.sight import require_worker
from matcher.services.fairs.overriding import decide_pair
from matcher.services.fairs.planning import Planned, plan_fair
from matcher.services.fairs.timetable_view import timetable_grid

router = APIRouter(prefix="/fair/{event_id}")
REASONS = ("本人要求", "单位要求", "时间来不了", "同村同行", "其他情况")


@router.get("/timetable")
def timetable(hall: AtFair, event_id: int) -> Response:
    """The grid."""
    return _page(hall, event_id)


@router.post("/plan")
def plan(hall: AtFair, event_id: int) -> Response:
    """Plan, or plan again: what need not change stays."""
    try:
        planned = _plan(hall, event_id)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, planned=planned)


@router.post("/decisions")
def decide(hall: AtFair, event_id: int, form: Form) -> Response:
    """Keep a decision with its reason, then plan again around it."""
    worker_id = text(form, "worker")
    try:
        kind = OverrideKind.read(text(form, "kind"), field="指定或排除")
        slot = number(form, "slot", "时段")
        with hall.database.reading() as session:
            require_worker(session, hall.sight, worker_id)
        decide_pair(
            hall.database, event_id, worker_id, text(form, "posting"), kind,
            slot=slot if kind is OverrideKind.PIN else None,
            reason=text(form, "note") or text(form, "reason"), actor=hall.actor,
        )  # fmt: skip
        planned = _plan(hall, event_id)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, planned=planned)


def _plan(hall: Hall, event_id: int) -> Planned:
    return plan_fair(hall.database, event_id, hall.runtime.scorer, hall.pack, actor=hall.actor)


def _page(
    hall: Hall, event_id: int, error: MatcherError | None = None, *, planned: Planned | None = None
) -> Response:
    with hall.database.reading() as session:
        grid = timetable_grid(session, event_id)
    return hall.fair_page(
        event_id, "timetable.html", error, grid=grid, planned=planned, reasons=REASONS, here="timetable"
    )
