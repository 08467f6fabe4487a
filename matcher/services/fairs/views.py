"""What is shown of a fair: overview, booth sheets, route slips, wall board (招聘会视图).

INVARIANTS
- Every posting in a view went through the gate in the transaction the view was read in.
- Names are masked; no view holds a phone, a number of a document or a category.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matcher.domain.event_terms import EventState
from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.domain.record_terms import InviteReply, ShortlistState
from matcher.domain.service_terms import EventType
from matcher.services.output_gate import cleared
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.events import EventRow, ShortlistRow

OFTEN = 3
"""Fairs attended without ever hiring anybody, from which on the employer is flagged (老面孔)."""
S = ShortlistState
STANDING = frozenset({S.PLANNED, S.MET, S.INTENT, S.INTERVIEW, S.HIRED, S.NO_FIT})
INTERESTED = (S.INTENT, S.INTERVIEW, S.HIRED)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A posting on the wall. spoken: what is called out, "2-1" = booth 2, its first posting."""

    posting_id: str
    spoken: str
    title: str
    pay: str
    employer: str
    booth_no: str
    left: int | None


@dataclass(frozen=True, slots=True)
class BoothView:
    """A booth. old_face: came often and never hired; new: never came before. hidden: postings not to be shown now."""

    booth_id: int
    booth_no: str
    employer_id: str
    employer: str
    tables: int
    postings: tuple[BoardLine, ...]
    hidden: int
    old_face: bool
    new: bool
    meetings: int


@dataclass(frozen=True, slots=True)
class FairView:
    """A fair with its figures, each counted from rows."""

    event_id: int
    name: str
    type: EventType
    state: EventState
    starts_at: datetime
    place: str
    capacity: int | None
    slots: int
    slot_minutes: int
    booths: tuple[BoothView, ...]
    gap: float | None
    invited: int
    waiting: int
    coming: int
    visitors: int
    checked_in: int
    meetings: int
    met: int
    interested: int
    interviews: int
    hired: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A person on a booth's sheet. rank: place on the booth's list. here: has checked in."""

    worker_id: str
    number: int | None
    name: str
    slot: int
    at: datetime
    posting_id: str
    title: str
    rank: int
    reasons: tuple[str, ...]
    state: ShortlistState
    here: bool


@dataclass(frozen=True, slots=True)
class BoothSheet:
    """What lies on the table of a booth."""

    booth_id: int
    booth_no: str
    employer: str
    tables: int
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a person's way through the fair."""

    number: int
    at: datetime
    booth_no: str
    employer: str
    posting_id: str
    title: str
    pay: str
    reasons: tuple[str, ...]
    state: ShortlistState


@dataclass(frozen=True, slots=True)
class RouteSlip:
    """A person's way. code: what the QR code of the slip says."""

    worker_id: str
    number: int | None
    name: str
    code: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class FairLine:
    """A fair in a list."""

    event_id: int
    name: str
    state: EventState
    starts_at: datetime
    place: str
    booths: int


def fairs(session: StoreSession, *, region: str = "") -> list[FairLine]:
    """All fairs, the latest first."""
    repository = EventRepository(session)
    return [
        FairLine(row.id, row.name, row.state, row.starts_at, row.place_name or "", len(repository.booths(row.id)))
        for row in repository.fairs(region=region)
    ]


def fair_view(session: StoreSession, event_id: int) -> FairView:
    """One fair. Raises NotFound."""
    event, people = EventRepository(session).get(event_id), ShortlistRepository(session)
    meetings, invitees = people.meetings(event_id), people.invitees(event_id)
    states = [row.state for row in meetings]
    certificate = event.certificate or {}
    return FairView(
        event_id=event_id,
        name=event.name,
        type=event.type,
        state=event.state,
        starts_at=event.starts_at,
        place=event.place_name or "",
        capacity=event.capacity,
        slots=event.slots or 0,
        slot_minutes=event.slot_minutes or 0,
        booths=_booths(session, event, meetings),
        gap=certificate.get("gap"),
        invited=sum(row.wave > 0 for row in invitees),
        waiting=sum(row.wave == 0 for row in invitees),
        coming=sum(row.wave > 0 and row.reply is InviteReply.COMING for row in invitees),
        visitors=people.visitors(event_id),
        checked_in=len(people.checked_in(event_id)),
        meetings=sum(state in STANDING for state in states),
        met=sum(state in STANDING and state is not S.PLANNED for state in states),
        interested=sum(state in INTERESTED for state in states),
        interviews=sum(state is S.INTERVIEW for state in states),
        hired=sum(state is S.HIRED for state in states),
    )


def wall_board(session: StoreSession, event_id: int) -> tuple[BoardLine, ...]:
    """Every posting of the fair that may be shown now, by the number that is called out."""
    return tuple(line for booth in _booths(session, EventRepository(session).get(event_id), []) for line in booth.postings)


