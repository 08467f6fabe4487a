"""Gig stations and when each last brought in something (零工驿站)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from matcher.domain.posting_terms import PostingKind
from matcher.errors import Conflict, InvalidInput
from matcher.store.freshness import live_condition
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import StationRow
from matcher.store.tables.postings import PostingRow


@dataclass(frozen=True, slots=True)
class StationView:
    """A station that is open. updated_at: when a posting of its source was last entered, changed or checked."""

    station_id: int
    name: str
    address: str
    posting_source: str
    updated_at: datetime | None


class StationRepository:
    """Reads and writes stations."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(
        self,
        name: str,
        posting_source: str,
        *,
        address: str = "",
        region_code: str | None = None,
        point: tuple[float, float] | None = None,
    ) -> int:
        """A new station; returns its number. point: (lat, lng) in degrees, GCJ-02.

        Raises InvalidInput, or Conflict when the source has one.
        """
        if not name.strip() or not posting_source.strip():
            raise InvalidInput("零工驿站要写名称和岗位来源")
        known = select(StationRow.id).where(StationRow.posting_source == posting_source)
        if self._session.scalar(known) is not None:
            raise Conflict(f"岗位来源“{posting_source[:40]}”已属于另一个驿站")
        lat, lng = point or (None, None)
        row = StationRow(
            name=name.strip(),
            address=address or None,
            posting_source=posting_source,
            region_code=region_code,
            lat=lat,
            lng=lng,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def open_ones(self) -> list[StationView]:
        """Stations in use, by name, with their last update."""
        row, posting = StationRow, PostingRow
        latest = (
            select(posting.source, func.max(posting.updated_at), func.max(posting.verified_at))
            .where(posting.kind == PostingKind.GIG)
            .group_by(posting.source)
        )
        moments = {
            source: max((one for one in found if one is not None), default=None)
            for source, *found in self._session.execute(latest)
        }
        query = select(row).where(row.closed_at.is_(None)).order_by(row.name, row.id)
        return [
            StationView(one.id, one.name, one.address or "", one.posting_source, moments.get(one.posting_source))
            for one in self._session.scalars(query)
        ]

    def live_gig_ids(self) -> Sequence[str]:
        """Ids of the gigs that may be shown now, the soonest first."""
        row = PostingRow
        query = select(row.posting_id).where(row.kind == PostingKind.GIG, live_condition(self._session.now()))
        return self._session.scalars(query.order_by(row.need_by, row.start_at, row.posting_id)).all()

