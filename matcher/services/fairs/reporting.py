"""The report of a fair: every figure is the number of its rows (招聘会报告)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matcher.domain.record_terms import InviteReply, ShortlistState
from matcher.services.fairs.views import INTERESTED, STANDING
from matcher.services.fairs.walk_ins import WALK_IN
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.events import CheckinRow, InviteeRow, ShortlistRow

S = ShortlistState
COUNTED_ONLY = "未留身份"
NO_BOOTH = "—"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row behind a figure; name masked, "" parts do not apply."""

    number: int | None
    name: str
    booth_no: str
    employer: str
    what: str
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the rows it is the number of."""

    key: str
    label: str
    rows: tuple[ReportRow, ...]

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class BoothFigures:
    """What came of one booth."""

    booth_no: str
    employer: str
    planned: int
    met: int
    interested: int
    hired: int


@dataclass(frozen=True, slots=True)
class FairReport:
    """figures: people first, then meetings, in the order of the day."""

    figures: tuple[Figure, ...]
    booths: tuple[BoothFigures, ...]

    def figure(self, key: str) -> Figure | None:
        """The figure of that key."""
        return next((one for one in self.figures if one.key == key), None)


_INVITEES: tuple[tuple[str, str, Callable[[InviteeRow], bool]], ...] = (
    ("invited", "邀约", lambda row: row.wave > 0),
    ("coming", "答复会来", lambda row: row.wave > 0 and row.reply is InviteReply.COMING),
    ("waiting", "候补", lambda row: row.wave == 0 and row.reason != WALK_IN),
)
_CHECKINS: tuple[tuple[str, str, Callable[[CheckinRow], bool]], ...] = (
    ("visitors", "进场", lambda row: True),
    ("checked_in", "签到", lambda row: row.worker_id is not None),
    ("walk_ins", "现场来人", lambda row: row.walk_in),
)
_MEETINGS: tuple[tuple[str, str, Callable[[ShortlistRow], bool]], ...] = (
    ("meetings", "安排洽谈", lambda row: row.state in STANDING),
    ("met", "已面谈", lambda row: row.state in STANDING and row.state is not S.PLANNED),
    ("interested", "有意向", lambda row: row.state in INTERESTED),
    ("interviews", "约面试", lambda row: row.state is S.INTERVIEW),
    ("hired", "录用", lambda row: row.state is S.HIRED),
    ("no_fit", "不合适", lambda row: row.state is S.NO_FIT),
    ("absent", "未到", lambda row: row.state is S.ABSENT),
)


def fair_report(session: StoreSession, event_id: int) -> FairReport:
    """What came of a fair up to now. Raises NotFound."""
    EventRepository(session).get(event_id)
    people = ShortlistRepository(session)
    told = _Words(session, event_id)
    invitees, meetings = people.invitees(event_id), people.meetings(event_id)
    checkins = people.checkins(event_id)
    figures = [
        *(Figure(key, label, tuple(told.invitee(row) for row in invitees if fits(row))) for key, label, fits in _INVITEES),
        *(Figure(key, label, tuple(told.checkin(row) for row in checkins if fits(row))) for key, label, fits in _CHECKINS),
        *(Figure(key, label, tuple(told.meeting(row) for row in meetings if fits(row))) for key, label, fits in _MEETINGS),
    ]
    return FairReport(tuple(figures), tuple(_booth(told, number, meetings) for number in told.booths))


class _Words:
    """Names of people, booths and employers as the rows say them."""

    def __init__(self, session: StoreSession, event_id: int) -> None:
        self._people = WorkerRepository(session)
        self._names: dict[str, str] = {}
        self.numbers = {row.worker_id: row.spoken_no for row in ShortlistRepository(session).invitees(event_id)}
        self.booths = {
            booth.id: (booth.booth_no, session.get_one(EmployerRow, booth.employer_id).name)
            for booth in EventRepository(session).booths(event_id)
        }

    def name(self, worker_id: str | None) -> str:
        if worker_id is None:
            return COUNTED_ONLY
        if worker_id not in self._names:
            self._names[worker_id] = self._people.masked_identity(worker_id).name
        return self._names[worker_id]

    def invitee(self, row: InviteeRow) -> ReportRow:
        return ReportRow(row.spoken_no, self.name(row.worker_id), "", "", row.reply.label, row.reason or "")

    def checkin(self, row: CheckinRow) -> ReportRow:
        number = self.numbers.get(row.worker_id) if row.worker_id else None
        return ReportRow(number, self.name(row.worker_id), "", "", row.via.label if row.via else "", "")

    def meeting(self, row: ShortlistRow) -> ReportRow:
        booth_no, employer = self.booths.get(row.booth_id or 0, (NO_BOOTH, ""))
        reason = row.mark_reason.label if row.mark_reason else ""
        return ReportRow(
            self.numbers.get(row.worker_id), self.name(row.worker_id), booth_no, employer, row.state.label, reason
        )


def _booth(told: _Words, booth_id: int, meetings: list[ShortlistRow]) -> BoothFigures:
    booth_no, employer = told.booths[booth_id]
    states = [row.state for row in meetings if row.booth_id == booth_id and row.state in STANDING]
    return BoothFigures(
        booth_no, employer, len(states), sum(state is not S.PLANNED for state in states),
        sum(state in INTERESTED for state in states), states.count(S.HIRED),
    )  # fmt: skip
