"""Check-in at the door: by slip, by the end of a phone number or by name (签到).

INVARIANTS
- Two people who fit what was said are asked about, never guessed.
- The same person twice changes nothing and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.domain.event_terms import CheckinVia, EventState
from matcher.domain.record_terms import ShortlistState
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.fairs.seats import Seats
from matcher.services.fairs.views import RouteSlip, route_slips, slip_code
from matcher.store.database import Database
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.workers import WorkerRow

_CODE = re.compile(r"ZPH-(\d{1,9})-(\d{1,6})-\d{2}")
_TAIL = re.compile(r"\d{4,11}")
_NUMBER = re.compile(r"\d{1,3}号")
UNKNOWN = "名单里没有这个人；可以按现场来人登记，或只计人数"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who fits what was said. hint: what to ask them by, without giving anything away."""

    worker_id: str
    number: int | None
    name: str
    hint: str


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What came of it. candidates: more than one person fits, nobody was checked in: ask. slip: where to go."""

    worker_id: str = ""
    number: int | None = None
    name: str = ""
    repeated: bool = False
    slip: RouteSlip | None = None
    candidates: tuple[Candidate, ...] = ()


def check_in(database: Database, event_id: int, said: str, *, actor: str) -> CheckedIn:
    """Check in by a slip's code, a called-out number ("12号"), the last 4 to 11 digits of a phone, or a full name.

    Raises InvalidInput for an empty word or the slip of another fair, NotFound when nobody fits, Conflict when the
    fair is not on.
    """
    said = said.strip()
    if not said:
        raise InvalidInput("请扫小票二维码，或报手机尾号 4 位、姓名")
    with database.writing(actor) as session:
        event = running(session, event_id)
        found, via = _who(session, event_id, said)
        if not found:
            raise NotFound(UNKNOWN)
        if len(found) > 1:
            return CheckedIn(candidates=tuple(candidate(session, event_id, one) for one in found))
        return _checked(session, event, found[0], via)


def check_in_person(
    database: Database, event_id: int, worker_id: str, *, via: CheckinVia = CheckinVia.NAME, actor: str
) -> CheckedIn:
    """Check in somebody of the list who was picked from candidates. Raises NotFound, Conflict as `check_in`."""
    with database.writing(actor) as session:
        event = running(session, event_id)
        if worker_id not in _listed(session, event_id):
            raise NotFound(UNKNOWN)
        return _checked(session, event, worker_id, via)


def count_visitor(database: Database, event_id: int, *, actor: str) -> int:
    """Count somebody who does not want to say who they are; returns everybody who came in so far."""
    with database.writing(actor) as session:
        running(session, event_id)
        people = ShortlistRepository(session)
        people.check_in(event_id, None, CheckinVia.COUNTED)
        return people.visitors(event_id)


def running(session: StoreSession, event_id: int) -> EventRow:
    """The fair, locked, if people can come to it. Raises NotFound, Conflict when it is over or was not planned."""
    event = EventRepository(session).require_open(event_id)
    if event.state is EventState.DRAFT:
        raise Conflict("招聘会还没有排定，不能签到")
    return event


def _who(session: StoreSession, event_id: int, said: str) -> tuple[list[str], CheckinVia]:
    people = ShortlistRepository(session)
    code = _CODE.fullmatch(said)
    if code or _NUMBER.fullmatch(said):
        number = int(code[2]) if code else int(said[:-1])
        if code and (int(code[1]) != event_id or slip_code(event_id, number) != said):
            raise InvalidInput("这张小票不是本场的，或没有扫清；请再扫一次，或报手机尾号")
        return [row.worker_id for row in people.invitees(event_id) if row.spoken_no == number], CheckinVia.QR
    listed = sorted(_listed(session, event_id))
    if _TAIL.fullmatch(said):
        return people.with_phone_tail(listed, said), CheckinVia.PHONE_TAIL
    return people.with_name(listed, said), CheckinVia.NAME


def _listed(session: StoreSession, event_id: int) -> set[str]:
    people = ShortlistRepository(session)
    asked = {row.worker_id for row in people.invitees(event_id)}
    return asked | {row.worker_id for row in people.meetings(event_id)}


def _checked(session: StoreSession, event: EventRow, worker_id: str, via: CheckinVia) -> CheckedIn:
    people = ShortlistRepository(session)
    _, new = people.check_in(event.id, worker_id, via)
    event.state = EventState.RUNNING
    invitee = people.invitee(event.id, worker_id)
    if new and invitee is not None:
        _take_back_seats(session, event, worker_id)
    slips = route_slips(session, event.id, [worker_id])
    return CheckedIn(
        worker_id,
        invitee.spoken_no if invitee else None,
        WorkerRepository(session).masked_identity(worker_id).name,
        repeated=not new,
        slip=slips[0] if slips else None,
    )


def _take_back_seats(session: StoreSession, event: EventRow, worker_id: str) -> None:
    """Meetings that were given away, and whose place is still empty, are theirs again."""
    for row in ShortlistRepository(session).meetings(event.id, worker_id):
        given_away = row.state is ShortlistState.RELEASED and row.slot is not None and row.booth_id is not None
        if given_away and row.slot in Seats(session, event).open(row.booth_id or 0, worker_id):
            row.state = ShortlistState.PLANNED
            session.flush()


def candidate(session: StoreSession, event_id: int, worker_id: str) -> Candidate:
    """Somebody as they are asked about, the name masked."""
    invitee = ShortlistRepository(session).invitee(event_id, worker_id)
    identity = WorkerRepository(session).masked_identity(worker_id)
    return Candidate(worker_id, invitee.spoken_no if invitee else None, identity.name, ask_by(session, worker_id))


def ask_by(session: StoreSession, worker_id: str) -> str:
    """What to ask somebody by: year of birth and village, "" when neither is known."""
    row = session.get_one(WorkerRow, worker_id)
    born = f"{row.birth_date.year} 年生" if row.birth_date else ""
    return " · ".join(filter(None, (born, row.place_name or "")))
