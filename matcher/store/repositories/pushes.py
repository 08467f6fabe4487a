"""Pushes and their events (推送).

INVARIANT: a push is never made or changed without an event of the same transaction. Whether a change is
allowed is decided by `matcher.delivery.states`, through `matcher.services.sending.push_moves`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from matcher.domain.record_terms import BatchState
from matcher.domain.service_terms import Channel, PushState
from matcher.store.history import keep_previous
from matcher.store.session import StoreSession
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchRow
from matcher.store.tables.pushes import PushEventRow, PushRow

OPEN_STATES = (
    PushState.PENDING,
    PushState.SENT,
    PushState.DELIVERED,
    PushState.READ,
    PushState.INTERESTED,
)
"""A push in one of these takes up one of the pushes that its posting may receive."""

_IDS_AT_ONCE = 500
_ONE_MESSAGE = timedelta(minutes=1)
_EVENTS: Any = PushEventRow.__table__
_PUSHES: Any = PushRow.__table__


@dataclass(frozen=True, slots=True)
class PlacesFacts:
    """What bounds the pushes of one posting. openings: places left, else the headcount, None unknown.

    employer, title: what makes two postings the same offer.
    """

    posting_id: str
    openings: int | None
    referral_ratio: float | None
    referral_cap: int | None
    employer: str
    title: str


class PushRepository:
    """Reads and writes pushes."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(self, **values: Any) -> PushRow:
        """Make a push with its first event. values: columns of `pushes`."""
        row = PushRow(**values)
        self._session.add(row)
        self._session.flush()
        self._note(row, reason=None, note=None, by=self._session.actor, via=None)
        return row

    def change(
        self,
        push: PushRow,
        state: PushState,
        *,
        by: str | None = None,
        via: Channel | None = None,
        reason: str | None = None,
        note: str | None = None,
    ) -> None:
        """Put a push into a state and write the event. by: default the session's actor."""
        push.state = state
        self._session.flush()
        self._note(push, reason=reason, note=note, by=by or self._session.actor, via=via)

    def change_all(
        self, push_ids: Sequence[int], state: PushState, *, reason: str, values: Mapping[str, Any] | None = None
    ) -> None:
        """As `change`, for many at once. values: further columns, the same for all."""
        now = self._session.now()
        for start in range(0, len(push_ids), _IDS_AT_ONCE):
            part = push_ids[start : start + _IDS_AT_ONCE]
            keep_previous(self._session, _PUSHES, part)
            self._session.execute(
                update(PushRow)
                .where(PushRow.id.in_(part))
                .values(state=state, version=PushRow.version + 1, updated_at=now, **(values or {}))
                .execution_options(synchronize_session=False)
            )
            event = {"at": now, "state": state, "actor": self._session.actor, "reason": reason}
            self._session.execute(insert(_EVENTS), [{"push_id": one, **event} for one in part])
        self._session.expire_all()

    def of_person(self, batch_id: int, worker_id: str) -> list[PushRow]:
        """A person's pushes of a batch by position, locked until the transaction ends."""
        row = PushRow
        query = select(row).where(row.batch_id == batch_id, row.worker_id == worker_id)
        return list(self._session.scalars(query.order_by(row.position).with_for_update()))

    def get_many(self, push_ids: Iterable[int]) -> dict[int, PushRow]:
        """Pushes by number, locked until the transaction ends; numbers that do not exist are absent."""
        query = select(PushRow).where(PushRow.id.in_(list(push_ids))).order_by(PushRow.id).with_for_update()
        return {row.id: row for row in self._session.scalars(query)}

    def ids_in(self, batch_id: int, states: Sequence[PushState]) -> list[int]:
        """Numbers of a batch's pushes in one of the states."""
        query = select(PushRow.id).where(PushRow.batch_id == batch_id, PushRow.state.in_(list(states)))
        return list(self._session.scalars(query.order_by(PushRow.id)))

    def sent_since(self, worker_id: str, since: datetime, *, but_batch: int | None = None) -> set[str]:
        """Postings that were sent to the person since then, by whatever batch but one."""
        row = PushRow
        query = select(row.posting_id).where(row.worker_id == worker_id, row.sent_at >= since)
        if but_batch is not None:
            query = query.where(row.batch_id.is_distinct_from(but_batch))
        return set(self._session.scalars(query))

    def contacted_since(self, worker_ids: Sequence[str], since: datetime) -> dict[str, list[datetime]]:
        """Person → when messages with pushes went to them since then, oldest first; others are absent.

        The pushes of one message are written down one after another, so what lies within a minute is one message.
        """
        row, moments = PushRow, dict[str, list[datetime]]()
        for start in range(0, len(worker_ids), _IDS_AT_ONCE):
            part = worker_ids[start : start + _IDS_AT_ONCE]
            query = select(row.worker_id, row.sent_at).where(row.worker_id.in_(part), row.sent_at > since)
            for worker_id, sent_at in self._session.execute(query.distinct().order_by(row.sent_at)):
                known = moments.setdefault(worker_id, [])
                if sent_at is not None and (not known or sent_at - known[-1] >= _ONE_MESSAGE):
                    known.append(sent_at)
        return moments

    def counted(self, worker_id: str) -> list[PushRow]:
        """The person's pushes that count towards the floor, oldest first."""
        row = PushRow
        query = select(row).where(row.worker_id == worker_id, row.counts_toward_quota.is_(True))
        return list(self._session.scalars(query.order_by(row.id)))

    def open_counts(self, posting_ids: Sequence[str]) -> dict[str, int]:
        """Posting → open pushes, of all batches; postings without any are absent."""
        counts: dict[str, int] = {}
        for start in range(0, len(posting_ids), _IDS_AT_ONCE):
            part = posting_ids[start : start + _IDS_AT_ONCE]
            query = select(PushRow.posting_id, func.count()).where(PushRow.posting_id.in_(part), _open())
            counts.update((one, count) for one, count in self._session.execute(query.group_by(PushRow.posting_id)))
        return counts

    def open_before(self, push: PushRow) -> int:
        """Open pushes of the same posting that were made before this one."""
        query = select(func.count()).where(
            PushRow.posting_id == push.posting_id, PushRow.id < push.id, _open()
        )
        return self._session.scalar(query) or 0

    def places(self, posting_ids: Sequence[str]) -> dict[str, PlacesFacts]:
        """What bounds the pushes of these postings, read afresh."""
        row = PostingRow
        found: dict[str, PlacesFacts] = {}
        for start in range(0, len(posting_ids), _IDS_AT_ONCE):
            query = select(
                row.posting_id,
                func.coalesce(row.headcount_left, row.headcount),
                row.referral_ratio,
                row.referral_cap,
                func.coalesce(row.employer_id, row.employer_name),
                row.title,
            ).where(row.posting_id.in_(posting_ids[start : start + _IDS_AT_ONCE]))
            found.update((facts[0], PlacesFacts(*facts)) for facts in self._session.execute(query))
        return found

    def state_counts(self, batch_id: int) -> dict[PushState, int]:
        """Pushes of a batch by state."""
        query = select(PushRow.state, func.count()).where(PushRow.batch_id == batch_id)
        return dict(self._session.execute(query.group_by(PushRow.state)).all())

    def page(
        self, batch_id: int, *, after: int = 0, limit: int = 100, state: PushState | None = None
    ) -> list[PushRow]:
        """Pushes of a batch with a number above `after`, in order; nothing in them names the person."""
        query = select(PushRow).where(PushRow.batch_id == batch_id, PushRow.id > after)
        if state is not None:
            query = query.where(PushRow.state == state)
        return list(self._session.scalars(query.order_by(PushRow.id).limit(limit)))

    def last_sent_at(self, batch_id: int) -> datetime | None:
        """When the last push of a batch went out."""
        return self._session.scalar(select(func.max(PushRow.sent_at)).where(PushRow.batch_id == batch_id))

    def people_with_counted(self, batch_id: int, at_least: int) -> int:
        """People of a batch with at least so many pushes that count."""
        row = PushRow
        served = (
            select(row.worker_id)
            .where(row.batch_id == batch_id, row.counts_toward_quota.is_(True))
            .group_by(row.worker_id)
            .having(func.count() >= at_least)
            .subquery()
        )
        return self._session.scalar(select(func.count()).select_from(served)) or 0

    def events(self, push_id: int) -> list[PushEventRow]:
        """What happened to a push, oldest first."""
        query = select(PushEventRow).where(PushEventRow.push_id == push_id).order_by(PushEventRow.id)
        return list(self._session.scalars(query))

    def _note(
        self, push: PushRow, *, reason: str | None, note: str | None, by: str, via: Channel | None
    ) -> None:
        self._session.add(
            PushEventRow(
                push_id=push.id,
                at=self._session.now(),
                state=push.state,
                via=via,
                actor=by,
                reason=reason,
                note=note,
            )
        )
        self._session.flush()


def _open() -> ColumnElement[bool]:
    """Out and not settled, or waiting in a batch that is being sent; a draft takes up nothing yet."""
    sending = select(PushBatchRow.id).where(PushBatchRow.state.in_((BatchState.APPROVED, BatchState.RUNNING)))
    waiting = or_(PushRow.batch_id.is_(None), PushRow.batch_id.in_(sending))
    return and_(PushRow.state.in_(OPEN_STATES), or_(PushRow.state != PushState.PENDING, waiting))
