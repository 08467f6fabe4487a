"""Livestreams in the store: the event, its running order, signals and leads (直播).

INVARIANTS
- Whoever changes items, leads or signals of a livestream holds its event row first, so that signals of one event
  get their numbers in the order in which they are committed: a console that asks for what came after a number
  misses nothing.
- A spoken number belongs to one posting for the whole event, also after the posting was taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from matcher.domain.event_terms import LeadState
from matcher.domain.service_terms import EventType
from matcher.errors import Conflict, NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.live import LiveItemRow, LiveLeadRow, LiveSignalRow

MOST_SIGNALS_AT_ONCE = 500


class LiveRepository:
    """Reads and writes livestreams."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def event(self, event_id: int, *, locked: bool = False) -> EventRow:
        """The livestream. locked: nobody else changes it until this transaction ends. Raises NotFound."""
        query = select(EventRow).where(EventRow.id == event_id, EventRow.type == EventType.LIVESTREAM)
        if locked:
            query = query.with_for_update().execution_options(populate_existing=True)
        row = self._session.scalars(query).first()
        if row is None:
            raise NotFound(f"没有这场直播：{event_id}；请用 matcher live list 查看编号")
        return row

    def events(self) -> list[EventRow]:
        """Every livestream, the newest first."""
        row = EventRow
        query = select(row).where(row.type == EventType.LIVESTREAM).order_by(row.starts_at.desc(), row.id.desc())
        return list(self._session.scalars(query))

    def edited(self, event_id: int, version: int) -> EventRow:
        """The livestream, held for an edit of its run-sheet and already one version on.

        Raises Conflict when somebody edited it since `version`.
        """
        row = self.event(event_id, locked=True)
        if row.version != version:
            raise Conflict(
                f"流程单刚被别人改过（您看的是第 {version} 版，现在是第 {row.version} 版），这次没有改动；请刷新后重试"
            )
        self.touch(row)
        return row

    def touch(self, row: EventRow) -> None:
        """Make this transaction a version of its own of the run-sheet."""
        flag_modified(row, "figures")

    def items(self, event_id: int) -> list[LiveItemRow]:
        """Items in running order, those taken off as well."""
        row = LiveItemRow
        return list(self._session.scalars(select(row).where(row.event_id == event_id).order_by(row.seq)))

    def item(self, event_id: int, short_no: int) -> LiveItemRow:
        """The item with a spoken number. Raises NotFound."""
        row = LiveItemRow
        query = select(row).where(row.event_id == event_id, row.short_no == short_no)
        found = self._session.scalars(query).first()
        if found is None:
            raise NotFound(f"这场直播没有 {short_no} 号岗位；请核对流程单")
        return found

    def signal(self, event_id: int, kind: str, payload: dict[str, Any]) -> None:
        """Tell every console. payload: nothing of a person, nothing of a posting but its spoken number."""
        self._session.add(
            LiveSignalRow(event_id=event_id, at=self._session.now(), kind=kind, payload=payload)
        )

    def signals_after(self, event_id: int, last_id: int) -> list[LiveSignalRow]:
        """What came after a signal, oldest first, a bounded number at once."""
        row = LiveSignalRow
        query = select(row).where(row.event_id == event_id, row.id > last_id).order_by(row.id)
        return list(self._session.scalars(query.limit(MOST_SIGNALS_AT_ONCE)))

    def newest_signals(self, event_id: int, most: int) -> list[LiveSignalRow]:
        """The last signals, the newest first."""
        row = LiveSignalRow
        query = select(row).where(row.event_id == event_id).order_by(row.id.desc())
        return list(self._session.scalars(query.limit(most)))

    def newest_signal(self, event_id: int) -> int:
        """Number of the newest signal, 0 when there is none."""
        row = LiveSignalRow
        return self._session.scalar(select(func.max(row.id)).where(row.event_id == event_id)) or 0

    def last_signal(self, event_id: int, kind: str) -> LiveSignalRow | None:
        """The newest signal of a kind."""
        row = LiveSignalRow
        query = select(row).where(row.event_id == event_id, row.kind == kind).order_by(row.id.desc())
        return self._session.scalars(query.limit(1)).first()

    def leads(self, event_id: int) -> list[LiveLeadRow]:
        """Leads in the order in which they came."""
        row = LiveLeadRow
        return list(self._session.scalars(select(row).where(row.event_id == event_id).order_by(row.id)))

    def lead(self, event_id: int, lead_id: int) -> LiveLeadRow:
        """One lead. Raises NotFound."""
        row = self._session.get(LiveLeadRow, lead_id)
        if row is None or row.event_id != event_id:
            raise NotFound(f"这场直播没有这条线索：{lead_id}")
        return row

    def known_leads(self, event_id: int, phone_hashes: Sequence[str]) -> dict[tuple[int, str], LiveLeadRow]:
        """(spoken number, phone hash) → the lead that there is already."""
        row = LiveLeadRow
        query = select(row).where(row.event_id == event_id, row.phone_hash.in_(phone_hashes))
        return {(one.short_no, one.phone_hash): one for one in self._session.scalars(query)}

    def lead_counts(self, event_id: int) -> dict[int, int]:
        """Spoken number → leads."""
        row = LiveLeadRow
        query = select(row.short_no, func.count()).where(row.event_id == event_id).group_by(row.short_no)
        return {row[0]: row[1] for row in self._session.execute(query)}

    def add_lead(self, **values: Any) -> LiveLeadRow:
        """A new lead that waits for its call."""
        row = LiveLeadRow(state=LeadState.NEW, asked_at=self._session.now(), **values)
        self._session.add(row)
        self._session.flush()
        return row
