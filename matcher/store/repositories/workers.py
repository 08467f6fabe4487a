"""Workers: matching facts by default, identity masked, and in clear only for a stated reason (劳动者)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, update

from matcher.domain.record_terms import IndexedEntity
from matcher.domain.service_terms import ConsentPurpose
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import RESTRICTED_CATEGORIES, CategoryState, WorkerCategory
from matcher.errors import InvalidInput, NotFound
from matcher.store.history import keep_previous
from matcher.store.identity import (
    ID_NUMBER,
    NAME,
    PHONE,
    Identity,
    MaskedIdentity,
    Phone,
    masked,
    plain_id_number,
    plain_name,
    plain_phone,
)
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.consents import consented
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.posting_upsert import RowOutcome
from matcher.store.repositories.worker_upsert import WorkerEntry, upsert_workers
from matcher.store.session import StoreSession
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerCertificateRow, WorkerIntentRow, WorkerRow
from matcher.store.worker_mapping import EXTRA_COLUMNS, INTENT_COLUMNS, WORKER_COLUMNS, rows_to_worker

_KEYS_AT_ONCE = 1_000
_WORKERS: Any = WorkerRow.__table__
_INTENTS: Any = WorkerIntentRow.__table__
_CERTIFICATES: Any = WorkerCertificateRow.__table__
_FREE_TEXT = frozenset({"training_wish", "venture_wish"})


class WorkerRepository:
    """Reads and writes workers. Nothing here returns a full name, number or phone but `reveal`."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def upsert(self, entries: Sequence[WorkerEntry], *, job_id: int | None = None) -> list[RowOutcome]:
        """Insert or change people; one outcome per entry, in order.

        A second entry with the same (source, external_id) is refused as `duplicate`.
        Raises InvalidInput for an unknown extra column or a text that cannot be stored.
        """
        return upsert_workers(self._session, entries, job_id=job_id)

    def withdraw(self, worker_ids: Sequence[str]) -> None:
        """Take people out of matching; their records stay."""
        keep_previous(self._session, _WORKERS, worker_ids, by="worker_id")
        for part in _parts(worker_ids):
            self._session.execute(
                update(WorkerRow)
                .where(WorkerRow.worker_id.in_(part))
                .values(
                    withdrawn_at=self._session.now(),
                    updated_at=self._session.now(),
                    version=WorkerRow.version + 1,
                )
                .execution_options(synchronize_session=False)
            )
        self._session.expire_all()
        IndexChangeRepository(self._session).append(IndexedEntity.WORKER, worker_ids)

    def get_many(self, worker_ids: Sequence[str]) -> dict[str, Worker]:
        """Workers by id as matching sees them; ids that do not exist are absent."""
        return {
            worker.worker_id: worker
            for part in _parts(worker_ids)
            for worker in self._workers(select(_WORKERS.c.worker_id).where(_WORKERS.c.worker_id.in_(part)))
        }

    def all_active(self, purpose: ConsentPurpose | None = ConsentPurpose.MATCHING) -> Iterator[Worker]:
        """Everybody who is in matching, by worker id.

        purpose: leave out those without a live consent record for it; None only for counting.
        """
        query = select(WorkerRow.worker_id).where(WorkerRow.withdrawn_at.is_(None))
        if purpose is not None:
            query = query.where(consented(purpose))
        ids = list(self._session.scalars(query.order_by(WorkerRow.worker_id)))
        for part in _parts(ids):
            yield from self._workers(select(_WORKERS.c.worker_id).where(_WORKERS.c.worker_id.in_(part)))

    def count(self) -> int:
        """Number of people who are in matching, whatever they agreed to."""
        active = select(func.count()).select_from(WorkerRow).where(WorkerRow.withdrawn_at.is_(None))
        return self._session.scalar(active) or 0

    def active_ids(self, worker_ids: Sequence[str], purpose: ConsentPurpose) -> set[str]:
        """Those of the ids who are in matching and whose data may be used for the purpose."""
        return {
            one
            for part in _parts(worker_ids)
            for one in self._session.scalars(
                select(WorkerRow.worker_id).where(
                    WorkerRow.worker_id.in_(part), WorkerRow.withdrawn_at.is_(None), consented(purpose)
                )
            )
        }

    def get_masked(self, worker_id: str) -> dict[str, Any]:
        """Record facts and masked identity of one person; no category, sex or nation. Raises NotFound."""
        row = self._session.get(WorkerRow, worker_id)
        if row is None:
            raise NotFound(f"没有这个劳动者：{worker_id}")
        facts = {name: getattr(row, name) for name in EXTRA_COLUMNS if name not in _FREE_TEXT}
        return facts | {
            "worker_id": worker_id,
            "source": row.source,
            "external_id": row.external_id,
            "region_code": row.region_code,
            "withdrawn_at": row.withdrawn_at,
            "version": row.version,
            "identity": self.masked_identity(worker_id),
        }

    def masked_identity(self, worker_id: str) -> MaskedIdentity:
        """Name, number, phones and address as shown by default."""
        return masked(self._identity(worker_id))

    def reveal(self, worker_id: str, *, actor: str, reason: str, field: str = "") -> Identity:
        """The identity in clear. Needs a writing session: the reading itself is put in the audit log.

        field: the one that is going to be looked at, "" = all.
        Raises InvalidInput without actor or reason, NotFound for an unknown person.
        """
        if not actor.strip() or not reason.strip():
            raise InvalidInput("查看完整个人信息必须说明查看人和理由")
        identity = self._identity(worker_id)
        AuditRepository(self._session).append(
            action="reveal_identity",
            entity="worker",
            entity_id=worker_id,
            reason=reason,
            actor=actor,
            details={"field": field} if field else None,
        )
        return identity

    def find_by_id_number(self, number: str) -> list[str]:
        """Worker ids with this ID number; more than one when several sources know the person."""
        row = WorkerIdentityRow
        return self._found(row.worker_id, row.id_hash, ID_NUMBER, plain_id_number(number))

    def find_by_name(self, name: str) -> list[str]:
        """Worker ids with exactly this name."""
        row = WorkerIdentityRow
        return self._found(row.worker_id, row.name_hash, NAME, plain_name(name))

    def find_by_phone(self, phone: str) -> list[str]:
        """Worker ids reached by this phone; two people may share one."""
        row = WorkerPhoneRow
        return self._found(row.worker_id, row.phone_hash, PHONE, plain_phone(phone))

    def categories(self, worker_id: str, *, restricted: bool = False) -> dict[WorkerCategory, CategoryState]:
        """Assistance categories of a person. restricted: include those only a caseworker may see."""
        row = WorkerCategoryRow
        query = select(row.category, row.state).where(row.worker_id == worker_id).order_by(row.id)
        return {
            category: state
            for category, state in self._session.execute(query)
            if restricted or category not in RESTRICTED_CATEGORIES
        }

    def _found(self, worker_id: Any, hash_column: Any, kind: str, value: str | None) -> list[str]:
        if value is None:
            return []
        wanted = self._session.keyring.lookup_hash(kind, value)
        return sorted(set(self._session.scalars(select(worker_id).where(hash_column == wanted))))

    def _identity(self, worker_id: str) -> Identity:
        row = self._session.get(WorkerIdentityRow, worker_id)
        if row is None:
            raise NotFound(f"没有这个劳动者：{worker_id}")
        phones = self._session.execute(
            select(WorkerPhoneRow.phone, WorkerPhoneRow.owner)
            .where(WorkerPhoneRow.worker_id == worker_id)
            .order_by(WorkerPhoneRow.seq)
        )
        return Identity(
            name=row.name,
            id_type=row.id_type,
            id_number=row.id_number,
            phones=tuple(Phone(number, owner) for number, owner in phones),
            gender=row.gender,
            nation=row.nation,
            hukou_region=row.hukou_region,
            hukou_type=row.hukou_type,
            address=row.address,
        )

    def _workers(self, chosen: Select[Any]) -> Iterator[Worker]:
        """The workers whose ids `chosen` selects, by id: three queries whatever their number."""
        facts = self._rows(_WORKERS, WORKER_COLUMNS, chosen, ())
        intents = {
            row["worker_id"]: row
            for row in self._rows(_INTENTS, ("worker_id", *INTENT_COLUMNS), chosen, (_INTENTS.c.seq == 0,))
        }
        held: dict[str, list[Mapping[str, Any]]] = {}
        columns = ("worker_id", "seq", "code", "valid_to", "checked", "level")
        for row in self._rows(_CERTIFICATES, columns, chosen, ()):
            held.setdefault(row["worker_id"], []).append(row)
        for row in facts:
            worker_id = row["worker_id"]
            certificates = sorted(held.get(worker_id, ()), key=lambda one: int(one["seq"]))
            yield rows_to_worker(row, intents.get(worker_id), certificates)

    def _rows(
        self, table: Any, names: Sequence[str], chosen: Select[Any], conditions: Iterable[Any]
    ) -> list[dict[str, Any]]:
        query = select(*(table.c[name] for name in names)).where(table.c.worker_id.in_(chosen), *conditions)
        found = self._session.execute(query.order_by(table.c.worker_id))
        return [dict(zip(names, row, strict=True)) for row in found]


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _KEYS_AT_ONCE):
        yield ids[start : start + _KEYS_AT_ONCE]
