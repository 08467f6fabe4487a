"""Placements that travel together (点对点接送)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.swaps import TransportGroupRow, TransportMemberRow
from matcher.store.tables.workers import WorkerRow


@dataclass(frozen=True, slots=True)
class Traveller:
    """One placement whose day and both ends are known."""

    outcome_id: int
    worker_id: str
    origin: str
    destination: str
    day: date


class TransportRepository:
    """Reads and writes groups."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def waiting(self, first: date, last: date) -> list[Traveller]:
        """Placements of these days with a home and a place of work that no group carries yet.

        Held until the transaction ends, so that nobody is put on two buses.
        """
        outcome, worker, posting = OutcomeRow, WorkerRow, PostingRow
        carried = select(TransportMemberRow.outcome_id)
        query = (
            select(outcome.id, outcome.worker_id, worker.region_code, posting.region_code, outcome.started_on)
            .join(worker, worker.worker_id == outcome.worker_id)
            .join(posting, posting.posting_id == outcome.posting_id)
            .where(
                outcome.started_on.between(first, last),
                worker.region_code.is_not(None),
                posting.region_code.is_not(None),
                worker.region_code != posting.region_code,
                outcome.ended_on.is_(None),
                outcome.id.not_in(carried),
            )
            .order_by(outcome.id)
            .with_for_update(of=outcome)
        )
        return [
            Traveller(outcome_id, worker_id, origin, destination, day)
            for outcome_id, worker_id, origin, destination, day in self._session.execute(query)
            if origin and destination and day
        ]

    def add_group(
        self, origin: str, destination: str, day: date, seats: int, outcome_ids: Sequence[int]
    ) -> int:
        """One vehicle with its passengers; returns its number."""
        group = TransportGroupRow(
            origin_region=origin, destination_region=destination, travels_on=day, seats=seats
        )
        self._session.add(group)
        self._session.flush()
        self._session.add_all(
            TransportMemberRow(group_id=group.id, outcome_id=outcome_id) for outcome_id in outcome_ids
        )
        self._session.flush()
        return group.id

    def groups(self, first: date, last: date) -> list[TransportGroupRow]:
        """Vehicles of these days."""
        row = TransportGroupRow
        query = select(row).where(row.travels_on.between(first, last)).order_by(row.travels_on, row.id)
        return list(self._session.scalars(query))

    def passengers(self, group_id: int) -> list[str]:
        """Worker ids of one vehicle, in order of placement."""
        member, outcome = TransportMemberRow, OutcomeRow
        query = (
            select(outcome.worker_id)
            .join(member, member.outcome_id == outcome.id)
            .where(member.group_id == group_id)
            .order_by(outcome.id)
        )
        return list(self._session.scalars(query))
