"""/fair/{id}/desk: check-in on a phone (签到)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.fair.hall import REFUSED, AtFair, Hall, texts
from api.pages.staff_request import Form, text
from matcher.domain.event_terms import CheckinVia
from matcher.domain.record_terms import ConsentChannel
from matcher.domain.service_terms import ConsentPurpose
from matcher.errors import MatcherError, NotFound
from matcher.services.accounts.sight import require_worker
from matcher.services.fairs.arriving import check_in, check_in_person, count_visitor
from matcher.services.fairs.at_the_door import offers_at_the_door, people_called
from matcher.services.fairs.registering import CHANNELS, CONSENT_LINES, Newcomer, register_newcomer
from matcher.services.fairs.walk_ins import walk_in
from matcher.store.tables.base import new_id

router = APIRouter(prefix="/fair/{event_id}/desk")
NOBODY = "库里没有这个人；可以在下面现场建档，或只计人数"


@router.get("")
def desk(hall: AtFair, event_id: int) -> Response:
    """The field for what somebody says."""
    return _page(hall, event_id)


@router.post("")
def said(hall: AtFair, event_id: int, form: Form) -> Response:
    """A slip's code, the end of a phone or a name. Several who fit: ask; nobody on the list: offer the other ways."""
    asked = text(form, "said")
    try:
        found = check_in(hall.database, event_id, asked, actor=hall.actor)
    except NotFound:
        return _page(hall, event_id, unknown=asked)
    except REFUSED as error:
        return _page(hall, event_id, error)
    via = CheckinVia.PHONE_TAIL if asked.isdigit() else CheckinVia.NAME
    return _page(hall, event_id, found=found, via=via)


@router.post("/person")
def person(hall: AtFair, event_id: int, form: Form) -> Response:
    """The one who was meant."""
    try:
        via = CheckinVia.read(text(form, "via"), field="签到方式")
        found = check_in_person(hall.database, event_id, text(form, "worker"), via=via, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, found=found)


@router.post("/visitor")
def visitor(hall: AtFair, event_id: int) -> Response:
    """Somebody who does not want to say who they are."""
    try:
        count = count_visitor(hall.database, event_id, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, done=f"已计数，进场共 {count} 人")


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
    except NotFound as error:
        return _page(hall, event_id, error, unknown=asked, nobody=True)
    except REFUSED as error:
        return _page(hall, event_id, error, unknown=asked)
    return _page(hall, event_id, people=people, offer=offer)


@router.post("/offer")
def offer(hall: AtFair, event_id: int, form: Form) -> Response:
    """Three booths for the one who was meant."""
    try:
        with hall.database.reading() as session:
            require_worker(session, hall.sight, text(form, "worker"))
            shown = offers_at_the_door(session, event_id, text(form, "worker"), hall.runtime.scorer)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, people=(), offer=shown)


@router.post("/walk-in")
def walked_in(hall: AtFair, event_id: int, form: Form) -> Response:
    """Check in and take the free places."""
    worker_id = text(form, "worker")
    try:
        with hall.database.reading() as session:
            require_worker(session, hall.sight, worker_id)
        found = walk_in(hall.database, event_id, worker_id, hall.runtime.scorer, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error)
    return _page(hall, event_id, found=found)


@router.post("/register")
def register(hall: AtFair, event_id: int, form: Form) -> Response:
    """A file for somebody who has none; then checked in and seated at once. A phone that is known: ask who it is."""
    typed = {name: text(form, name) for name in ("words", "name", "phone", "region", "channel")}
    agreed = frozenset(texts(form, "agreed"))
    try:
        said = Newcomer(
            typed["words"],
            frozenset(ConsentPurpose.read(one, field="同意事项") for one in agreed),
            typed["name"],
            typed["phone"],
            typed["region"],
            ConsentChannel.read(typed["channel"], field="怎么同意的"),
            text(form, "once"),
        )
        made = register_newcomer(hall.database, event_id, said, hall.sight, actor=hall.actor)
        if made.known:
            return _page(hall, event_id, people=made.known, same_phone=True, typed=typed, agreed=agreed)
        found = walk_in(hall.database, event_id, made.worker_id, hall.runtime.scorer, actor=hall.actor)
    except REFUSED as error:
        return _page(hall, event_id, error, typed=typed, agreed=agreed)
    return _page(hall, event_id, found=found, understood=made.understood, newcomer=True)


def _page(hall: Hall, event_id: int, error: MatcherError | None = None, done: str = "", **values: Any) -> Response:
    """The door's page; its form for new people has a number of its own, so that sent twice it is one person."""
    return hall.fair_page(
        event_id, "door.html", error, done, here="desk", lines=CONSENT_LINES, channels=CHANNELS, once=new_id(), **values
    )
