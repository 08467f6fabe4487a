"""What planning a batch reads of earlier pushes, and the one bulk write of a plan (推送方案).

INVARIANT: a batch, its people, pushes, events and shortfalls are written by one call in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, or_, select

from matcher.domain.record_terms import BatchState
from matcher.domain.service_terms import PushState
from matcher.errors import NotFound
from matcher.store.repositories.pushes import OPEN_STATES
from matcher.store.session import StoreSession
from matcher.store.tables.base import new_id
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow, PushShortfallRow
from matcher.store.tables.pushes import PushEventRow, PushRow

SOURCE = "push_plan"
_SENDING = (BatchState.APPROVED, BatchState.RUNNING)
_UNDELIVERED = (BatchState.DRAFT, BatchState.APPROVED, BatchState.CANCELLED, BatchState.STOPPED)
_KEYS_AT_ONCE = 1_000
_ROWS_AT_ONCE = 5_000

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What bounds the pushes of one posting. openings: places left, else the headcount, None unknown.

    open_pushes: sent and not yet settled, or about to be sent. employer_id: "" unknown.
    """

    openings: int | None
    referral_ratio: float | None
    referral_cap: int | None
    employer_id: str
    open_pushes: int = 0


@dataclass(frozen=True, slots=True)
class MarketAttempts:
    """What was tried for a person on the market: pushes that reached them, their answers, placements."""

    delivered: int = 0
    interested: int = 0
    unsuitable: int = 0
    placements: int = 0

    @property
    def failed(self) -> bool:
        """Tried, and nobody was placed."""
        return self.delivered > 0 and not self.placements


