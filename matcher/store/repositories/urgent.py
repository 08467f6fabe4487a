"""Urgent requests and the offers made for them (即时快招).

INVARIANTS
- A person is asked once for one request.
- Whoever offers or confirms locks the people first and reads their commitments afterwards, in one transaction:
  two requests that want the same person at the same moment meet at the person's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.domain.service_terms import Channel, ConsentPurpose
from matcher.errors import NotFound
from matcher.store.repositories.arrivals import STILL_COMING, came
from matcher.store.repositories.consents import consented
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import ArrivalRow, UrgentOfferRow, UrgentRequestRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.workers import WorkerRow

USUAL_WORK = timedelta(hours=10)
"""How long work lasts whose end nobody named: a working day with the way home."""
_ACTIVE = (UrgentState.OPEN, UrgentState.FILLED)
_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Commitment:
    """A time that a person has promised, or may promise any minute. request_id: for which request."""

    worker_id: str
    request_id: int
    starts: datetime
    ends: datetime

    def meets(self, starts: datetime, ends: datetime) -> bool:
        """Whether the two times overlap."""
        return self.starts < ends and starts < self.ends


@dataclass(frozen=True, slots=True)
class Try:
    """One thing learned of a person: of which work, at what time, and whether they did it."""

    worker_id: str
    occupation_code: str | None
    need_by: datetime
    hit: bool


class UrgentRepository:
    """Reads and writes requests and offers."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(
        self,
        posting_id: str,
        *,
        need_by: datetime,
        needed: int,
        sure: float,
        occupation_code: str | None,
        region_code: str | None,
    ) -> UrgentRequestRow:
        """A new open request."""
        row = UrgentRequestRow(
            posting_id=posting_id,
            need_by=need_by,
            needed=needed,
            over_book_factor=1.0,
            waves=[],
            occupation_code=occupation_code,
            sure=sure,
            state=UrgentState.OPEN,
            region_code=region_code,
        )
        self._session.add(row)
        self._session.flush()
        return row

    def get(self, request_id: int, *, locked: bool = False) -> UrgentRequestRow:
        """One request. locked: nobody else changes it until this transaction ends. Raises NotFound."""
        query = select(UrgentRequestRow).where(UrgentRequestRow.id == request_id)
        if locked:
            query = query.with_for_update().execution_options(populate_existing=True)
        row = self._session.scalars(query).first()
        if row is None:
            raise NotFound(f"没有这个快招需求：{request_id}；请用 matcher instant list 查看编号")
        return row

    def active(self) -> list[UrgentRequestRow]:
        """Requests that are not closed, the most urgent first."""
        row = UrgentRequestRow
        query = select(row).where(row.state.in_(_ACTIVE)).order_by(row.need_by, row.id)
        return list(self._session.scalars(query))

    def of_posting(self, posting_ids: Sequence[str]) -> dict[str, UrgentRequestRow]:
        """The newest request of each posting."""
        found: dict[str, UrgentRequestRow] = {}
        for start in range(0, len(posting_ids), _IDS_AT_ONCE):
            part = posting_ids[start : start + _IDS_AT_ONCE]
            query = select(UrgentRequestRow).where(UrgentRequestRow.posting_id.in_(part))
            for row in self._session.scalars(query.order_by(UrgentRequestRow.id)):
                found[row.posting_id] = row
        return found

    def offers(self, request_id: int) -> list[UrgentOfferRow]:
        """The offers of a request in the order they were made."""
        row = UrgentOfferRow
        query = select(row).where(row.urgent_request_id == request_id).order_by(row.id)
        return list(self._session.scalars(query.execution_options(populate_existing=True)))

    def offer(self, request_id: int, worker_id: str) -> UrgentOfferRow:
        """The offer made to one person. Raises NotFound."""
        row = UrgentOfferRow
        query = select(row).where(row.urgent_request_id == request_id, row.worker_id == worker_id)
        found = self._session.scalars(query).first()
        if found is None:
            raise NotFound(f"这个人没有收到快招 {request_id} 的邀约；请核对劳动者编号")
        return found

    def add_offer(
        self, request_id: int, worker_id: str, *, wave: int, channel: Channel, answer_by: datetime
    ) -> UrgentOfferRow:
        """An offer that waits for its answer."""
        row = UrgentOfferRow(
            urgent_request_id=request_id,
            worker_id=worker_id,
            wave=wave,
            channel=channel,
            offered_at=self._session.now(),
            answer_by=answer_by,
            answer=OfferAnswer.WAITING,
        )
        self._session.add(row)
        self._session.flush()
        return row

    def lock_people(self, worker_ids: Iterable[str]) -> set[str]:
        """Hold these people until the transaction ends, in one order for all; returns those who exist."""
        wanted, held = sorted(set(worker_ids)), set()
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            row = WorkerRow
            query = select(row.worker_id).where(row.worker_id.in_(wanted[start : start + _IDS_AT_ONCE]))
            held |= set(self._session.scalars(query.order_by(row.worker_id).with_for_update()))
        return held

    def available(self, until: datetime) -> dict[str, datetime]:
        """People who said that they are free up to `until` at least and may be contacted, with their limit."""
        row = WorkerRow
        query = select(row.worker_id, row.available_until).where(
            row.available_until >= until, row.withdrawn_at.is_(None), consented(ConsentPurpose.CONTACT)
        )
        return {one: moment for one, moment in self._session.execute(query) if moment is not None}

    def set_free(self, worker_id: str, until: datetime | None) -> None:
        """Until when a person is free; None = no longer. Raises NotFound."""
        row = self._session.get(WorkerRow, worker_id)
        if row is None or row.withdrawn_at is not None:
            raise NotFound(f"没有这个劳动者，或已退出：{worker_id[:40]}")
        row.available_until = until
        self._session.flush()

    def commitments(self) -> list[Commitment]:
        """Every open promise and every offer that may still be answered, of requests that are not closed."""
        now = self._session.now()
        request, offer, arrival = UrgentRequestRow, UrgentOfferRow, ArrivalRow
        times = (request.id, PostingRow.start_at, request.need_by, PostingRow.end_at)
        offered = (
            select(offer.worker_id, *times)
            .join(request, request.id == offer.urgent_request_id)
            .join(PostingRow, PostingRow.posting_id == request.posting_id)
            .where(request.state.in_(_ACTIVE), offer.answer == OfferAnswer.WAITING, offer.answer_by > now)
        )
        promised = (
            select(arrival.worker_id, *times)
            .join(request, request.id == arrival.urgent_request_id)
            .join(PostingRow, PostingRow.posting_id == request.posting_id)
            .where(
                request.state.in_(_ACTIVE),
                arrival.reserve.is_(False),
                arrival.worker_state.in_(STILL_COMING),
                arrival.employer_state.is_(None) | arrival.employer_state.in_(STILL_COMING),
            )
        )
        return [
            Commitment(worker_id, request_id, *work_time(start_at, need_by, end_at))
            for query in (offered, promised)
            for worker_id, request_id, start_at, need_by, end_at in self._session.execute(query)
        ]

    def answers_since(self, since: datetime) -> list[Try]:
        """Every offer that was answered, or let go by, since then: yes is a hit."""
        request, offer = UrgentRequestRow, UrgentOfferRow
        query = (
            select(offer.worker_id, request.occupation_code, request.need_by, offer.answer)
            .join(request, request.id == offer.urgent_request_id)
            .where(
                offer.offered_at >= since,
                offer.answer.in_((OfferAnswer.YES, OfferAnswer.NO, OfferAnswer.NONE)),
            )
        )
        return [
            Try(worker_id, code, need_by, answer is OfferAnswer.YES)
            for worker_id, code, need_by, answer in self._session.execute(query)
        ]

    def arrivals_since(self, since: datetime) -> list[Try]:
        """Every promise since then of which it is known whether the person came."""
        request, arrival = UrgentRequestRow, ArrivalRow
        query = (
            select(arrival, request.occupation_code, request.need_by)
            .join(request, request.id == arrival.urgent_request_id)
            .where(request.need_by >= since, arrival.reserve.is_(False))
        )
        known = ((row, code, need_by, came(row)) for row, code, need_by in self._session.execute(query))
        return [
            Try(row.worker_id, code, need_by, hit) for row, code, need_by, hit in known if hit is not None
        ]


def work_time(
    start_at: datetime | None, need_by: datetime, end_at: datetime | None
) -> tuple[datetime, datetime]:
    """From when to when a person is taken by the work."""
    starts = need_by if start_at is None or start_at < need_by - USUAL_WORK else min(start_at, need_by)
    return starts, end_at if end_at is not None and end_at > starts else need_by + USUAL_WORK
