"""Sending as an office does it: queue a wave, hand it over, fill what died on the way (发送批次)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matcher.domain.record_terms import PersonProgress
from matcher.domain.service_terms import Channel
from matcher.services.sending.deliver_outbox import DeliveryResult, Way, deliver_outbox
from matcher.services.sending.push_terms import PushOffice
from matcher.services.sending.send_wave import WaveResult, send_wave
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.push_batches import PushBatchRepository

FILLING_ROUNDS = 3
"""A posting can die between queueing and handing over; after so many fillings the next wave goes on."""

Step = Callable[[str, int, float], None]


@dataclass(slots=True)
class SendResult:
    """What one call did: the waves it queued and what was handed over."""

    wave: WaveResult
    delivery: DeliveryResult

    @property
    def busy(self) -> bool:
        """Another process was sending or delivering, so that this one left it to that."""
        return self.wave.busy or self.delivery.busy

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            **self.delivery.to_json(),
            "wave": self.wave.wave,
            "busy": self.busy,
            "stopped": self.wave.stopped,
            "people": {state.value: count for state, count in sorted(self.wave.people.items())},
            "messages": self.wave.messages,
            "replaced": self.wave.replaced,
            "voided": dict(self.wave.voided + self.delivery.voided),
            "waiting_people": self.wave.waiting,
        }


def send_batch(
    database: Database,
    batch_id: int,
    office: PushOffice,
    ways: Mapping[Channel, Way],
    *,
    through_wave: int | None = None,
    limit: int | None = None,
    actor: str = SYSTEM_ACTOR,
    progress: Step | None = None,
) -> SendResult:
    """Queue the next wave of a batch (or all waves up to one) and hand over what is due of it.

    Raises what `send_wave` and `deliver_outbox` raise. progress: called with (step, done, share).
    """
    tell = progress or (lambda step, done, share: None)
    wave = send_wave(
        database,
        batch_id,
        office,
        wave=through_wave,
        limit=limit,
        actor=actor,
        progress=lambda done, total: tell("核对并排队", done, done / total),
    )
    result = SendResult(wave, DeliveryResult(busy=wave.busy))
    if wave.busy or wave.stopped:
        return result
    result.delivery = _delivered(database, batch_id, office, ways, actor, tell)
    for _ in range(FILLING_ROUNDS):
        if result.delivery.busy or not result.delivery.voided or not _waiting(database, batch_id, wave.wave):
            break
        more = send_wave(database, batch_id, office, wave=wave.wave, actor=actor)
        _add_wave(wave, more)
        if more.busy or more.stopped or not more.messages:
            break
        _add_delivery(result.delivery, _delivered(database, batch_id, office, ways, actor, tell))
    return result


def _delivered(
    database: Database,
    batch_id: int,
    office: PushOffice,
    ways: Mapping[Channel, Way],
    actor: str,
    tell: Step,
) -> DeliveryResult:
    done = 0

    def count(handled: int) -> None:
        nonlocal done
        done += handled
        tell("交给通道", done, 1.0)

    return deliver_outbox(database, ways, office, batch_id=batch_id, actor=actor, progress=count)


def _waiting(database: Database, batch_id: int, wave: int | None) -> bool:
    """Whether somebody of the waves sent so far waits again."""
    with database.reading() as session:
        first = PushBatchRepository(session).next_wave(batch_id)
    return first is not None and wave is not None and first <= wave


def _add_wave(wave: WaveResult, more: WaveResult) -> None:
    """People who were filled count once, under what they ended with."""
    wave.people[PersonProgress.SENT] -= more.people.total()
    wave.people += more.people
    wave.messages += more.messages
    wave.replaced += more.replaced
    wave.voided += more.voided
    wave.waiting, wave.stopped = more.waiting, more.stopped


def _add_delivery(result: DeliveryResult, more: DeliveryResult) -> None:
    result.sent += more.sent
    result.delivered += more.delivered
    result.failed += more.failed
    result.waiting += more.waiting
    result.taken_back += more.taken_back
    result.voided += more.voided
