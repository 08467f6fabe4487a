"""/fair/{id}/desk: check-in on a phone (签到)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair
from api.pages.staff_request import Form, text
from matcher.domain.event_terms import CheckinVia
from matcher.errors import NotFound
from matcher.services.accounts.sight import require_worker
from matcher.services.fairs.arriving import check_in, check_in_person, count_visitor
from matcher.services.fairs.at_the_door import offers_at_the_door, people_called
from matcher.services.fairs.walk_ins import walk_in

router = APIRouter(prefix="/fair/{event_id}/desk")
NOBODY = "库里没有这个人；请到服务台建档，或只计人数"


@router.get("")
def desk(hall: AtFair, event_id: int) -> Response:
    """The field for what somebody says."""
    return hall.fair_page(event_id, "door.html", here="desk")


@router.post("")
def said(hall: AtFair, event_id: int, form: Form) -> Response:
    """A slip's code, the end of a phone or a name. Several who fit: ask; nobody on the list: offer the other ways."""
    asked = text(form, "said")
    try:
        found = check_in(hall.database, event_id, asked, actor=hall.actor)
    except NotFound:
        return hall.fair_page(event_id, "door.html", unknown=asked, here="desk")
    except REFUSED as error:
        return hall.fair_page(event_id, "door.html", error, here="desk")
    via = CheckinVia.PHONE_TAIL if asked.isdigit() else CheckinVia.NAME
    return hall.fair_page(event_id, "door.html", found=found, via=via, here="desk")


@router.post("/person")
def person(hall: AtFair, event_id: int, form: Form) -> Response:
    """The one who was meant."""
    try:
        via = CheckinVia.read(text(form, "via"), field="签到方式")
        found = check_in_person(hall.database, event_id, text(form, "worker"), via=via, actor=hall.actor)
    except REFUSED as error:
        return hall.fair_page(event_id, "door.html", error, here="desk")
    return hall.fair_page(event_id, "door.html", found=found, here="desk")


@router.post("/visitor")
def visitor(hall: AtFair, event_id: int) -> Response:
    """Somebody who does not want to say who they are."""
    try:
        count = count_visitor(hall.database, event_id, actor=hall.actor)
    except REFUSED as error:
        return hall.fair_page(event_id, "door.html", error, here="desk")
    return hall.fair_page(event_id, "door.html", done=f"已计数，进场共 {count} 人", here="desk")


@router.post("/find")
def find(hall: AtFair, event_id: int, form: Form) -> Response:
    """Somebody in the register by whole phone or name; one person: three booths at once."""
    asked = text(form, "said")
    try:
        with hall.database.reading() as session:
            people = people_called(session, event_id, hall.sight, asked)
            if not people:
                raise NotFound(NOBODY)
            offer = None
            if len(people) == 1:
                offer = offers_at_the_door(session, event_id, people[0].worker_id, hall.runtime.scorer)
    except REFUSED as error:
        return hall.fair_page(event_id, "door.html", error, unknown=asked, here="desk")
    return hall.fair_page(event_id, "door.html", people=people, offer=offer, here="desk")


@router.post("/offer")
def offer(hall: AtFair, event_id: int, form: Form) -> Response:
    """Three booths for the one who was meant."""
    try:
        with hall.database.reading() as session:
            require_worker(session, hall.sight, text(form, "worker"))
            shown = offers_at_the_door(session, event_id, text(form, "worker"), hall.runtime.scorer)
    except REFUSED as error:
        return hall.fair_page(event_id, "door.html", error, here="desk")
    return hall.fair_page(event_id, "door.html", people=(), offer=shown, here="desk")


@router.post("/walk-in")
def walked_in(hall: AtFair, event_id: int, form: Form) -> Response:
    """Check in and take the free places."""
    worker_id = text(form, "worker")
    try:
        with hall.database.reading() as session:
            require_worker(session, hall.sight, worker_id)
        found = walk_in(hall.database, event_id, worker_id, hall.runtime.scorer, actor=hall.actor)
    except REFUSED as error:
        return hall.fair_page(event_id, "door.html", error, here="desk")
    return hall.fair_page(event_id, "door.html", found=found, here="desk")
