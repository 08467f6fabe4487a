"""What people agreed to, per purpose (告知与同意)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, select

from matcher.domain.record_terms import ConsentChannel, IndexedEntity
from matcher.domain.service_terms import ConsentBasis, ConsentPurpose
from matcher.errors import NotFound
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import ConsentRow
from matcher.store.tables.workers import WorkerRow

_KEYS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """One agreement, or one statutory duty relied on. text_hash: SHA-256 of the notice that was shown."""

    purpose: ConsentPurpose
    basis: ConsentBasis
    text_version: str
    text_hash: str
    channel: ConsentChannel


def consented(purpose: ConsentPurpose) -> ColumnElement[bool]:
    """Condition on `workers`: a record for the purpose is live."""
    return exists().where(
        ConsentRow.worker_id == WorkerRow.worker_id,
        ConsentRow.purpose == purpose,
        ConsentRow.withdrawn_at.is_(None),
    )


class ConsentRepository:
    """Grants, withdraws and checks consents. Withdrawal works at once: the person leaves the index."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def grant(self, worker_id: str, given: ConsentGiven) -> int:
        """Record that a person agreed; returns the record's number."""
        row = self._row(worker_id, given)
        self._session.add(row)
        self._session.flush()
        self._changed([worker_id])
        return row.id

    def grant_first(self, given_by_worker: Sequence[tuple[str, ConsentGiven]]) -> None:
        """Record those for whom nothing was ever recorded for the purpose.

        What an import carries must never revive a consent that was taken back.
        """
        known: set[tuple[str, ConsentPurpose]] = set()
        for start in range(0, len(given_by_worker), _KEYS_AT_ONCE):
            ids = [worker_id for worker_id, _ in given_by_worker[start : start + _KEYS_AT_ONCE]]
            query = select(ConsentRow.worker_id, ConsentRow.purpose).where(ConsentRow.worker_id.in_(ids))
            known.update((worker_id, purpose) for worker_id, purpose in self._session.execute(query))
        for worker_id, given in given_by_worker:
            if (worker_id, given.purpose) not in known:
                known.add((worker_id, given.purpose))
                self._session.add(self._row(worker_id, given))
        self._session.flush()

    def withdraw(self, worker_id: str, purpose: ConsentPurpose) -> None:
        """End every live record of the purpose. Raises NotFound when there is none."""
        live = self._session.scalars(self._live_query(worker_id, purpose)).all()
        if not live:
            raise NotFound(f"没有可撤回的“{purpose.label}”同意记录")
        for row in live:
            row.withdrawn_at, row.withdrawn_by = self._session.now(), self._session.actor
        self._session.flush()
        self._changed([worker_id])

    def is_live(self, worker_id: str, purpose: ConsentPurpose) -> bool:
        """Whether the person's data may be used for the purpose now."""
        return self._session.scalars(self._live_query(worker_id, purpose).limit(1)).first() is not None

    def live_ids(self, worker_ids: Sequence[str], purpose: ConsentPurpose) -> set[str]:
        """Those of the ids whose data may be used for the purpose now."""
        return {
            one
            for start in range(0, len(worker_ids), _KEYS_AT_ONCE)
            for one in self._session.scalars(
                select(ConsentRow.worker_id).where(
                    ConsentRow.worker_id.in_(worker_ids[start : start + _KEYS_AT_ONCE]),
                    ConsentRow.purpose == purpose,
                    ConsentRow.withdrawn_at.is_(None),
                )
            )
        }

    def of(self, worker_id: str) -> Iterator[ConsentRow]:
        """All records of a person, oldest first, withdrawn ones included."""
        query = select(ConsentRow).where(ConsentRow.worker_id == worker_id).order_by(ConsentRow.id)
        yield from self._session.scalars(query)

    def _row(self, worker_id: str, given: ConsentGiven) -> ConsentRow:
        return ConsentRow(
            worker_id=worker_id,
            purpose=given.purpose,
            basis=given.basis,
            text_version=given.text_version,
            text_hash=given.text_hash,
            channel=given.channel,
            given_at=self._session.now(),
            recorded_by=self._session.actor,
        )

    def _live_query(self, worker_id: str, purpose: ConsentPurpose) -> Select[ConsentRow]:
        return select(ConsentRow).where(
            ConsentRow.worker_id == worker_id,
            ConsentRow.purpose == purpose,
            ConsentRow.withdrawn_at.is_(None),
        )

    def _changed(self, worker_ids: Sequence[str]) -> None:
        IndexChangeRepository(self._session).append(IndexedEntity.WORKER, worker_ids)
