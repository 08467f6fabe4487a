"""Why one person stands in the queue now (个人待办)."""

from __future__ import annotations

from matcher.outcome.follow_ups import DueContact, due_contacts
from matcher.regions.pack import RegionPack
from matcher.services.care.follow_up_queue import person_facts
from matcher.store.repositories.care_facts import CareFactsRepository
from matcher.store.session import StoreSession


def due_lines(session: StoreSession, pack: RegionPack, worker_id: str) -> list[DueContact]:
    """Their lines, the most pressing first. The caller has checked the sight."""
    repository = CareFactsRepository(session)
    scope = repository.scope(caseworker=None, region=None, worker_id=worker_id)
    facts = person_facts(session, pack, scope, repository.people(scope))
    return [due for one in facts for due in due_contacts(one, pack, session.now())]
