"""The SMS gateway client against a real HTTP server that hangs, fails and lies."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from fake_gateway import FakeGateway

from matcher.clock import FixedClock
from matcher.delivery.channels import Failure, Outcome, Parcel, Receipt, Recipient
from matcher.delivery.message import MessageItem, PushMessage
from matcher.delivery.sms_gateway import ATTEMPTS, GIVE_UP_AFTER, GatewaySettings, SmsGateway
from matcher.domain.service_terms import Channel, PushState

KEY = b"shared secret of the test"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway(KEY) as running:
        yield running


def settings(gateway: FakeGateway, **changes: object) -> GatewaySettings:
    base = GatewaySettings(
        gateway.url, "office-1", KEY, frozenset({f"127.0.0.1:{gateway.port}"}), connect_s=0.3, read_s=0.3
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def parcel(number: int = 1, phone: str = "13800000001") -> Parcel:
    items = (MessageItem(number, "P-1", 1, "砌砖工", pay="300元/天", place="城关镇"),)
    message = PushMessage(
        f"8-{number}", 8, "W-0001", Channel.SMS, "王*明", items, "禾汀就业", "0300-5550123", date(2026, 3, 16)
    )
    return Parcel(message, Recipient(name="王小明", phone=phone))


def deliver(
    gateway: FakeGateway, *parcels: Parcel, waits: list[float] | None = None, **changes: object
) -> list[Receipt]:
    pause = waits.append if waits is not None else lambda seconds: None
    client = SmsGateway(settings(gateway, **changes), FixedClock(NOW), pause=pause)
    return client.deliver(parcels or (parcel(),))


def test_an_accepted_message_is_sent_and_not_yet_delivered(gateway: FakeGateway) -> None:
    (receipt,) = deliver(gateway)
    assert receipt.outcome is Outcome.SENT
    assert receipt.state is PushState.SENT
    assert receipt.provider_id == "R-1"
    (heard,) = gateway.heard
    assert heard.message["phone"] == "13800000001"
    assert "300元/天" in heard.message["text"]
    assert heard.message["segments"] == 1
    assert heard.headers["Idempotency-Key"] == "8-1"


def test_a_wrong_key_is_our_fault_and_the_message_stays_to_be_sent(gateway: FakeGateway) -> None:
    (receipt,) = deliver(gateway, key=b"another secret")
    assert receipt.outcome is Outcome.NOT_SENT
    assert receipt.state is PushState.PENDING
    assert len(gateway.heard) == 1


def test_every_request_has_a_nonce_of_its_own(gateway: FakeGateway) -> None:
    gateway.manners = ["500", "accept"]
    deliver(gateway, parcel(1), parcel(2))
    assert len({heard.headers["X-Nonce"] for heard in gateway.heard}) == 3


@pytest.mark.parametrize("manner", ["500", "503", "429", "409", "hang"])
def test_what_may_pass_is_tried_again_with_the_same_key(gateway: FakeGateway, manner: str) -> None:
    gateway.manners = [manner, manner, "accept"]
    waits: list[float] = []
    (receipt,) = deliver(gateway, waits=waits)
    assert receipt.outcome is Outcome.SENT
    assert {heard.headers["Idempotency-Key"] for heard in gateway.heard} == {"8-1"}
    assert len(waits) == 2
    assert 0.25 <= waits[0] <= 0.5
    assert 0.5 <= waits[1] <= 1.0


def test_a_gateway_that_takes_the_message_and_hangs_sends_it_once(gateway: FakeGateway) -> None:
    gateway.manners = ["accept_then_hang", "accept"]
    (receipt,) = deliver(gateway)
    assert receipt.outcome is Outcome.SENT
    assert list(gateway.sent) == ["8-1"]
    assert len(gateway.heard) == 2


@pytest.mark.parametrize(
    ("manner", "outcome"),
    [
        ("hang", Outcome.UNKNOWN),
        ("500", Outcome.UNKNOWN),
        ("bad gzip", Outcome.UNKNOWN),
        ("429", Outcome.NOT_SENT),
    ],
)
def test_a_gateway_that_never_recovers_leaves_the_message_to_be_sent(
    gateway: FakeGateway, manner: str, outcome: Outcome
) -> None:
    gateway.manners = [manner]
    (receipt,) = deliver(gateway)
    assert receipt.outcome is outcome
    assert receipt.state is PushState.PENDING
    assert len(gateway.heard) == ATTEMPTS


def test_the_wait_that_the_gateway_asks_for_is_kept_up_to_a_limit(gateway: FakeGateway) -> None:
    gateway.manners = ["429 7", "429 86400", "429 soon", "accept"]
    waits: list[float] = []
    deliver(gateway, waits=waits)
    assert waits[:2] == [7.0, 30.0]
    assert 1.0 <= waits[2] <= 2.0


def test_a_key_that_no_header_could_hold_is_sent_all_the_same(gateway: FakeGateway) -> None:
    odd = Parcel(replace(parcel().message, message_id="push:8:样例 1\n"), parcel().recipient)
    (receipt,) = deliver(gateway, odd)
    assert receipt.outcome is Outcome.SENT
    assert receipt.message_id == "push:8:样例 1\n"


@pytest.mark.parametrize("status", ["400", "413", "422"])
def test_a_refused_message_fails_at_once(gateway: FakeGateway, status: str) -> None:
    gateway.manners = [status]
    (receipt,) = deliver(gateway)
    assert receipt.outcome is Outcome.FAILED
    assert receipt.failure is Failure.REJECTED
    assert len(gateway.heard) == 1


def test_a_rejection_names_its_reason(gateway: FakeGateway) -> None:
    gateway.manners = ["reject"]
    (receipt,) = deliver(gateway)
    assert receipt.state is PushState.FAILED
    assert receipt.failure is Failure.EMPTY_NUMBER


@pytest.mark.parametrize(
    "lie", ["not json", "other shape", "other id", "no receipt", "delivered", "list", "deep", "endless"]
)
def test_a_lie_is_never_taken_for_sent_or_delivered(gateway: FakeGateway, lie: str) -> None:
    gateway.manners = [lie]
    (receipt,) = deliver(gateway)
    assert receipt.outcome is Outcome.UNKNOWN
    assert receipt.state is PushState.PENDING


def test_one_receipt_number_for_two_messages_proves_only_the_first(gateway: FakeGateway) -> None:
    gateway.manners = ["same receipt"]
    first, second = deliver(gateway, parcel(1), parcel(2))
    assert first.outcome is Outcome.SENT
    assert second.outcome is Outcome.UNKNOWN


def test_a_redirect_is_not_followed(gateway: FakeGateway) -> None:
    gateway.manners = ["redirect"]
    (receipt,) = deliver(gateway)
    assert receipt.outcome is Outcome.NOT_SENT
    assert [heard.path for heard in gateway.heard] == ["/send"]


def test_a_proxy_of_the_environment_is_not_used(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeGateway(KEY) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        (receipt,) = deliver(gateway)
        assert receipt.outcome is Outcome.SENT
        assert proxy.heard == []


def test_a_person_without_a_phone_fails_and_the_others_are_sent(gateway: FakeGateway) -> None:
    first, second = deliver(gateway, parcel(1, phone=" "), parcel(2))
    assert first.failure is Failure.NO_PHONE
    assert second.outcome is Outcome.SENT
    assert len(gateway.heard) == 1


def test_a_gateway_that_is_down_is_left_alone_after_a_few_messages(gateway: FakeGateway) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    receipts = deliver(
        gateway,
        *(parcel(number) for number in range(1, 8)),
        url=f"http://127.0.0.1:{port}/send",
        allowed_hosts=frozenset({"127.0.0.1"}),
    )
    assert [receipt.message_id for receipt in receipts] == [f"8-{number}" for number in range(1, 8)]
    assert {receipt.outcome for receipt in receipts} == {Outcome.NOT_SENT}
    assert sum("没有试" in receipt.note for receipt in receipts) == 7 - GIVE_UP_AFTER


def test_nothing_to_send_calls_nobody(gateway: FakeGateway) -> None:
    assert SmsGateway(settings(gateway), FixedClock(NOW)).deliver([]) == []
    assert gateway.heard == []


def test_receipts_and_settings_show_neither_phone_nor_key(gateway: FakeGateway) -> None:
    gateway.manners = ["400"]
    shown = (
        json.dumps([repr(receipt) for receipt in deliver(gateway)]) + repr(settings(gateway)) + repr(parcel())
    )
    assert "13800000001" not in shown
    assert KEY.decode() not in shown
