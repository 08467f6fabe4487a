"""Who meets whom at a fair, who was asked and who came (洽谈安排, 邀约, 签到).

INVARIANTS
- A person is checked in once at a fair: whoever writes holds the person's row first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select

from matcher.domain.event_terms import CheckinVia
from matcher.domain.record_terms import InviteReply, ShortlistState
from matcher.domain.service_terms import Channel, PushState
from matcher.errors import NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.events import CheckinRow, InviteeRow, ShortlistRow
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow

S = ShortlistState
_IDS_AT_ONCE = 500


class ShortlistRepository:
    """Reads and writes meetings, invitees and check-ins of fairs."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def meetings(self, event_id: int, worker_id: str | None = None) -> list[ShortlistRow]:
        """Meetings in the order of their slots."""
        query = select(ShortlistRow).where(ShortlistRow.event_id == event_id)
        if worker_id is not None:
            query = query.where(ShortlistRow.worker_id == worker_id)
        return list(self._session.scalars(query.order_by(ShortlistRow.slot, ShortlistRow.booth_id, ShortlistRow.rank, ShortlistRow.id)))

    def meeting(self, event_id: int, worker_id: str, posting_id: str) -> ShortlistRow:
        """One meeting, locked. Raises NotFound."""
        row = ShortlistRow
        query = select(row).where(
            row.event_id == event_id, row.worker_id == worker_id, row.posting_id == posting_id
        )
        found = self._session.scalars(query.with_for_update()).first()
        if found is None:
            raise NotFound("这个人和这个岗位在本场没有安排；请核对人和岗位")
        return found

    def replace(self, event_id: int, rows: Iterable[dict[str, Any]]) -> None:
        """Put a new timetable in the place of the old one."""
        self._session.execute(delete(ShortlistRow).where(ShortlistRow.event_id == event_id))
        self._session.add_all(ShortlistRow(event_id=event_id, **row) for row in rows)
        self._session.flush()

    def add(self, event_id: int, **values: Any) -> ShortlistRow:
        """One more meeting."""
        row = ShortlistRow(event_id=event_id, **values)
        self._session.add(row)
        self._session.flush()
        return row

    def invitees(self, event_id: int) -> list[InviteeRow]:
        """Everybody who was asked or waits, by number."""
        query = select(InviteeRow).where(InviteeRow.event_id == event_id)
        return list(self._session.scalars(query.order_by(InviteeRow.spoken_no, InviteeRow.id)))

    def invitee(self, event_id: int, worker_id: str) -> InviteeRow | None:
        """The invitation of one person."""
        query = select(InviteeRow).where(InviteeRow.event_id == event_id, InviteeRow.worker_id == worker_id)
        return self._session.scalars(query).first()

    def add_invitee(self, event_id: int, worker_id: str, *, number: int, **values: Any) -> InviteeRow:
        """Ask a person, or put them on the waiting list (wave 0)."""
        plain: dict[str, Any] = {
            "channel": Channel.PHONE, "delivery": PushState.PENDING, "reply": InviteReply.UNANSWERED
        }
        row = InviteeRow(event_id=event_id, worker_id=worker_id, spoken_no=number, **(plain | values))
        self._session.add(row)
        self._session.flush()
        return row

    def next_number(self, event_id: int) -> int:
        """The next number to be called out."""
        query = select(func.max(InviteeRow.spoken_no)).where(InviteeRow.event_id == event_id)
        return (self._session.scalar(query) or 0) + 1

    def checked_in(self, event_id: int) -> dict[str, CheckinRow]:
        """Person → their check-in."""
        query = select(CheckinRow).where(CheckinRow.event_id == event_id, CheckinRow.worker_id.is_not(None))
        return {str(row.worker_id): row for row in self._session.scalars(query)}

    def checkins(self, event_id: int) -> list[CheckinRow]:
        """Everybody who came in, in the order they came."""
        query = select(CheckinRow).where(CheckinRow.event_id == event_id)
        return list(self._session.scalars(query.order_by(CheckinRow.at, CheckinRow.id)))

    def visitors(self, event_id: int) -> int:
        """Everybody who came in, known or counted."""
        query = select(func.count()).select_from(CheckinRow).where(CheckinRow.event_id == event_id)
        return self._session.scalar(query) or 0

    def check_in(
        self, event_id: int, worker_id: str | None, via: CheckinVia, *, walk_in: bool = False
    ) -> tuple[CheckinRow, bool]:
        """Note that somebody came; True when they are new. Raises NotFound for an unknown person."""
        if worker_id is not None:
            held = select(WorkerRow.worker_id).where(WorkerRow.worker_id == worker_id).with_for_update()
            if self._session.scalar(held) is None:
                raise NotFound("没有这个劳动者；请核对后再签到")
            row = CheckinRow
            query = select(row).where(row.event_id == event_id, row.worker_id == worker_id)
            known = self._session.scalars(query).first()
            if known is not None:
                return known, False
        made = CheckinRow(
            event_id=event_id, worker_id=worker_id, at=self._session.now(), via=via, walk_in=walk_in
        )
        self._session.add(made)
        self._session.flush()
        return made, True

    def with_phone_tail(self, worker_ids: Sequence[str], tail: str) -> list[str]:
        """Those of the people one of whose phones ends so; nothing about the numbers leaves."""
        found = set()
        for part in _parts(worker_ids):
            query = select(WorkerPhoneRow.worker_id, WorkerPhoneRow.phone).where(
                WorkerPhoneRow.worker_id.in_(part)
            )
            found |= {one for one, phone in self._session.execute(query) if phone.endswith(tail)}
        return sorted(found)

    def with_name(self, worker_ids: Sequence[str], name: str) -> list[str]:
        """Those of the people who are called so."""
        found = set()
        for part in _parts(worker_ids):
            query = select(WorkerIdentityRow.worker_id, WorkerIdentityRow.name).where(
                WorkerIdentityRow.worker_id.in_(part)
            )
            found |= {one for one, held in self._session.execute(query) if held == name}
        return sorted(found)


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[start : start + _IDS_AT_ONCE]
