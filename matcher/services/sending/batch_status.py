"""Where a batch stands: people, pushes and messages counted from the rows (批次进度)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress
from matcher.domain.service_terms import PushState
from matcher.store.repositories.outbox import OutboxRepository
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.repositories.pushes import PushRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchRow


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """A batch in numbers; nothing in it names a person.

    planned, satisfied_plan, short_plan: people at planning. served: people who have received at least
    `min_per_person` pushes that count. troubles: why messages did not go out → messages.
    """

    batch_id: int
    name: str
    state: BatchState
    min_per_person: int
    wave_size: int | None
    next_wave: int | None
    planned: int
    satisfied_plan: int
    short_plan: int
    served: int
    planned_by: str
    planned_at: datetime
    approver: str | None
    approved_at: datetime | None
    stopped_by: str | None
    stop_reason: str | None
    closed_at: datetime | None
    people: dict[PersonProgress, int] = field(default_factory=dict)
    pushes: dict[PushState, int] = field(default_factory=dict)
    messages: dict[OutboxState, int] = field(default_factory=dict)
    troubles: dict[str, int] = field(default_factory=dict)

    def totals(self) -> dict[str, Any]:
        """What is fixed when a batch is closed, as plain JSON."""
        return {
            "people": sum(self.people.values()),
            "served": self.served,
            "short": sum(self.people.values()) - self.served,
            "progress": _coded(self.people),
            "pushes": _coded(self.pushes),
            "messages": _coded(self.messages),
            "troubles": self.troubles,
        }

    def to_json(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        moments = {
            name: moment.isoformat() if moment else None
            for name, moment in (
                ("planned_at", self.planned_at),
                ("approved_at", self.approved_at),
                ("closed_at", self.closed_at),
            )
        }
        return {
            "batch_id": self.batch_id,
            "name": self.name,
            "state": self.state.value,
            "state_label": self.state.label,
            "min_per_person": self.min_per_person,
            "wave_size": self.wave_size,
            "next_wave": self.next_wave,
            "planned": {"people": self.planned, "satisfied": self.satisfied_plan, "short": self.short_plan},
            "planned_by": self.planned_by,
            "approver": self.approver,
            "stopped_by": self.stopped_by,
            "stop_reason": self.stop_reason,
            **moments,
            **self.totals(),
        }


def status_of(session: StoreSession, batch: PushBatchRow) -> BatchStatus:
    """The status of one batch, counted now."""
    batches, pushes = PushBatchRepository(session), PushRepository(session)
    messages = OutboxRepository(session).counts(batch.id)
    return BatchStatus(
        batch_id=batch.id,
        name=batch.name,
        state=batch.state,
        min_per_person=batch.min_per_person,
        wave_size=batch.wave_size,
        next_wave=batches.next_wave(batch.id),
        planned=batch.people or 0,
        satisfied_plan=batch.satisfied or 0,
        short_plan=batch.short or 0,
        served=pushes.people_with_counted(batch.id, batch.min_per_person),
        planned_by=batch.created_by,
        planned_at=batch.created_at,
        approver=batch.approver,
        approved_at=batch.approved_at,
        stopped_by=batch.stopped_by,
        stop_reason=batch.stop_reason,
        closed_at=batch.closed_at,
        people=batches.progress_counts(batch.id),
        pushes=pushes.state_counts(batch.id),
        messages=messages.states,
        troubles=messages.failures,
    )


def _coded(counts: dict[Any, int]) -> dict[str, int]:
    return {state.value: count for state, count in sorted(counts.items())}
