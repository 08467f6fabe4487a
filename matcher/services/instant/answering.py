"""What a person answers to an offer (答复邀约).

INVARIANTS
- One person holds one promise at a time: the person is locked, and other promises are read, before a yes counts.
- An answer stands. The same one again changes nothing; another one is refused and told.
- A yes that comes too late for a place is not lost: the person stands by and is told not to set out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matcher.allocation.instant.decision import takes_another
from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.errors import Conflict
from matcher.regions.pack import Office
from matcher.services.instant.messages import confirmed_text, queue_text, reserve_text
from matcher.services.instant.standing import (
    cell_of,
    chances_to_come,
    expected,
    learned,
    refuse_second_promise,
    require_answerable,
    settle,
)
from matcher.store.database import Database
from matcher.store.repositories.arrivals import ArrivalRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import UrgentOfferRow, UrgentRequestRow


class Seat(StrEnum):
    """What a yes or no leads to."""

    EXPECTED = "expected"
    RESERVE = "reserve"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the answer led to. text: what the person is told. repeated: nothing was changed."""

    place: Seat
    text: str
    repeated: bool = False


def answer(
    database: Database, request_id: int, worker_id: str, *, yes: bool, office: Office, actor: str
) -> Answered:
    """Record an answer. Raises NotFound without an offer, Conflict as in the invariants or when it is too late."""
    with database.writing(actor) as session:
        repository = UrgentRepository(session)
        request = repository.get(request_id, locked=True)
        offer = repository.offer(request_id, worker_id)
        if offer.answer in (OfferAnswer.YES, OfferAnswer.NO):
            return _again(session, request, offer, yes=yes, office=office)
        require_answerable(session, request)
        if not yes:
            _note(offer, OfferAnswer.NO, session)
            session.flush()
            return Answered(Seat.DECLINED, _thanks(office))
        repository.lock_people([worker_id])
        return _yes(session, request, offer, office)


def _yes(session: StoreSession, request: UrgentRequestRow, offer: UrgentOfferRow, office: Office) -> Answered:
    refuse_second_promise(session, request, offer.worker_id)
    known, cell = learned(session), cell_of(request)
    come = chances_to_come(expected(session, request), known, cell)
    mine = float(known.come.of_people([offer.worker_id], cell)[0])
    wanted = request.state is UrgentState.OPEN and takes_another(come, request.needed, request.sure, mine)
    _note(offer, OfferAnswer.YES, session)
    _count_yes(request, offer.wave)
    arrivals = ArrivalRepository(session)
    arrivals.add(request.id, request.posting_id, offer.worker_id, reserve=not wanted)
    place = Seat.EXPECTED if wanted else Seat.RESERVE
    text = _text(session, request, place, office)
    key = f"instant:{offer.id}:{place}"
    queue_text(session, key, text, request_id=request.id, worker_id=offer.worker_id, channel=offer.channel)
    settle(session, request, known, office)
    return Answered(place, text)


def _again(
    session: StoreSession, request: UrgentRequestRow, offer: UrgentOfferRow, *, yes: bool, office: Office
) -> Answered:
    if (offer.answer is OfferAnswer.YES) != yes:
        said = offer.answer.label
        raise Conflict(f"这个人已经答复“{said}”，没有改动；要改请由经办人登记（来不了用 no-show）")
    if not yes:
        return Answered(Seat.DECLINED, _thanks(office), repeated=True)
    reserve = ArrivalRepository(session).get(request.id, offer.worker_id).reserve
    place = Seat.RESERVE if reserve else Seat.EXPECTED
    return Answered(place, _text(session, request, place, office), repeated=True)


def _text(session: StoreSession, request: UrgentRequestRow, place: Seat, office: Office) -> str:
    if place is Seat.RESERVE:
        return reserve_text(office)
    posting = PostingRepository(session).get_many([request.posting_id])[request.posting_id]
    return confirmed_text(posting, request.need_by, office)


def _note(offer: UrgentOfferRow, said: OfferAnswer, session: StoreSession) -> None:
    offer.answer, offer.answered_at = said, session.now()


def _count_yes(request: UrgentRequestRow, wave: int) -> None:
    waves = [dict(one) for one in request.waves or ()]
    if 0 < wave <= len(waves):
        waves[wave - 1]["yes"] += 1
        request.waves = waves


def _thanks(office: Office) -> str:
    return f"好的，谢谢答复。有合适的活再通知您。{office.name}{office.phone}"
