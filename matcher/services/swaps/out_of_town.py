"""Postings out of town with what decides whether somebody can go: lodging, travel, companions (劳务协作)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, func, not_, or_, select, type_coerce

from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Benefit, FriendlyTo
from matcher.errors import InvalidInput
from matcher.services.output_gate import cleared
from matcher.store.freshness import live_condition
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.postings import PostingRow

MOST_LISTED = 500
_LODGING = (Benefit.LODGING, Benefit.COUPLE_ROOM, Benefit.LODGING_ALLOWANCE)


@dataclass(frozen=True, slots=True)
class FarPosting:
    """One posting out of town; () and None mean that nothing is said. companions: people from here who started
    there and are not known to have left, a count alone. welcome_together: the employer takes companions."""

    posting_id: str
    title: str
    employer: str
    place: str
    pay: str
    lodging: tuple[str, ...]
    travel: tuple[str, ...]
    companions: int
    welcome_together: bool
    places_left: int | None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def out_of_town(session: StoreSession, home: Sequence[str], *, limit: int = 100) -> list[FarPosting]:
    """Live postings outside `home` (leading digits of region codes): with lodging first, then with travel.

    Raises InvalidInput without a home or for a limit out of range.
    """
    if not home:
        raise InvalidInput("没有写明本地的行政区划代码，无法判断哪些是外地岗位；请设置区域包")
    if not 1 <= limit <= MOST_LISTED:
        raise InvalidInput(f"条数须在 1 到 {MOST_LISTED} 之间，收到 {limit}")
    row = PostingRow
    code = type_coerce(row.region_code, String)
    local = or_(*(code.startswith(prefix, autoescape=True) for prefix in home))
    query = select(row.posting_id, row.benefits, row.transport).where(
        live_condition(session.now()), row.region_code.is_not(None), not_(local)
    )
    found = [
        (not set(benefits or ()) & set(_LODGING), not transport, posting_id)
        for posting_id, benefits, transport in session.execute(query)
    ]
    ids = [posting_id for _, _, posting_id in sorted(found)[:limit]]
    there = _companions(session, ids)
    return [_far(posting, there.get(one, 0)) for one, posting in cleared(session, ids).items()]


def _companions(session: StoreSession, posting_ids: Sequence[str]) -> dict[str, int]:
    row = OutcomeRow
    query = (
        select(row.posting_id, func.count(row.worker_id.distinct()))
        .where(row.posting_id.in_(posting_ids), row.started_on.is_not(None), row.ended_on.is_(None))
        .group_by(row.posting_id)
    )
    return {posting_id: count for posting_id, count in session.execute(query) if posting_id}


def _far(posting: Posting, companions: int) -> FarPosting:
    return FarPosting(
        posting_id=posting.posting_id,
        title=posting.title,
        employer=posting.employer_name,
        place=posting.place.name if posting.place else "",
        pay=pay_label(posting.pay),
        lodging=tuple(one.label for one in posting.benefits if one in _LODGING),
        travel=tuple(one.label for one in posting.transport),
        companions=companions,
        welcome_together=FriendlyTo.COMPANIONS in posting.friendly_to,
        places_left=posting.headcount if posting.headcount_left is None else posting.headcount_left,
    )
