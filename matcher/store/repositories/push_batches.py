"""Push batches, the people in them and what was missing (推送批次). Planning writes them; see `push_plans`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from matcher.domain.record_terms import BatchState, PersonProgress
from matcher.errors import NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow, PushShortfallRow

_IDS_AT_ONCE = 500


class PushBatchRepository:
    """Reads and changes batches."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def get(self, batch_id: int, *, locked: bool = False, shared: bool = False) -> PushBatchRow:
        """One batch. locked: nobody else may change or share it until the transaction ends; shared: as locked,
        but others may share it too. Raises NotFound."""
        query = select(PushBatchRow).where(PushBatchRow.id == batch_id)
        if locked or shared:
            query = query.with_for_update(read=shared).execution_options(populate_existing=True)
        row = self._session.scalars(query).first()
        if row is None:
            raise NotFound(f"没有编号为 {batch_id} 的推送批次；用 matcher push list 查看")
        return row

    def page(self, *, before: int | None = None, limit: int = 50) -> list[PushBatchRow]:
        """Batches with a number below `before`, newest first."""
        query = select(PushBatchRow)
        if before is not None:
            query = query.where(PushBatchRow.id < before)
        return list(self._session.scalars(query.order_by(PushBatchRow.id.desc()).limit(limit)))

    def person(self, batch_id: int, worker_id: str) -> PushBatchPersonRow | None:
        """One person of a batch, locked until the transaction ends."""
        row = PushBatchPersonRow
        query = select(row).where(row.batch_id == batch_id, row.worker_id == worker_id).with_for_update()
        return self._session.scalars(query).first()

    def next_wave(self, batch_id: int) -> int | None:
        """Number of the first wave that still has people waiting; None when nobody is."""
        row = PushBatchPersonRow
        return self._session.scalar(
            select(func.min(row.wave)).where(
                row.batch_id == batch_id, row.progress == PersonProgress.WAITING
            )
        )

    def waiting(self, batch_id: int, *, through_wave: int, limit: int | None = None) -> list[str]:
        """People waiting in the waves up to this one: earlier waves first, then the greatest priority."""
        row = PushBatchPersonRow
        query = select(row.worker_id).where(
            row.batch_id == batch_id, row.progress == PersonProgress.WAITING, row.wave <= through_wave
        )
        ordered = query.order_by(row.wave, row.priority.desc(), row.worker_id)
        return list(self._session.scalars(ordered.limit(limit) if limit is not None else ordered))

    def set_progress(self, person: PushBatchPersonRow, progress: PersonProgress) -> None:
        """Note how far sending has come with a person."""
        waiting = progress is PersonProgress.WAITING
        person.progress, person.handled_at = progress, None if waiting else self._session.now()
        self._session.flush()

    def stop_people(self, batch_id: int, also: Sequence[str] = ()) -> int:
        """Set everybody who waits, and those named, to 已叫停; returns how many."""
        row, now = PushBatchPersonRow, self._session.now()
        stopped = 0
        values = {"progress": PersonProgress.STOPPED, "handled_at": now}
        waiting = row.progress == PersonProgress.WAITING
        conditions = [waiting] + [
            row.worker_id.in_(also[start : start + _IDS_AT_ONCE])
            for start in range(0, len(also), _IDS_AT_ONCE)
        ]
        for condition in conditions:
            changed: Any = self._session.execute(
                update(row)
                .where(row.batch_id == batch_id, condition)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            stopped += changed.rowcount
        self._session.expire_all()
        return stopped

    def assign_waves(self, batch_id: int, wave_size: int) -> int:
        """Number the waves anew, the greatest priority first; returns how many waves there are."""
        row = PushBatchPersonRow
        ordered = select(row.worker_id).where(row.batch_id == batch_id)
        people = list(self._session.scalars(ordered.order_by(row.priority.desc(), row.worker_id)))
        for start in range(0, len(people), wave_size):
            self._number(batch_id, people[start : start + wave_size], start // wave_size)
        self._session.expire_all()
        return -(-len(people) // wave_size)

    def progress_counts(self, batch_id: int) -> dict[PersonProgress, int]:
        """People of a batch by progress."""
        row = PushBatchPersonRow
        query = select(row.progress, func.count()).where(row.batch_id == batch_id).group_by(row.progress)
        return dict(self._session.execute(query).all())

    def shortfall(self, batch_id: int, worker_id: str) -> PushShortfallRow | None:
        """What is missing for one person."""
        row = PushShortfallRow
        query = select(row).where(row.batch_id == batch_id, row.worker_id == worker_id)
        return self._session.scalars(query).first()

    def note_shortfall(self, batch_id: int, worker_id: str, **values: Any) -> None:
        """Write or renew what is missing for one person. values: columns of `push_shortfalls`."""
        row = self.shortfall(batch_id, worker_id)
        if row is None:
            row = PushShortfallRow(batch_id=batch_id, worker_id=worker_id)
            self._session.add(row)
        for name, value in values.items():
            setattr(row, name, value)
        self._session.flush()

    def clear_shortfall(self, batch_id: int, worker_id: str, *, cause: str) -> None:
        """Nothing is missing any more for this reason; a shortfall of another cause stays."""
        row = self.shortfall(batch_id, worker_id)
        if row is not None and row.cause == cause:
            self._session.delete(row)
            self._session.flush()

    def shortfalls(self, batch_id: int, *, after: int = 0, limit: int = 100) -> list[PushShortfallRow]:
        """Shortfalls of a batch with a number above `after`, in order."""
        row = PushShortfallRow
        query = select(row).where(row.batch_id == batch_id, row.id > after).order_by(row.id).limit(limit)
        return list(self._session.scalars(query))

    def accounts_exist(self) -> bool:
        """Whether anybody has an account, so that two people can be told apart."""
        return self._session.scalar(select(AccountRow.id).limit(1)) is not None

    def running(self) -> list[int]:
        """Numbers of the batches that are being sent."""
        query = select(PushBatchRow.id).where(PushBatchRow.state == BatchState.RUNNING)
        return list(self._session.scalars(query.order_by(PushBatchRow.id)))

    def _number(self, batch_id: int, worker_ids: Sequence[str], wave: int) -> None:
        row = PushBatchPersonRow
        for start in range(0, len(worker_ids), _IDS_AT_ONCE):
            part = worker_ids[start : start + _IDS_AT_ONCE]
            self._session.execute(
                update(row)
                .where(row.batch_id == batch_id, row.worker_id.in_(part))
                .values(wave=wave)
                .execution_options(synchronize_session=False)
            )
