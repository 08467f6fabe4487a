"""Placements, and what each side said of them (录用与在岗).

INVARIANT: `outcomes` is what its claims come to; nothing writes one without the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.service_terms import EndReason, Evidence
from matcher.store.repositories.service_records import Scope
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeClaimRow, OutcomeRow

_IDS_AT_ONCE = 500


class OutcomeRepository:
    """Reads and writes placements."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(self, worker_id: str, posting_id: str | None, **values: Any) -> OutcomeRow:
        """A new placement of a person. values: further columns."""
        row = OutcomeRow(worker_id=worker_id, posting_id=posting_id, **values)
        self._session.add(row)
        self._session.flush()
        return row

    def newest(self, worker_id: str, posting_id: str | None) -> OutcomeRow | None:
        """The latest placement of a person at a posting."""
        row = OutcomeRow
        query = select(row).where(row.worker_id == worker_id, row.posting_id.is_not_distinct_from(posting_id))
        return self._session.scalars(query.order_by(row.id.desc()).limit(1)).first()

    def add_claim(
        self,
        outcome_id: int,
        fact: OutcomeFact,
        said: bool,
        evidence: Evidence,
        *,
        on_day: date | None = None,
        reason: EndReason | None = None,
    ) -> None:
        """Keep one statement."""
        self._session.add(
            OutcomeClaimRow(
                outcome_id=outcome_id,
                fact=fact,
                said=said,
                evidence=evidence,
                on_day=on_day,
                reason=reason,
                recorded_at=self._session.now(),
                recorded_by=self._session.actor,
            )
        )
        self._session.flush()

    def claims(self, outcome_id: int) -> list[OutcomeClaimRow]:
        """All statements about a placement, oldest first."""
        row = OutcomeClaimRow
        return list(self._session.scalars(select(row).where(row.outcome_id == outcome_id).order_by(row.id)))

    def update(self, row: OutcomeRow, values: Mapping[str, Any]) -> None:
        """Write what the claims come to."""
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        self._session.flush()

    def of_people(self, scope: Scope) -> Iterator[OutcomeRow]:
        """Placements of these people, by person and in order."""
        row = OutcomeRow
        query = select(row).where(row.worker_id.in_(scope))
        yield from self._session.scalars(query.order_by(row.worker_id, row.id))

    def of_pushes(self, push_ids: Sequence[int]) -> dict[int, OutcomeRow]:
        """Push → its placement."""
        found: dict[int, OutcomeRow] = {}
        for start in range(0, len(push_ids), _IDS_AT_ONCE):
            part = push_ids[start : start + _IDS_AT_ONCE]
            query = select(OutcomeRow).where(OutcomeRow.push_id.in_(part)).order_by(OutcomeRow.id)
            found.update(
                (row.push_id, row) for row in self._session.scalars(query) if row.push_id is not None
            )
        return found

    def all_with_claims(self) -> Iterator[tuple[OutcomeRow, list[OutcomeClaimRow]]]:
        """Every placement with its statements, oldest first."""
        claims: dict[int, list[OutcomeClaimRow]] = {}
        for claim in self._session.scalars(select(OutcomeClaimRow).order_by(OutcomeClaimRow.id)):
            claims.setdefault(claim.outcome_id, []).append(claim)
        for row in self._session.scalars(select(OutcomeRow).order_by(OutcomeRow.id)):
            yield row, claims.get(row.id, [])


def was_hired(row: OutcomeRow) -> bool:
    """Whether a placement is known to have come about; False = not known, never "no"."""
    stayed = row.in_post_7d or row.in_post_30d or row.in_post_6m
    return row.hired_at is not None or row.started_on is not None or bool(stayed)
