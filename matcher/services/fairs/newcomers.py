"""People who were registered on a laptop without network, on their way into the office (现场建档带回).

INVARIANTS
- Of a person come the name, phones, facts and consents, nothing else, whatever the file holds.
- Whose phone the office knows is never merged in silence: person and rows wait, sealed, for an officer's word.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matcher.domain.masking import mask_name, mask_phone
from matcher.domain.record_terms import IndexedEntity
from matcher.errors import InvalidInput
from matcher.services.fairs.carrying import ENTITIES, PEOPLE, people_rows, put_in, typed
from matcher.services.fairs.merging import Rows, hang_on, keep_both
from matcher.services.fairs.registering import SOURCE, people_with_phones
from matcher.store.plain_json import as_json
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import ConsentRow
from matcher.store.tables.base import Base
from matcher.store.tables.events import EventConflictRow, EventRow
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.workers import WorkerRow

PERSON = "person"
"""Such a conflict, beside those of rows."""

SOMEBODY_ELSE = "other"
"""The officer's word that it is another person, who gets a file of their own."""

_TABLES = {table.__tablename__: table for table in PEOPLE}


@dataclass(frozen=True, slots=True)
class Brought:
    """One person as they stand on the laptop. rows: in an order in which they can be put in."""

    worker_id: str
    rows: tuple[tuple[type[Base], dict[str, Any]], ...] = field(repr=False)

    @property
    def phones(self) -> tuple[str, ...]:
        return tuple(values["phone"] for table, values in self.rows if table is WorkerPhoneRow)

    @property
    def name(self) -> str | None:
        """The full name."""
        return next((values["name"] for table, values in self.rows if table is WorkerIdentityRow), None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an officer decides on: somebody from the laptop with their rows of the fair."""

    person: Brought
    rows: list[tuple[str, dict[str, Any]]] = field(repr=False)


def brought_along(laptop: StoreSession, carried: Collection[str]) -> tuple[Brought, ...]:
    """Everybody who was registered on the laptop. carried: whom it had from the office, even if they are gone there."""
    query = select(WorkerRow.worker_id).where(WorkerRow.source == SOURCE).order_by(WorkerRow.worker_id)
    return tuple(
        Brought(one, tuple((table, _without_number(values)) for table, values in people_rows(laptop, [one])))
        for one in laptop.scalars(query)
        if one not in carried
    )


def take_people(session: StoreSession, event: EventRow, people: Iterable[Brought], theirs: Rows) -> tuple[int, int]:
    """Make them people of the office; the rows of those who must wait are taken out of `theirs`.

    Returns (new people, new questions to an officer).
    """
    new = asked = 0
    for one in people:
        if session.get(WorkerRow, one.worker_id) is not None:
            continue
        known = people_with_phones(session, one.phones)
        if not known:
            _put(session, one)
            new += 1
            continue
        own = [key for key, values in theirs.items() if values["worker_id"] == one.worker_id]
        rows = [[kind, theirs.pop((kind, key))] for kind, key in own]
        person = [[table.__tablename__, values] for table, values in one.rows]
        told = as_json({"person": person, "rows": rows})
        asked += keep_both(session, event.id, PERSON, one.worker_id, as_json({"people": known}), told)
    return new, asked


def masked_question(session: StoreSession, row: EventConflictRow) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the office's people it may be, who it is at the fair), for everybody to see."""
    waiting = _waiting(row)
    theirs = {
        "worker_id": waiting.person.worker_id,
        "name": mask_name(waiting.person.name),
        "phone": "、".join(mask_phone(one) for one in waiting.person.phones),
        "rows": [kind for kind, _ in waiting.rows],
    }
    return {"people": _who_it_may_be(session, row, waiting)}, theirs


def settle_person(session: StoreSession, event: EventRow, row: EventConflictRow, choice: str) -> None:
    """Give check-in, meetings and consents to the person chosen, or open the file that was waiting.

    Raises InvalidInput for a choice that was not offered.
    """
    waiting = _waiting(row)
    if choice == SOMEBODY_ELSE:
        if session.get(WorkerRow, waiting.person.worker_id) is None:
            _put(session, waiting.person)
        hang_on(session, event, waiting.rows, waiting.person.worker_id)
        return
    if choice not in _who_it_may_be(session, row, waiting):
        raise InvalidInput(f"请选档案里的人(劳动者编号)，或 {SOMEBODY_ELSE}(另一个人，单独建档)")
    _agree_again(session, waiting.person, choice)
    hang_on(session, event, waiting.rows, choice)


def _who_it_may_be(session: StoreSession, row: EventConflictRow, waiting: Waiting) -> list[str]:
    """Who had the phone at the merge or has it now."""
    told = {*json.loads(row.ours)["people"], *people_with_phones(session, waiting.person.phones)}
    return sorted(one for one in told - {waiting.person.worker_id} if session.get(WorkerRow, one) is not None)


def _agree_again(session: StoreSession, person: Brought, worker_id: str) -> None:
    """What was agreed to at the fair counts, unless it counts already or was taken back later."""
    for values in (values for table, values in person.rows if table is ConsentRow):
        query = select(ConsentRow).where(
            ConsentRow.worker_id == worker_id, ConsentRow.purpose == values["purpose"]
        )
        if all(_ended_before(one, values["given_at"]) for one in session.scalars(query)):
            session.add(ConsentRow(**values | {"worker_id": worker_id}))
            IndexChangeRepository(session).append(IndexedEntity.WORKER, [worker_id])
    session.flush()


def _ended_before(consent: ConsentRow, moment: datetime) -> bool:
    return consent.withdrawn_at is not None and consent.withdrawn_at < moment


def _put(session: StoreSession, person: Brought) -> None:
    put_in(session, person.rows)
    IndexChangeRepository(session).append(IndexedEntity.WORKER, [person.worker_id])


def _waiting(row: EventConflictRow) -> Waiting:
    told = json.loads(row.theirs)
    person = tuple((_TABLES[name], typed(_TABLES[name], values)) for name, values in told["person"])
    rows = [(kind, typed(ENTITIES[kind], values)) for kind, values in told["rows"]]
    return Waiting(Brought(row.entity_key, person), rows)


def _without_number(values: dict[str, Any]) -> dict[str, Any]:
    """Each database numbers its own rows."""
    return {name: value for name, value in values.items() if name != "id"}
