"""A batch through the real gateway client, a gateway that misbehaves, and on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import push_world
import pytest
from fake_gateway import FakeGateway
from push_world import APPROVER, Recorder, build, plain_office

from matcher.clock import FixedClock
from matcher.delivery.channels import Outcome
from matcher.delivery.sms_gateway import GatewaySettings, SmsGateway
from matcher.domain.record_terms import BatchState, OutboxState, PersonProgress
from matcher.domain.service_terms import Channel, PushState
from matcher.errors import Conflict
from matcher.services.sending.batch_life import approve_batch, batch_status, close_batch, stop_batch
from matcher.services.sending.deliver_outbox import DeliveryResult, Way, deliver_outbox
from matcher.services.sending.send_batch import send_batch
from matcher.services.sending.send_wave import send_wave
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.keyring import Keyring

KEY = b"shared secret of the test"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OFFICE = plain_office(8)
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What depends on the gateway and not on the database."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    keyring = Keyring.create(tmp_path / "keys.json")
    if request.param == "sqlite":
        opened = Database.open(f"sqlite:///{tmp_path / 'matcher.db'}", keyring, clock=clock)
        schema.upgrade(opened.engine)
        yield opened
        opened.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"push_{tmp_path.name.replace('-', '_')[-30:]}".lower()
    server.admin(f'CREATE DATABASE "{name}" TEMPLATE matcher_template')
    opened = Database.open(server.url(name), keyring, clock=clock)
    yield opened
    opened.close()
    server.admin(f'DROP DATABASE "{name}" WITH (FORCE)')
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway(KEY) as running:
        yield running


def through(gateway: FakeGateway, database: Database) -> dict[Channel, Way]:
    hosts = frozenset({f"127.0.0.1:{gateway.port}"})
    settings = GatewaySettings(gateway.url, "office-1", KEY, hosts, connect_s=0.3, read_s=0.3)
    return {
        Channel.SMS: Way(lambda _: SmsGateway(settings, database.clock, pause=lambda seconds: None))
    }


def queued(database: Database, people: int = 2) -> int:
    batch_id = build(database, people=people)
    approve_batch(database, batch_id, approver=APPROVER)
    send_wave(database, batch_id, OFFICE)
    return batch_id


def hand_over(gateway: FakeGateway, database: Database) -> DeliveryResult:
    return deliver_outbox(database, through(gateway, database), OFFICE)


def test_a_batch_lives_to_its_end_on_either_database(database: Database, clock: FixedClock) -> None:
    batch_id = build(database, people=7, postings=8, wave_size=3)
    approve_batch(database, batch_id, approver=APPROVER, wave_size=4)
    push_world.withdraw_posting(database, 0)
    ways = {Channel.SMS: Way(lambda _: Recorder(Outcome.DELIVERED))}
    first = send_batch(database, batch_id, OFFICE, ways)
    assert (first.wave.messages, first.wave.waiting) == (4, 3)
    rest = send_batch(database, batch_id, OFFICE, ways)
    assert (rest.wave.messages, rest.wave.waiting) == (3, 0)
    clock.at += timedelta(days=7)
    closed = close_batch(database, batch_id, actor=APPROVER, answer_days=7)
    assert closed.state is BatchState.DONE
    assert closed.served == 7
    assert closed.pushes[PushState.UNANSWERED] == 14


def test_a_stop_takes_back_what_is_queued_on_either_database(database: Database) -> None:
    batch_id = queued(database, people=3)
    assert stop_batch(database, batch_id, actor=APPROVER, reason="样例").withdrawn == 3
    status = batch_status(database, batch_id)
    assert status.people == {PersonProgress.STOPPED: 3}
    assert status.messages == {OutboxState.CANCELLED: 3}
    with pytest.raises(Conflict):
        send_wave(database, batch_id, OFFICE)


@ON_SQLITE
def test_a_gateway_that_accepts_has_each_message_once(gateway: FakeGateway, database: Database) -> None:
    batch_id = queued(database)
    assert hand_over(gateway, database).sent == 2
    assert hand_over(gateway, database).handled == 0
    assert set(gateway.sent) == {push_world.message_key(database, batch_id, n) for n in range(2)}


@ON_SQLITE
@pytest.mark.parametrize("manner", ["hang", "500", "429 60", "not json", "other id", "no receipt", "delivered"])
def test_a_gateway_that_hangs_fails_or_lies_leaves_all_pending_with_a_reason_and_recovers(
    gateway: FakeGateway, database: Database, clock: FixedClock, manner: str
) -> None:
    batch_id = queued(database)
    gateway.manners = [manner]
    assert hand_over(gateway, database).sent == 0
    status = batch_status(database, batch_id)
    assert status.pushes == {PushState.PENDING: 4}
    assert status.messages == {OutboxState.PENDING: 2}
    assert sum(status.troubles.values()) == 2
    gateway.manners = ["accept"]
    clock.at += timedelta(hours=1)
    assert hand_over(gateway, database).sent == 2
    assert batch_status(database, batch_id).pushes == {PushState.SENT: 4}


@ON_SQLITE
def test_a_gateway_that_took_the_message_and_then_hung_sends_one_sms(
    gateway: FakeGateway, database: Database, clock: FixedClock
) -> None:
    queued(database, people=1)
    gateway.manners = ["accept_then_hang"]
    assert hand_over(gateway, database).sent == 0
    gateway.manners = ["accept"]
    clock.at += timedelta(hours=1)
    assert hand_over(gateway, database).sent == 1
    assert len(gateway.sent) == 1


@ON_SQLITE
def test_a_gateway_that_never_comes_back_ends_in_a_named_reason_and_nothing_is_stuck(
    gateway: FakeGateway, database: Database, clock: FixedClock
) -> None:
    batch_id = queued(database, people=1)
    gateway.manners = ["500"]
    for _ in range(OFFICE.terms.most_attempts):
        hand_over(gateway, database)
        clock.at += timedelta(days=1)
    status = batch_status(database, batch_id)
    assert status.messages == {OutboxState.DEAD: 1}
    assert status.pushes == {PushState.FAILED: 2}
    (reason,) = status.troubles
    assert "500" in reason
    clock.at += timedelta(days=7)
    assert close_batch(database, batch_id, actor=APPROVER, answer_days=7).served == 0
