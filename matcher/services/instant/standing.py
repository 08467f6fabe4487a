"""Where an urgent request stands, and what follows when that changes (快招进度).

INVARIANTS
- A request that is full asks nobody: its waiting offers are taken back with a message in the same transaction.
- The posting shows the places that are left, and none when it is full, so that it leaves every list at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.instant.decision import is_full
from matcher.allocation.instant.rates import Cell, Rates, fit_rates, hour_band, trade_of
from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.errors import Conflict
from matcher.regions.pack import Office
from matcher.services.instant.messages import called_off_text, filled_text, queue_text
from matcher.services.output_gate import refusals
from matcher.store.repositories.arrivals import ArrivalRepository, is_there, still_coming
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.urgent import Try, UrgentRepository, work_time
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import ArrivalRow, UrgentRequestRow
from matcher.store.tables.postings import PostingRow

LEARNED_FROM = timedelta(days=180)
USUAL_YES, USUAL_COME = 0.3, 0.85
"""What offices tell of phone calls before anything was learned here; a prior, soon outweighed."""
_BY_ITSELF = frozenset({"filled", "expired"})
"""What becomes of every request in the end: no reason against a reserve who is called in."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """The two rates."""

    yes: Rates
    come: Rates

    def chances(self, worker_ids: Sequence[str], cell: Cell) -> tuple[Floats, Floats]:
        """(n,) chance to say yes, and to come after a yes, of each person."""
        return self.yes.of_people(worker_ids, cell), self.come.of_people(worker_ids, cell)


def learned(session: StoreSession) -> Learned:
    """The rates as the last half-year shows them."""
    repository, since = UrgentRepository(session), session.now() - LEARNED_FROM
    return Learned(
        fit_rates(USUAL_YES, map(_seen, repository.answers_since(since))),
        fit_rates(USUAL_COME, map(_seen, repository.arrivals_since(since))),
    )


def cell_of(request: UrgentRequestRow) -> Cell:
    """Trade and hour of a request."""
    return trade_of(request.occupation_code), hour_band(request.need_by)


def chances_to_come(rows: Sequence[ArrivalRow], known: Learned, cell: Cell) -> Floats:
    """(n,) chance that each of those told to come is there in time; 1 for who is."""
    rates = known.come.of_people([row.worker_id for row in rows], cell)
    return np.where([is_there(row) for row in rows], 1.0, rates) if len(rows) else rates


def expected(session: StoreSession, request: UrgentRequestRow) -> list[ArrivalRow]:
    """Those who count for a place."""
    return [row for row in ArrivalRepository(session).of_request(request.id) if still_coming(row)]


def settle(session: StoreSession, request: UrgentRequestRow, known: Learned, office: Office) -> None:
    """Fill or open the request again by who is expected, take back offers, and show the places left."""
    rows = expected(session, request)
    full = is_full(chances_to_come(rows, known, cell_of(request)), request.needed, request.sure)
    left = 0 if full else max(request.needed - len(rows), 1)
    if full and request.state is UrgentState.OPEN:
        request.state, request.filled_at = UrgentState.FILLED, session.now()
        withdraw_offers(session, request, filled_text(office))
    elif not full and request.state is UrgentState.FILLED:
        request.state = UrgentState.OPEN
    if session.get_one(PostingRow, request.posting_id).headcount_left != left:
        PostingRepository(session).set_headcount_left(request.posting_id, left)


def withdraw_offers(session: StoreSession, request: UrgentRequestRow, text: str) -> int:
    """Take back every offer that waits for an answer, with a message; returns how many."""
    waiting = [
        offer for offer in UrgentRepository(session).offers(request.id) if offer.answer is OfferAnswer.WAITING
    ]
    for offer in waiting:
        offer.answer = OfferAnswer.WITHDRAWN
        queue_text(
            session,
            f"instant:{offer.id}:withdrawn",
            text,
            request_id=request.id,
            worker_id=offer.worker_id,
            channel=offer.channel,
        )
    session.flush()
    return len(waiting)


def lapse_offers(session: StoreSession, request: UrgentRequestRow) -> int:
    """Offers whose time to answer is over; returns how many."""
    now = session.now()
    late = [
        offer
        for offer in UrgentRepository(session).offers(request.id)
        if offer.answer is OfferAnswer.WAITING and offer.answer_by <= now
    ]
    for offer in late:
        offer.answer = OfferAnswer.NONE
    session.flush()
    return len(late)


def require_answerable(session: StoreSession, request: UrgentRequestRow) -> None:
    """Raises Conflict when nobody may be sent there any more: closed, too late, or the posting may not be shown."""
    if request.state is UrgentState.CLOSED:
        raise Conflict(f"快招 {request.id} 已经关闭，没有改动")
    if request.need_by <= session.now():
        raise Conflict(f"快招 {request.id} 的到岗时间已过，不再接受答复或新邀约")
    require_showable(session, request)


def require_showable(session: StoreSession, request: UrgentRequestRow) -> None:
    """Raises Conflict when the posting may not be shown for another reason than being full, or past its hour."""
    against = refusals(session, [request.posting_id]).get(request.posting_id)
    if against is not None and against.code not in _BY_ITSELF:
        raise Conflict(f"快招 {request.id} 的岗位现在不能对外：{against.text}")


def refuse_second_promise(session: StoreSession, request: UrgentRequestRow, worker_id: str) -> None:
    """Raises Conflict when the person, who is locked, holds another promise at this time."""
    posting = session.get_one(PostingRow, request.posting_id)
    starts, ends = work_time(posting.start_at, request.need_by, posting.end_at)
    for one in UrgentRepository(session).commitments():
        if one.worker_id == worker_id and one.request_id != request.id and one.meets(starts, ends):
            raise Conflict(f"这个人同一时间已有快招 {one.request_id}，不能再答应；请先了结那一个")


def call_off(session: StoreSession, request: UrgentRequestRow, office: Office) -> None:
    """Tell everybody who waits or is expected that nobody is wanted."""
    text = called_off_text(office)
    withdraw_offers(session, request, text)
    offers = {offer.worker_id: offer for offer in UrgentRepository(session).offers(request.id)}
    for row in expected(session, request):
        if not is_there(row) and row.worker_id in offers:
            offer = offers[row.worker_id]
            key = f"instant:{offer.id}:called-off"
            queue_text(
                session, key, text, request_id=request.id, worker_id=row.worker_id, channel=offer.channel
            )


def minutes_until(moment: datetime, now: datetime) -> float:
    """Minutes from now, negative when it has passed."""
    return (moment - now).total_seconds() / 60


def _seen(one: Try) -> tuple[str, Cell, bool]:
    return one.worker_id, (trade_of(one.occupation_code), hour_band(one.need_by)), one.hit
