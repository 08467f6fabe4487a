"""Ending urgent requests: by hand, and by themselves when their time is over (关闭快招, 05:00 换日)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from matcher.clock import gig_day
from matcher.domain.event_terms import OfferAnswer
from matcher.domain.posting_terms import CloseReason, PublishState
from matcher.domain.record_terms import UrgentState
from matcher.errors import Conflict
from matcher.regions.pack import Office
from matcher.services.instant.messages import filled_text
from matcher.services.instant.standing import call_off, expected, withdraw_offers
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.urgent import UrgentRepository, work_time
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import UrgentRequestRow
from matcher.store.tables.postings import PostingRow

KEPT_AFTER_NEED = timedelta(hours=3)
"""How long after the hour arrivals are still taken down."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How a request ended. missing: places nobody was expected for."""

    request_id: int
    expected: int
    missing: int


def close_request(
    database: Database, request_id: int, *, cancelled: bool = False, office: Office, actor: str
) -> Closed:
    """End a request. cancelled: nobody is wanted any more, and whoever is expected is told so.

    Raises NotFound, or Conflict when it is closed already.
    """
    with database.writing(actor) as session:
        request = UrgentRepository(session).get(request_id, locked=True)
        if request.state is UrgentState.CLOSED:
            raise Conflict(f"快招 {request_id} 早已关闭，没有改动")
        if cancelled:
            call_off(session, request, office)
        else:
            withdraw_offers(session, request, filled_text(office))
        return _closed(session, request, CloseReason.CANCELLED if cancelled else CloseReason.FILLED_HERE)


def close_over(database: Database, *, actor: str) -> list[Closed]:
    """End every request whose time is over: the gig day has changed since, or hours have passed.

    Offers that nobody answered are noted as such. Idempotent; run by hand, by the board or every night.
    """
    with database.writing(actor) as session:
        repository = UrgentRepository(session)
        done = []
        for one in repository.active():
            if not _is_over(session, one):
                continue
            request = repository.get(one.id, locked=True)
            for offer in repository.offers(request.id):
                if offer.answer is OfferAnswer.WAITING:
                    offer.answer = OfferAnswer.NONE
            done.append(_closed(session, request, CloseReason.EXPIRED))
        return done


def _is_over(session: StoreSession, request: UrgentRequestRow) -> bool:
    now = session.now()
    if now < request.need_by:
        return False
    posting = session.get_one(PostingRow, request.posting_id)
    ends = work_time(posting.start_at, request.need_by, posting.end_at)[1]
    worked_off = now >= (ends if posting.end_at else request.need_by + KEPT_AFTER_NEED)
    return worked_off or gig_day(now) > gig_day(request.need_by)


def _closed(session: StoreSession, request: UrgentRequestRow, reason: CloseReason) -> Closed:
    coming = len(expected(session, request))
    missing = max(request.needed - coming, 0)
    request.state = UrgentState.CLOSED
    session.flush()
    state = PublishState.EXPIRED if reason is CloseReason.EXPIRED else PublishState.WITHDRAWN
    if reason is CloseReason.FILLED_HERE:
        state = PublishState.FILLED
        reason = CloseReason.FILLED_HERE if missing == 0 else CloseReason.CANCELLED
    PostingRepository(session).set_states([request.posting_id], publish_state=state, close_reason=reason)
    return Closed(request.id, coming, missing)