class PushPlanRepository:
    """Facts for planning, and the write of a plan."""

    def __init__(self, session: StoreSession, *, before_batch: int | None = None) -> None:
        """before_batch: look only at pushes of earlier batches, to see what the planner of that one saw."""
        self._session = session
        self._before = before_batch

    def places(self, posting_ids: Sequence[str]) -> dict[str, PlaceFacts]:
        """What bounds the pushes of these postings, read afresh."""
        row, busy = PostingRow, self._open_pushes()
        found: dict[str, PlaceFacts] = {}
        for part in _parts(posting_ids):
            query = select(
                row.posting_id,
                func.coalesce(row.headcount_left, row.headcount),
                row.referral_ratio,
                row.referral_cap,
                func.coalesce(row.employer_id, ""),
            ).where(row.posting_id.in_(part))
            for posting_id, openings, ratio, cap, employer in self._session.execute(query):
                found[posting_id] = PlaceFacts(openings, ratio, cap, employer, busy.get(posting_id, 0))
        return found

    def employer_names(self, posting_ids: Sequence[str]) -> dict[str, str]:
        """Posting → name of its employer as it is shown."""
        row = PostingRow
        return {
            posting_id: name or ""
            for part in _parts(posting_ids)
            for posting_id, name in self._session.execute(
                select(row.posting_id, row.employer_name).where(row.posting_id.in_(part))
            )
        }

    def recent_pairs(self, worker_ids: Sequence[str], *, days: int) -> list[Pair]:
        """(person, posting) sent within so many days, or waiting to be sent in an approved batch."""
        since = self._session.now() - timedelta(days=days)
        waiting = and_(PushRow.state == PushState.PENDING, PushBatchRow.state.in_(_SENDING))
        return self._pairs(worker_ids, or_(PushRow.sent_at >= since, waiting))

    def kept_pairs(self, worker_ids: Sequence[str]) -> list[Pair]:
        """(person, posting) of the last batch that planned for the person and sent them nothing of it."""
        person = PushBatchPersonRow
        earlier = select(person.worker_id, func.max(person.batch_id).label("batch_id"))
        if self._before is not None:
            earlier = earlier.where(person.batch_id < self._before)
        latest = earlier.group_by(person.worker_id).subquery()
        last = PushRow.batch_id == select(latest.c.batch_id).where(
            latest.c.worker_id == PushRow.worker_id
        ).scalar_subquery()
        unsent = and_(PushRow.sent_at.is_(None), PushBatchRow.state.in_(_UNDELIVERED), last)
        return self._pairs(worker_ids, unsent)

    def market_attempts(self, worker_ids: Sequence[str]) -> dict[str, MarketAttempts]:
        """What earlier batches tried for these people; those for whom nothing was tried are absent."""
        tried: dict[str, MarketAttempts] = {}
        row = PushRow
        for part in _parts(worker_ids):
            query = (
                select(
                    row.worker_id,
                    func.count(row.delivered_at),
                    func.count().filter(row.state == PushState.INTERESTED),
                    func.count().filter(row.state == PushState.UNSUITABLE),
                )
                .where(row.worker_id.in_(part), row.sent_at.is_not(None))
                .group_by(row.worker_id)
            )
            placed = _counts(
                self._session.execute(
                    select(OutcomeRow.worker_id, func.count())
                    .where(OutcomeRow.worker_id.in_(part), OutcomeRow.hired_at.is_not(None))
                    .group_by(OutcomeRow.worker_id)
                )
            )
            for worker_id, delivered, interested, unsuitable in self._session.execute(query):
                tried[worker_id] = MarketAttempts(
                    delivered, interested, unsuitable, placed.get(worker_id, 0)
                )
        return tried

    def add(
        self,
        batch: Mapping[str, Any],
        people: Iterable[Mapping[str, Any]],
        pushes: Iterable[Mapping[str, Any]],
        shortfalls: Iterable[Mapping[str, Any]],
    ) -> int:
        """Write a plan and return the number of its batch; the caller's transaction commits it or not.

        batch: columns of `push_batches`; the rest: columns of their tables but batch_id and stamps.
        """
        row = PushBatchRow(**batch)
        self._session.add(row)
        self._session.flush()
        number: dict[str, Any] = {"batch_id": row.id}
        self._insert(PushBatchPersonRow, people, number)
        stamp = self._stamp() | {"source": SOURCE, "counts_toward_quota": False}
        self._insert(PushRow, ({**one, "external_id": new_id()} for one in pushes), number | stamp)
        self._note_events(row.id)
        self._insert(PushShortfallRow, shortfalls, number)
        return row.id

    def plan(self, batch_id: int) -> tuple[PushBatchRow, list[tuple[str, str, int]]]:
        """A batch and its planned pushes (person, posting, position), replacements left out.

        Raises NotFound.
        """
        batch = self._session.get(PushBatchRow, batch_id)
        if batch is None:
            raise NotFound(f"没有这个推送批次：{batch_id}")
        row = PushRow
        query = select(row.worker_id, row.posting_id, row.position).where(
            row.batch_id == batch_id, row.source == SOURCE
        )
        found = self._session.execute(query.order_by(row.worker_id, row.position))
        return batch, [(person, posting, position) for person, posting, position in found]

    def people(self, batch_id: int) -> list[tuple[str, str | None, float, int]]:
        """(person, region code, priority, pushes planned) of a batch, by person."""
        row = PushBatchPersonRow
        query = select(row.worker_id, row.region_code, row.priority, row.found)
        ordered = query.where(row.batch_id == batch_id).order_by(row.worker_id)
        return [
            (person, region, priority, found)
            for person, region, priority, found in self._session.execute(ordered)
        ]

    def regions(self, batch_id: int, worker_ids: Sequence[str]) -> dict[str, str | None]:
        """Person → region code as it was when the batch was planned."""
        row = PushBatchPersonRow
        return {
            worker_id: region
            for part in _parts(worker_ids)
            for worker_id, region in self._session.execute(
                select(row.worker_id, row.region_code).where(
                    row.batch_id == batch_id, row.worker_id.in_(part)
                )
            )
        }

    def _open_pushes(self) -> dict[str, int]:
        """Posting → open pushes: out and not settled, or waiting in a batch that was approved."""
        out = and_(PushRow.state.in_(OPEN_STATES), PushRow.state != PushState.PENDING)
        waiting = and_(
            PushRow.state == PushState.PENDING,
            or_(PushRow.batch_id.is_(None), PushBatchRow.state.in_(_SENDING)),
        )
        query = self._of_batches(select(PushRow.posting_id, func.count())).where(or_(out, waiting))
        return _counts(self._session.execute(query.group_by(PushRow.posting_id)))

    def _pairs(self, worker_ids: Sequence[str], condition: ColumnElement[bool]) -> list[Pair]:
        query = self._of_batches(select(PushRow.worker_id, PushRow.posting_id)).where(condition)
        wanted = set(worker_ids)
        found = self._session.execute(query.distinct())
        return sorted((one, posting) for one, posting in found if one in wanted)

    def _of_batches(self, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        joined = query.outerjoin(PushBatchRow, PushBatchRow.id == PushRow.batch_id)
        if self._before is None:
            return joined
        return joined.where(or_(PushRow.batch_id.is_(None), PushRow.batch_id < self._before))

    def _note_events(self, batch_id: int) -> None:
        """The first event of every push of a batch: planned."""
        pending, actor = literal(PushState.PENDING, PushRow.state.type), literal(self._session.actor)
        planned = select(
            PushRow.id, literal(self._session.now(), PushEventRow.at.type), pending, actor
        ).where(PushRow.batch_id == batch_id)
        events: Any = PushEventRow.__table__
        self._session.execute(
            insert(events).from_select(["push_id", "at", "state", "actor"], planned.order_by(PushRow.id))
        )

    def _stamp(self) -> dict[str, Any]:
        now = self._session.now()
        return {"created_at": now, "updated_at": now, "version": 1, "created_by": self._session.actor}

    def _insert(self, table: Any, rows: Iterable[Mapping[str, Any]], common: Mapping[str, Any]) -> None:
        connection = self._session.connection()
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append({**row, **common})
            if len(batch) == _ROWS_AT_ONCE:
                connection.execute(insert(table.__table__), batch)
                batch = []
        if batch:
            connection.execute(insert(table.__table__), batch)


def _counts(found: Iterable[Any]) -> dict[str, int]:
    """Rows of (key, count) as a table."""
    return {str(key): int(count) for key, count in found}


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _KEYS_AT_ONCE):
        yield ids[start : start + _KEYS_AT_ONCE]
