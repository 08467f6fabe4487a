"""A batch that went out by SMS to people with phones of their own, for the tests of answers."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.delivery.links import KEY_PURPOSE, AnswerLinks, LinkScope
from matcher.delivery.states import Actor
from matcher.domain.service_terms import Channel, PushState
from matcher.services.sending.batch_life import approve_batch
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.push_moves import move_push
from matcher.services.sending.push_terms import PushOffice, PushTerms
from matcher.services.sending.send_wave import send_wave
from matcher.store.database import Database
from matcher.store.identity import Identity, Phone
from matcher.store.repositories.pushes import PushRepository
from matcher.store.tables.pushes import PushRow
from tests.push_world import (
    APPROVER,
    PLANNER,
    PlainJudge,
    Recorder,
    add_people,
    add_postings,
    plan,
    posting_id,
)

ADDRESS = "https://jy.example.test"
NAMES = ("样甲", "样乙丙", "样丁")


def phone(number: int) -> str:
    return f"1390000{number:04d}"


@dataclass
class Sent:
    """A batch on its way, and what is needed to answer it."""

    database: Database
    office: PushOffice
    batch_id: int
    links: AnswerLinks

    def push(self, person: int, place: int = 0) -> PushRow:
        with self.database.reading() as session:
            return session.get_one(PushRow, self.push_id(person, place))

    def push_id(self, person: int, place: int = 0) -> int:
        return 2 * person + place + 1

    def token(self, person: int = 0, *, scope: LinkScope = LinkScope.MESSAGE, place: int = 0) -> str:
        return self.links.token(
            scope, self.batch_id, self.push_id(person, place), now=self.database.clock.now()
        )

    def move(self, person: int, place: int, *states: PushState) -> None:
        """Walk a push through states, as the system or a caseworker would."""
        with self.database.writing("样例丙") as session:
            push = PushRepository(session).get_many([self.push_id(person, place)])[
                self.push_id(person, place)
            ]
            for state in states:
                actor = Actor.CASEWORKER if state is PushState.DECLINED else Actor.SYSTEM
                move_push(session, push, state, actor, note="样例经过")


def send(
    database: Database, *, people: int = 1, shared_phone: bool = False, channel: Channel = Channel.SMS
) -> Sent:
    """Two postings for each of so many people, sent on a channel."""
    links = AnswerLinks(database.keyring.derived_key(KEY_PURPOSE), ADDRESS)
    terms = PushTerms("样例县就业服务中心", "0312-0000000", channels=frozenset({channel}))
    office = PushOffice(terms, PlainJudge(), links)
    with database.writing(PLANNER) as session:
        for number in range(people):
            mine = phone(0 if shared_phone else number)
            add_people(session, [number], identity=Identity(name=NAMES[number], phones=(Phone(mine),)))
        add_postings(session, range(2 * people), headcount=3)
        batch_id = plan(session, {number: (2 * number, 2 * number + 1) for number in range(people)})
    approve_batch(database, batch_id, approver=APPROVER)
    send_wave(database, batch_id, office)
    deliver_outbox(database, {channel: Way(lambda _: Recorder())}, office)
    return Sent(database, office, batch_id, links)


__all__ = ["NAMES", "Sent", "phone", "posting_id", "send"]