def booth_sheets(session: StoreSession, event_id: int, booth_id: int | None = None) -> tuple[BoothSheet, ...]:
    """The sheet of every booth, or of one: who comes when, with why; only postings that may be shown now."""
    event, people = EventRepository(session).get(event_id), ShortlistRepository(session)
    rows = [row for row in people.meetings(event_id) if row.state in STANDING and row.slot is not None]
    live, here = cleared(session, [row.posting_id for row in rows]), people.checked_in(event_id)
    numbers = {row.worker_id: row.spoken_no for row in people.invitees(event_id)}
    names = _names(session, [row.worker_id for row in rows])
    employers = _employers(session, event_id)
    return tuple(
        BoothSheet(
            booth.id, booth.booth_no, employers[booth.employer_id], booth.tables,
            tuple(
                SheetLine(
                    row.worker_id, numbers.get(row.worker_id), names[row.worker_id], row.slot or 0,
                    moment(event, row.slot or 0), row.posting_id, live[row.posting_id].title, row.rank,
                    _texts(row.employer_reasons), row.state, row.worker_id in here,
                )
                for row in rows
                if row.booth_id == booth.id and row.posting_id in live
            ),
        )
        for booth in EventRepository(session).booths(event_id)
        if booth_id in (None, booth.id)
    )  # fmt: skip


def route_slips(
    session: StoreSession, event_id: int, worker_ids: Sequence[str] | None = None
) -> tuple[RouteSlip, ...]:
    """The way of everybody who meets somebody, or of some; a stop that may not be shown now is left out."""
    event, people = EventRepository(session).get(event_id), ShortlistRepository(session)
    rows = [
        row
        for row in people.meetings(event_id)
        if row.state in STANDING and row.slot is not None and (worker_ids is None or row.worker_id in worker_ids)
    ]
    live = cleared(session, [row.posting_id for row in rows])
    booths = {booth.id: booth for booth in EventRepository(session).booths(event_id)}
    numbers = {row.worker_id: row.spoken_no for row in people.invitees(event_id)}
    employers, names = _employers(session, event_id), _names(session, [row.worker_id for row in rows])
    by_person: dict[str, list[Stop]] = {}
    for row in rows:
        if row.posting_id in live and row.booth_id in booths:
            booth, stops = booths[row.booth_id], by_person.setdefault(row.worker_id, [])
            stops.append(
                Stop(
                    len(stops) + 1, moment(event, row.slot or 0), booth.booth_no, employers[booth.employer_id],
                    row.posting_id, live[row.posting_id].title, pay_label(live[row.posting_id].pay),
                    _texts(row.reasons), row.state,
                )
            )  # fmt: skip
    slips = [
        RouteSlip(one, numbers.get(one), names[one], slip_code(event_id, numbers.get(one)), tuple(stops))
        for one, stops in by_person.items()
    ]
    return tuple(sorted(slips, key=lambda slip: (slip.number is None, slip.number or 0, slip.worker_id)))


def slip_code(event_id: int, number: int | None) -> str:
    """What a slip's QR code says: fair, number called out and a check digit against misreading; nothing personal."""
    return "" if number is None else f"ZPH-{event_id}-{number}-{(event_id * 31 + number * 17) % 97:02d}"


def moment(event: EventRow, slot: int) -> datetime:
    """When a slot begins."""
    return event.starts_at + timedelta(minutes=slot * (event.slot_minutes or 0))


def _booths(session: StoreSession, event: EventRow, meetings: Sequence[ShortlistRow]) -> tuple[BoothView, ...]:
    repository = EventRepository(session)
    booths, shown = repository.booths(event.id), repository.shown(event.id)
    live = cleared(session, [one for ids in shown.values() for one in ids])
    ids = [booth.employer_id for booth in booths]
    attended, hired = repository.attended(ids, event.starts_at), repository.hired_at_fairs(ids)
    employers = _employers(session, event.id)
    held = [row.booth_id for row in meetings if row.state in STANDING]
    return tuple(
        BoothView(
            booth_id=booth.id,
            booth_no=booth.booth_no,
            employer_id=booth.employer_id,
            employer=employers[booth.employer_id],
            tables=booth.tables,
            postings=_lines(booth.booth_no, employers[booth.employer_id], shown.get(booth.id, []), live),
            hidden=sum(one not in live for one in shown.get(booth.id, [])),
            old_face=attended.get(booth.employer_id, 0) >= OFTEN and booth.employer_id not in hired,
            new=booth.employer_id not in attended,
            meetings=held.count(booth.id),
        )
        for booth in booths
    )


def _lines(
    booth_no: str, employer: str, shown: Sequence[str], live: dict[str, Posting]
) -> tuple[BoardLine, ...]:
    return tuple(
        BoardLine(
            one, f"{booth_no}-{place}", live[one].title, pay_label(live[one].pay), employer, booth_no,
            live[one].headcount_left,
        )
        for place, one in enumerate(shown, start=1)
        if one in live
    )  # fmt: skip


def _employers(session: StoreSession, event_id: int) -> dict[str, str]:
    ids = {booth.employer_id for booth in EventRepository(session).booths(event_id)}
    return {one: session.get_one(EmployerRow, one).name for one in ids}


def _names(session: StoreSession, worker_ids: Sequence[str]) -> dict[str, str]:
    repository = WorkerRepository(session)
    return {one: repository.masked_identity(one).name for one in dict.fromkeys(worker_ids)}


def _texts(lines: list[list[str]] | None) -> tuple[str, ...]:
    return tuple(line[-1] for line in lines or ())
