"""Who is asked to a fair, in waves, with the text as it would leave now (邀约名单)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher.domain.record_terms import InviteReply
from matcher.domain.service_terms import Channel, PushState
from matcher.regions.pack import Office
from matcher.services.fairs.inviting import invitation_now
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession

LINES_A_PAGE = 40
WAITING = 0


@dataclass(frozen=True, slots=True)
class Wave:
    """People who arrive in the same half hour. number: 0 for those who wait."""

    number: int
    people: int
    arrive_from: datetime | None
    coming: int
    not_sent: int


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One person asked. text: as it would leave now, "" when nothing may; reason: why they are asked or wait."""

    worker_id: str
    number: int | None
    name: str
    channel: Channel
    arrive_at: datetime | None
    delivery: PushState
    reply: InviteReply
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """The waves and one page of one of them. page: from 1."""

    waves: tuple[Wave, ...]
    wave: int
    lines: tuple[InvitationLine, ...]
    page: int
    pages: int

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return sum(one.people for one in self.waves if one.number == WAITING)


def invitation_page(
    session: StoreSession, event_id: int, office: Office, *, wave: int | None = None, page: int = 1
) -> InvitationPage:
    """One page of a wave, default the first. Raises NotFound for an unknown fair."""
    EventRepository(session).get(event_id)
    people, names = ShortlistRepository(session).invitees(event_id), WorkerRepository(session)
    here = set(ShortlistRepository(session).checked_in(event_id))
    asked = [row for row in people if row.wave > 0 or row.worker_id not in here]
    numbers = sorted({row.wave for row in asked}, key=lambda number: (number == WAITING, number))
    waves = tuple(
        Wave(
            number, len(rows), min((row.arrive_at for row in rows if row.arrive_at and number), default=None),
            sum(row.reply is InviteReply.COMING for row in rows),
            sum(row.delivery is PushState.PENDING for row in rows),
        )
        for number in numbers
        if (rows := [row for row in asked if row.wave == number])
    )  # fmt: skip
    chosen = wave if wave in numbers else (numbers[0] if numbers else WAITING)
    rows = [row for row in asked if row.wave == chosen]
    pages = max(1, -(-len(rows) // LINES_A_PAGE))
    page = min(max(page, 1), pages)
    lines = tuple(
        InvitationLine(
            row.worker_id, row.spoken_no, names.masked_identity(row.worker_id).name, row.channel, row.arrive_at,
            row.delivery, row.reply, row.reason or "", invitation_now(session, event_id, row.worker_id, office),
        )
        for row in rows[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE]
    )  # fmt: skip
    return InvitationPage(waves, chosen, lines, page, pages)
