"""The list a member of staff works through by phone, and how a request stands (外呼清单, 进度).

Names and phones are masked; the posting passes the gate again when the list is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.domain.service_terms import Channel
from matcher.regions.pack import Office
from matcher.services.instant.messages import offer_text
from matcher.services.output_gate import cleared
from matcher.store.repositories.arrivals import ArrivalRepository, is_there, still_coming
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to ask. name, phone: masked."""

    worker_id: str
    name: str
    phone: str
    channel: Channel
    answer_by: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A request in numbers, without people."""

    request_id: int
    posting_id: str
    state: UrgentState
    needed: int
    need_by: datetime
    asked: int
    yes: int
    no: int
    waiting: int
    expected: int
    reserves: int
    there: int
    waves: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "request_id": self.request_id, "posting_id": self.posting_id, "state": self.state.value,
            "needed": self.needed, "need_by": self.need_by.isoformat(), "asked": self.asked, "yes": self.yes,
            "no": self.no, "waiting": self.waiting, "expected": self.expected, "reserves": self.reserves,
            "there": self.there, "waves": list(self.waves),
        }  # fmt: skip


def calls_to_make(session: StoreSession, request_id: int, office: Office) -> list[Call]:
    """People who were asked and have not answered; nobody when the posting may not be shown now."""
    repository = UrgentRepository(session)
    request = repository.get(request_id)
    posting = cleared(session, [request.posting_id]).get(request.posting_id)
    if posting is None or request.state is not UrgentState.OPEN:
        return []
    found, people = [], WorkerRepository(session)
    for offer in repository.offers(request_id):
        if offer.answer is OfferAnswer.WAITING and offer.answer_by > session.now():
            who = people.masked_identity(offer.worker_id)
            text = offer_text(posting, request.need_by, offer.answer_by, office)
            phone = who.phones[0] if who.phones else ""
            found.append(Call(offer.worker_id, who.name, phone, offer.channel, offer.answer_by, text))
    return found


def progress(session: StoreSession, request_id: int) -> Progress:
    """How a request stands. Raises NotFound."""
    repository = UrgentRepository(session)
    request = repository.get(request_id)
    answers = [offer.answer for offer in repository.offers(request_id)]
    rows = ArrivalRepository(session).of_request(request_id)
    return Progress(
        request_id=request.id,
        posting_id=request.posting_id,
        state=request.state,
        needed=request.needed,
        need_by=request.need_by,
        asked=len(answers),
        yes=answers.count(OfferAnswer.YES),
        no=answers.count(OfferAnswer.NO),
        waiting=answers.count(OfferAnswer.WAITING),
        expected=sum(still_coming(row) for row in rows),
        reserves=sum(row.reserve for row in rows),
        there=sum(is_there(row) and still_coming(row) for row in rows),
        waves=tuple(request.waves or ()),
    )


def in_progress(session: StoreSession) -> list[Progress]:
    """Every request that is not closed, the most urgent first."""
    return [progress(session, row.id) for row in UrgentRepository(session).active()]
