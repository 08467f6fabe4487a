"""Two requests that want the same people at the same moment, on both engines."""

from __future__ import annotations

from threading import Barrier, Thread

from sqlalchemy import select

from matcher.domain.event_terms import OfferAnswer
from matcher.errors import MatcherError
from matcher.services.instant.answering import answer
from matcher.store.database import Database
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.tables.gigs import ArrivalRow, UrgentOfferRow
from tests.instant_world import BY, OFFICE, PlainRanker, ask, free_people, opened


def at_once(*works: object) -> list[object]:
    """Run the works in threads; what each returned or raised."""
    told: list[object] = []

    def run(work: object) -> None:
        try:
            told.append(work())  # type: ignore[operator]
        except MatcherError as error:
            told.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(told) == len(works)
    return told


def test_two_requests_at_once_never_ask_one_person_for_the_same_time(database: Database) -> None:
    free_people(database, 14)
    requests = [opened(database).request_id, opened(database, needed=3).request_id]
    both_ranked = Barrier(2)
    ranker = PlainRanker(meanwhile=lambda: both_ranked.wait(30))
    waves = at_once(*(lambda one=one: ask(database, one, ranker) for one in requests))
    asked = [who for wave in waves for who in wave.asked]  # type: ignore[attr-defined]
    assert all(wave.asked for wave in waves)  # type: ignore[attr-defined]
    assert len(asked) == len(set(asked))


def test_two_yeses_at_once_of_one_person_make_one_promise(database: Database) -> None:
    free_people(database, 14)
    first, second = opened(database).request_id, opened(database, needed=3).request_id
    who = ask(database, first).asked[0]
    with database.writing(BY) as session:  # as if an office had asked on paper as well
        other = session.scalars(select(UrgentOfferRow).where(UrgentOfferRow.worker_id == who)).one()
        UrgentRepository(session).add_offer(
            second, who, wave=1, channel=other.channel, answer_by=database.clock.now()
        )
        other.answer_by = database.clock.now()
    at_once(
        *(
            lambda one=one: answer(database, one, who, yes=True, office=OFFICE, actor=BY)
            for one in (first, second)
        )
    )
    with database.reading() as session:
        promises = session.scalars(select(ArrivalRow).where(ArrivalRow.worker_id == who)).all()
        answers = {offer.answer for one in (first, second) for offer in UrgentRepository(session).offers(one) if offer.worker_id == who}
    assert len(promises) == 1
    assert answers == {OfferAnswer.YES, OfferAnswer.WAITING}


def test_two_calls_for_one_request_at_once_ask_nobody_twice(database: Database) -> None:
    free_people(database, 14)
    request_id = opened(database).request_id
    waves = at_once(*[lambda: ask(database, request_id)] * 2)
    asked = [who for wave in waves if not isinstance(wave, MatcherError) for who in wave.asked]  # type: ignore[attr-defined]
    with database.reading() as session:
        offers = UrgentRepository(session).offers(request_id)
    assert len(asked) == len(set(asked)) == len(offers)
