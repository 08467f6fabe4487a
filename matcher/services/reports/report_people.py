"""People as reports name them: masked, with town and village (报表人员)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from matcher.domain.masking import mask_name
from matcher.lexicon.places import place_of
from matcher.store.session import StoreSession
from matcher.store.tables.people import WorkerIdentityRow
from matcher.store.tables.workers import WorkerRow

NO_TOWN, NO_VILLAGE = "未分乡镇", "未分村"
_TOWN_DIGITS = 9
_IDS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, order=True)
class PersonLabel:
    """Where a person lives and their masked name."""

    town: str = NO_TOWN
    village: str = NO_VILLAGE
    name: str = ""


def people_labels(session: StoreSession, worker_ids: Iterable[str]) -> dict[str, PersonLabel]:
    """Labels of these people; a person without a record gets the empty label."""
    ids = list(dict.fromkeys(worker_ids))
    found: dict[str, PersonLabel] = {}
    for start in range(0, len(ids), _IDS_AT_ONCE):
        part = ids[start : start + _IDS_AT_ONCE]
        query = (
            select(WorkerRow.worker_id, WorkerRow.region_code, WorkerRow.place_name, WorkerIdentityRow.name)
            .outerjoin(WorkerIdentityRow, WorkerIdentityRow.worker_id == WorkerRow.worker_id)
            .where(WorkerRow.worker_id.in_(part))
        )
        for worker_id, region, place, name in session.execute(query):
            found[worker_id] = PersonLabel(town_name(region), place or NO_VILLAGE, mask_name(name))
    return {one: found.get(one, PersonLabel()) for one in ids}


@lru_cache(maxsize=10_000)
def town_name(region_code: str | None) -> str:
    """The town a region code lies in, by name; its own digits where no name is known."""
    if not region_code or not region_code[6:_TOWN_DIGITS].strip("0"):
        return NO_TOWN
    code = f"{region_code[:_TOWN_DIGITS]}000"
    place = place_of(code)
    return place.name if place else code
