"""The gateway's delivery receipts over HTTP: only signed ones count, and each counts once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import push_world
import pytest
from api_service import API, Service
from httpx import Response

from matcher.delivery.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from matcher.domain.service_terms import Channel, PushState
from matcher.services.installation import open_database
from matcher.services.sending.batch_life import approve_batch, batch_status
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.send_wave import send_wave
from matcher.store.database import Database

KEY = "shared secret of the test"
URL = f"{API}/sms-receipts"
OFFICE = push_world.plain_office()


@pytest.fixture
def gateway(service: Service) -> Iterator[None]:
    path = service.config.gateway_path
    path.touch(0o600)
    path.write_text(
        f'url = "https://sms.example.invalid/send"\nkey_id = "a"\nkey = "{KEY}"\n'
        'allowed_hosts = ["sms.example.invalid"]\n',
        "utf-8",
    )
    yield
    path.unlink()


@pytest.fixture(scope="module")
def store(service: Service) -> Iterator[Database]:
    database = open_database(service.config)
    yield database
    database.close()


@pytest.fixture(scope="module")
def batch_id(store: Database) -> int:
    """A batch whose one message was handed to the gateway."""
    with store.writing(push_world.PLANNER) as session:
        push_world.add_people(session, [9001])
        push_world.add_postings(session, [9001, 9002])
        made = push_world.plan(session, {9001: (9001, 9002)})
    approve_batch(store, made, approver=push_world.APPROVER)
    send_wave(store, made, OFFICE)
    deliver_outbox(store, {Channel.SMS: Way(lambda _: push_world.Recorder())}, OFFICE, batch_id=made)
    return made


def post(service: Service, content: object, *, key: str = KEY, ago_s: int = 0) -> Response:
    body = json.dumps(content).encode()
    stamp = str(int(time.time()) - ago_s)
    signed = signature(key.encode(), stamp, "n-1", body)
    headers = {TIMESTAMP_HEADER: stamp, NONCE_HEADER: "n-1", SIGNATURE_HEADER: signed}
    return service.client.post(URL, content=body, headers=headers)


def delivered(store: Database, batch_id: int) -> dict[str, object]:
    key = push_world.message_key(store, batch_id, 9001)
    strangers = {"id": "push:1:nobody:1", "status": "delivered"}
    return {"receipts": [{"id": key, "status": "delivered", "receipt": "R-1"}, strangers]}


@pytest.mark.usefixtures("gateway")
def test_only_a_signed_and_recent_receipt_is_believed(service: Service, store: Database, batch_id: int) -> None:
    for refused in (
        post(service, delivered(store, batch_id), key="wrong"),
        post(service, delivered(store, batch_id), ago_s=3_600),
        service.client.post(URL, json=delivered(store, batch_id)),
    ):
        assert refused.status_code == 403
    assert batch_status(store, batch_id).pushes == {PushState.SENT: 2}
    assert post(service, delivered(store, batch_id)).json() == {
        "delivered": 1, "failed": 0, "repeated": 0, "unknown": 1
    }  # fmt: skip
    assert batch_status(store, batch_id).pushes == {PushState.DELIVERED: 2}
    assert post(service, delivered(store, batch_id)).json()["repeated"] == 1


@pytest.mark.usefixtures("gateway")
def test_a_body_that_is_not_the_agreed_one_is_refused(service: Service) -> None:
    assert post(service, ["nothing"]).status_code == 422


def test_an_office_without_a_gateway_takes_no_receipts(service: Service) -> None:
    assert post(service, {"receipts": []}).status_code == 404
