"""Signed delivery receipts, and the addresses that the gateway client agrees to call."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from delivery_samples import KEY, NOW
from hypothesis import given
from hypothesis import strategies as st

from matcher.clock import FixedClock
from matcher.delivery.channels import Failure, Outcome
from matcher.delivery.gateway_receipts import parse_callback
from matcher.delivery.signing import signature
from matcher.delivery.sms_gateway import GatewaySettings, checked_url
from matcher.errors import Forbidden, InvalidInput, MatcherError

CLOCK = FixedClock(NOW)
BODY = json.dumps(
    {
        "receipts": [
            {"id": "8-1", "status": "delivered", "receipt": "R-1"},
            {"id": "8-2", "status": "failed", "reason": "停机"},
        ]
    }
).encode()


def headers(body: bytes = BODY, key: bytes = KEY, ago_s: int = 0, nonce: str = "n-1") -> dict[str, str]:
    stamp = str(int(NOW.timestamp()) - ago_s)
    return {"x-timestamp": stamp, "X-NONCE": nonce, "X-Signature": signature(key, stamp, nonce, body)}


def test_a_signed_callback_tells_what_arrived_and_what_did_not() -> None:
    first, second = parse_callback(BODY, headers(), KEY, CLOCK)
    assert (first.message_id, first.outcome, first.provider_id) == ("8-1", Outcome.DELIVERED, "R-1")
    assert (second.message_id, second.outcome, second.failure) == ("8-2", Outcome.FAILED, Failure.SUSPENDED)


@pytest.mark.parametrize(
    "given",
    [
        {},
        headers(key=b"x" * 32),
        headers(ago_s=301),
        headers(ago_s=-301),
        headers(body=b"{}"),
        headers(nonce=""),
        headers() | {"X-NONCE": "other"},
        headers() | {"x-timestamp": "²"},
        headers() | {"x-timestamp": "1" * 400},
        headers() | {"X-Signature": "签名"},
        headers() | {"X-Signature": ""},
    ],
)
def test_a_callback_that_is_not_signed_freshly_by_the_gateway_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        parse_callback(BODY, given, KEY, CLOCK)


def test_a_callback_within_five_minutes_is_taken() -> None:
    assert parse_callback(BODY, headers(ago_s=299), KEY, FixedClock(NOW)) != []
    with pytest.raises(Forbidden):
        parse_callback(BODY, headers(), KEY, FixedClock(NOW + timedelta(seconds=301)))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"receipts": 3}', b"\xff", b"[" * 50_000, b'{"receipts": ' + b"[" * 50_000]
)
def test_a_signed_body_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_callback(body, headers(body), KEY, CLOCK)


def test_entries_without_an_id_are_left_out_and_unknown_words_stay_unknown() -> None:
    entries = [
        3,
        None,
        {},
        {"id": 5, "status": "delivered"},
        {"id": ""},
        {"id": "8-3", "status": "ok", "receipt": 7},
    ]
    body = json.dumps({"receipts": entries}).encode()
    (only,) = parse_callback(body, headers(body), KEY, CLOCK)
    assert (only.message_id, only.outcome, only.provider_id) == ("8-3", Outcome.UNKNOWN, "")


ALLOWED = frozenset({"sms.heting.example", "127.0.0.1:8099"})


@pytest.mark.parametrize(
    "url",
    ["https://sms.heting.example/send", "https://sms.heting.example:8443/send", "http://127.0.0.1:8099/send"],
)
def test_the_configured_addresses_may_be_called(url: str) -> None:
    assert checked_url(url, ALLOWED) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "http://sms.heting.example/send", "https://other.example/", "https://sms.heting.example.evil.example/",
        "https://evil.example/sms.heting.example", "https://sms.heting.example@evil.example/", "https://u:p@sms.heting.example/",
        "file:///etc/passwd", "gopher://127.0.0.1:8099/", "ftp://sms.heting.example/", "//sms.heting.example/",
        "http://127.0.0.1:9/", "http://127.0.0.1/", "https://127.0.0.1/", "http://2130706433:8099/", "http://0177.0.0.1:8099/",
        "http://127.1:8099/", "http://[::1]:8099/", "http://[::ffff:127.0.0.1]:8099/", "http://localhost:8099/", "http://0.0.0.0:8099/",
        "http://169.254.169.254/latest/meta-data/", "https://sms.heting.example\\@evil.example/", "https://sms.heting.example/#x",
        "https://sms.heting.example:99999/", "https://[", "https://sms。heting。example/", "https://sms.heting.example./",
    ],
)  # fmt: skip
def test_no_other_address_is_called_however_it_is_spelt(url: str) -> None:
    with pytest.raises(InvalidInput):
        GatewaySettings(url, "office-1", KEY, ALLOWED)


@given(st.text(max_size=60))
def test_any_text_is_either_allowed_or_refused_with_our_own_error(text: str) -> None:
    with suppress(MatcherError):
        assert checked_url(text, ALLOWED) == text
