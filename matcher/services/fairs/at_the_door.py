"""Somebody who is not on the list: who they are and where they could go now (现场来人查找)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from matcher.domain.service_terms import ConsentPurpose
from matcher.errors import InvalidInput
from matcher.ranking.score import Scorer
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.fairs.arriving import Candidate, candidate
from matcher.services.fairs.views import moment, wall_board
from matcher.services.fairs.walk_ins import suggest
from matcher.store.repositories.events import EventRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.workers import WorkerRow

_PHONE = re.compile(r"\d{7,13}", re.ASCII)
MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """A booth worth going to now, as it is said to the person."""

    spoken: str
    booth_no: str
    employer: str
    title: str
    pay: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody at the door. agreed: to be matched; without it nothing is offered."""

    person: Candidate
    agreed: bool
    offers: tuple[Offer, ...]


def people_called(session: StoreSession, event_id: int, sight: Sight, said: str) -> tuple[Candidate, ...]:
    """People in sight with this whole phone number or full name, masked.

    Raises InvalidInput for an empty word: the end of a number would fit half a county.
    """
    said = said.strip()
    if not said or (said.isdigit() and not _PHONE.fullmatch(said)):
        raise InvalidInput("不在名单里的人，请报完整手机号或姓名")
    people = WorkerRepository(session)
    found = people.find_by_phone(said) if _PHONE.fullmatch(said) else people.find_by_name(said)
    row = WorkerRow
    query = select(row.worker_id).where(
        row.worker_id.in_(found[:MOST_FOUND]), row.withdrawn_at.is_(None), visible_workers(sight)
    )
    return tuple(candidate(session, event_id, one) for one in session.scalars(query.order_by(row.worker_id)))


def offers_at_the_door(session: StoreSession, event_id: int, worker_id: str, scorer: Scorer) -> WalkIn:
    """At most three booths with a free table still to come, of postings that may be shown now."""
    event, person = EventRepository(session).get(event_id), candidate(session, event_id, worker_id)
    if worker_id not in WorkerRepository(session).active_ids([worker_id], ConsentPurpose.MATCHING):
        return WalkIn(person, agreed=False, offers=())
    lines = {line.posting_id: line for line in wall_board(session, event_id)}
    offers = tuple(
        Offer(
            line.spoken, line.booth_no, line.employer, line.title, line.pay, moment(event, one.slot),
            one.reasons[0][1] if one.reasons else "",
        )
        for one in suggest(session, event_id, worker_id, scorer)
        if (line := lines.get(one.posting_id))
    )  # fmt: skip
    return WalkIn(person, agreed=True, offers=offers)
