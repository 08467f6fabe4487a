"""/desk/households: 零就业家庭, their terms and members (家庭)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.desk.office import AtDesk
from api.pages.staff_request import Form, text
from matcher.services.desk.household_view import (
    household_file,
    households_in_sight,
    retarget_household,
    verify_household,
)

router = APIRouter(prefix="/desk/households")


@router.get("")
def households(desk: AtDesk) -> Response:
    """Open households with a member in sight, the most pressing first."""
    with desk.database.reading() as session:
        lines = households_in_sight(session, desk.pack, desk.sight)
    return desk.page("households.html", lines=lines)


@router.get("/{household_id}")
def household(desk: AtDesk, household_id: str, done: str = "") -> Response:
    """One household, masked."""
    with desk.database.reading() as session:
        found = household_file(session, desk.pack, desk.sight, household_id)
    said = {"verified": "已核实", "target": "已换帮扶对象"}.get(done, "")
    return desk.page("household.html", found=found, done=said)


@router.post("/{household_id}/verify")
def verify(desk: AtDesk, household_id: str) -> Response:
    """The members' statuses were checked."""
    verify_household(desk.database, desk.sight, household_id, actor=desk.actor)
    return desk.turn_to(f"/desk/households/{household_id}?done=verified")


@router.post("/{household_id}/target")
def target(desk: AtDesk, household_id: str, form: Form) -> Response:
    """Help another member first."""
    retarget_household(
        desk.database,
        desk.sight,
        household_id,
        text(form, "worker_id"),
        reason=text(form, "reason"),
        actor=desk.actor,
    )
    return desk.turn_to(f"/desk/households/{household_id}?done=target")
