"""Fairs, their booths and what is shown there (招聘会, 展位)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from matcher.domain.event_terms import EventState, OverrideKind
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import EventType
from matcher.errors import Conflict, NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.events import BoothPostingRow, BoothRow, EventOverrideRow, EventRow, ShortlistRow
from matcher.store.tables.postings import PostingRow

NOT_FAIRS = (EventType.LIVESTREAM, EventType.VIDEO_INTERVIEW)
OVER = (EventState.CLOSED, EventState.CANCELLED)
_IDS_AT_ONCE = 500


class EventRepository:
    """Reads and writes fairs and booths."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(self, row: EventRow) -> EventRow:
        """Keep a new fair."""
        self._session.add(row)
        self._session.flush()
        return row

    def get(self, event_id: int, *, locked: bool = False) -> EventRow:
        """One fair. locked: nobody else changes it until this transaction ends. Raises NotFound."""
        query = select(EventRow).where(EventRow.id == event_id, EventRow.type.not_in(NOT_FAIRS))
        if locked:
            query = query.with_for_update().execution_options(populate_existing=True)
        row = self._session.scalars(query).first()
        if row is None:
            raise NotFound(f"没有这场招聘会：{event_id}；请用 matcher fair list 查看编号")
        return row

    def require_open(self, event_id: int) -> EventRow:
        """The fair, locked, if it can still be changed. Raises Conflict when it is over."""
        row = self.get(event_id, locked=True)
        if row.state in OVER:
            raise Conflict(f"“{row.name}”{row.state.label}，不能再改")
        return row

    def fairs(self, *, region: str = "") -> list[EventRow]:
        """All fairs, the latest first."""
        query = select(EventRow).where(EventRow.type.not_in(NOT_FAIRS)).order_by(EventRow.starts_at.desc())
        found = list(self._session.scalars(query))
        return [row for row in found if not region or (row.region_code or "").startswith(region)]

    def booths(self, event_id: int) -> list[BoothRow]:
        """Booths in the order they were set up."""
        query = select(BoothRow).where(BoothRow.event_id == event_id).order_by(BoothRow.id)
        return list(self._session.scalars(query))

    def shown(self, event_id: int) -> dict[int, list[str]]:
        """Booth → the postings put up there, in order."""
        query = (
            select(BoothPostingRow.booth_id, BoothPostingRow.posting_id)
            .join(BoothRow, BoothRow.id == BoothPostingRow.booth_id)
            .where(BoothRow.event_id == event_id)
            .order_by(BoothPostingRow.id)
        )
        found: dict[int, list[str]] = {}
        for booth_id, posting_id in self._session.execute(query):
            found.setdefault(booth_id, []).append(posting_id)
        return found

    def add_booth(
        self, event: EventRow, booth_no: str, employer_id: str, posting_ids: Sequence[str], tables: int
    ) -> BoothRow:
        """Set up a booth. Raises Conflict when the number or the employer is taken."""
        for row in self.booths(event.id):
            if row.booth_no == booth_no:
                raise Conflict(f"展位 {booth_no} 已经给了别的单位，请换一个展位号")
            if row.employer_id == employer_id:
                raise Conflict(f"这家单位已在 {row.booth_no} 号展位，不用再排")
        other = self._elsewhere(event, employer_id)
        if other is not None:
            raise Conflict(f"这家单位同一时间已报名“{other}”，一家单位不能同时到两场")
        row = BoothRow(event_id=event.id, booth_no=booth_no, employer_id=employer_id, tables=tables)
        self._session.add(row)
        self._session.flush()
        self._session.add_all(BoothPostingRow(booth_id=row.id, posting_id=one) for one in posting_ids)
        event.certificate = None  # what was planned no longer fits
        self._session.flush()
        return row

    def postings_of_employer(self, employer_id: str) -> list[str]:
        """Every posting of an employer, whatever its state."""
        query = select(PostingRow.posting_id).where(PostingRow.employer_id == employer_id)
        return list(self._session.scalars(query.order_by(PostingRow.posting_id)))

    def attended(self, employer_ids: Sequence[str], before: datetime) -> dict[str, int]:
        """Employer → fairs it had a booth at that began before then; employers without one are absent."""
        query = (
            select(BoothRow.employer_id, func.count(func.distinct(EventRow.id)))
            .join(EventRow, EventRow.id == BoothRow.event_id)
            .where(
                BoothRow.employer_id.in_(list(employer_ids)),
                EventRow.starts_at < before,
                EventRow.state != EventState.CANCELLED,
            )
            .group_by(BoothRow.employer_id)
        )
        return dict(self._session.execute(query).all())

    def hired_at_fairs(self, employer_ids: Sequence[str]) -> set[str]:
        """Employers that hired somebody they met at a fair."""
        query = (
            select(BoothRow.employer_id)
            .join(ShortlistRow, ShortlistRow.booth_id == BoothRow.id)
            .where(
                BoothRow.employer_id.in_(list(employer_ids)), ShortlistRow.state == ShortlistState.HIRED
            )
        )
        return set(self._session.scalars(query.distinct()))

    def overrides(self, event_id: int) -> list[EventOverrideRow]:
        """The organisers' decisions, one a pair: the latest of each, in order."""
        query = select(EventOverrideRow).where(EventOverrideRow.event_id == event_id)
        latest = {(row.worker_id, row.posting_id): row for row in self._session.scalars(query.order_by(EventOverrideRow.id))}
        return list(latest.values())

    def add_override(
        self, event_id: int, worker_id: str, posting_id: str, kind: OverrideKind, slot: int | None, reason: str
    ) -> EventOverrideRow:
        """Keep a decision with its author and reason."""
        row = EventOverrideRow(
            event_id=event_id, worker_id=worker_id, posting_id=posting_id, kind=kind, slot=slot,
            reason=reason, decided_at=self._session.now(), decided_by=self._session.actor,
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        return row

    def _elsewhere(self, event: EventRow, employer_id: str) -> str | None:
        """The name of another fair at the same time where the employer has a booth."""
        query = (
            select(EventRow)
            .join(BoothRow, BoothRow.event_id == EventRow.id)
            .where(
                BoothRow.employer_id == employer_id, EventRow.id != event.id, EventRow.state.not_in(OVER)
            )
        )
        for other in self._session.scalars(query):
            if other.starts_at < _ends(event) and event.starts_at < _ends(other):
                return other.name
        return None


def _ends(event: EventRow) -> datetime:
    return event.ends_at or event.starts_at + timedelta(minutes=(event.slots or 0) * (event.slot_minutes or 0))
