"""The SMS gateway over HTTP: signed, idempotent, patient but not for ever (短信网关).

POST {"id", "phone", "text", "segments"} → {"id", "status": "accepted" | "rejected", "receipt", "reason"}.

INVARIANTS
- Only an agreed answer about this very message makes it 已发; everything else leaves it 待发, and nothing that
  the gateway says at sending makes it 已送达: that takes a signed delivery receipt.
- A message keeps one Idempotency-Key for ever, so trying an uncertain one again sends it once.
- Only the configured host is called: https, or loopback; redirects and proxies are not followed.
"""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from matcher.clock import Clock
from matcher.delivery.channels import Failure, Outcome, Parcel, Receipt
from matcher.delivery.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from matcher.delivery.wording import plain, sms_text
from matcher.errors import InvalidInput

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CONNECT_S, READ_S = 3.0, 10.0
ATTEMPTS = 4
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
GIVE_UP_AFTER = 3
"""Messages in a row that find nobody; the rest of the batch is not tried then but left for the next run."""
MOST_ANSWER_BYTES, MOST_ANSWER_S = 64 * 1024, 20.0
LONGEST_RECEIPT = 100
_OUR_FAULT = frozenset({401, 403, 404, 405, 407})
_LATER = frozenset({408, 409, 425})  # too slow, still at work on the same key, too early


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Where the gateway is. allowed_hosts: "host" or "host:port" that may be called; key: shared secret."""

    url: str
    key_id: str
    key: bytes = field(repr=False)
    allowed_hosts: frozenset[str]
    connect_s: float = CONNECT_S
    read_s: float = READ_S

    def __post_init__(self) -> None:
        checked_url(self.url, self.allowed_hosts)


def checked_url(url: str, allowed_hosts: frozenset[str]) -> str:
    """`url` when the office may call it: https to an allowed host, or http to an allowed loopback address.

    Raises InvalidInput for everything else; the comparison is of the text, so no spelling of an address that
    is not on the list gets through.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput("短信网关地址无法识别；请检查配置") from None
    host = parts.hostname or ""
    named = {host, f"{host}:{port}"} if port else {host}
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not secure or parts.username is not None or parts.fragment or "\\" in url:
        raise InvalidInput("短信网关地址必须是 https，且不含账号和 #；只有本机地址可用 http")
    if not named & allowed_hosts:
        raise InvalidInput("短信网关地址不在允许的名单里；请由管理员核对后加入名单")
    return url


class _TryAgain(Exception):
    """The message may be tried again. reached: whether anybody answered at all."""

    def __init__(self, receipt: Receipt, *, reached: bool) -> None:
        super().__init__(receipt.note)
        self.receipt = receipt
        self.reached = reached


class SmsGateway:
    """A channel that sends each message by one signed POST."""

    def __init__(
        self, settings: GatewaySettings, clock: Clock, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """pause: how to wait between tries, in seconds."""
        self._settings = settings
        self._clock = clock
        self._pause = pause

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """One receipt a parcel. A gateway that does not answer us is left alone after a few messages."""
        receipts: list[Receipt] = []
        given: set[str] = set()
        silent = 0
        with self._client() as client:
            for parcel in parcels:
                if silent >= GIVE_UP_AFTER:
                    note = "短信网关连不上，这一批其余的没有试"
                    receipts.append(Receipt(parcel.message.message_id, Outcome.NOT_SENT, note=note))
                    continue
                receipt, reached = self._send(client, parcel)
                silent = 0 if reached else silent + 1
                receipts.append(_unless_given(receipt, given))
        return receipts

    def _client(self) -> httpx.Client:
        timeout = httpx.Timeout(self._settings.read_s, connect=self._settings.connect_s)
        return httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)

    def _send(self, client: httpx.Client, parcel: Parcel) -> tuple[Receipt, bool]:
        """The receipt, and whether the gateway answered as one that works with us."""
        phone = plain(parcel.recipient.phone)
        if not phone:
            failure = Failure.NO_PHONE
            return Receipt(parcel.message.message_id, Outcome.FAILED, failure, failure.label), True
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception_type(_TryAgain),
            wait=_wait,
            sleep=self._pause,
            reraise=True,
        )
        try:
            return retrying(self._post, client, parcel, phone)
        except _TryAgain as given_up:
            return given_up.receipt, given_up.reached

    def _post(self, client: httpx.Client, parcel: Parcel, phone: str) -> tuple[Receipt, bool]:
        message_id = parcel.message.message_id
        text = sms_text(parcel.message)
        content = {"id": message_id, "phone": phone, "text": text.text, "segments": text.segments}
        body = json.dumps(content, ensure_ascii=False).encode("utf-8")
        try:
            headers = self._headers(message_id, body)
            with client.stream("POST", self._settings.url, content=body, headers=headers) as answer:
                read = _bounded(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise _TryAgain(
                Receipt(message_id, Outcome.NOT_SENT, note="短信网关连不上"), reached=False
            ) from None
        except httpx.HTTPError:  # hung up, garbled, or an answer that cannot be unpacked
            note = "短信网关没有答复，不知道是否收到"
            raise _TryAgain(Receipt(message_id, Outcome.UNKNOWN, note=note), reached=False) from None
        return _receipt(message_id, answer, read)

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock.now().timestamp()))
        nonce = secrets.token_urlsafe(16)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": quote(message_id, safe=":"),  # a header holds ASCII alone
            "X-Key-Id": self._settings.key_id,
            TIMESTAMP_HEADER: timestamp,
            NONCE_HEADER: nonce,
            SIGNATURE_HEADER: signature(self._settings.key, timestamp, nonce, body),
        }


def _receipt(message_id: str, answer: httpx.Response, body: bytes) -> tuple[Receipt, bool]:
    """What an HTTP answer means for the message. Raises _TryAgain for what may pass: 429, 5xx."""
    status = answer.status_code
    if status == 429 or status >= 500 or status in _LATER:
        outcome = Outcome.NOT_SENT if status == 429 else Outcome.UNKNOWN
        wait = _retry_after(answer)
        receipt = Receipt(message_id, outcome, note=f"短信网关答复 {status}", retry_after_s=wait)
        raise _TryAgain(receipt, reached=status < 500)
    if status in _OUR_FAULT or 300 <= status < 400:
        note = f"短信网关不接受本单位的请求（{status}），请检查网关地址和密钥"
        return Receipt(message_id, Outcome.NOT_SENT, note=note), False
    if 400 <= status < 500:
        note = f"短信网关拒绝了这条短信（{status}）"
        return Receipt(message_id, Outcome.FAILED, Failure.REJECTED, note), True
    return _agreed(message_id, body), True


def _agreed(message_id: str, body: bytes) -> Receipt:
    """A 2xx answer, taken at its word only when it is the agreed one and about this message."""
    doubtful = Receipt(message_id, Outcome.UNKNOWN, note="短信网关的答复不符合约定，不能算已发")
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return doubtful
    if not isinstance(said, dict) or said.get("id") != message_id:
        return doubtful
    number = said.get("receipt")
    if said.get("status") == "accepted" and isinstance(number, str) and 0 < len(number) <= LONGEST_RECEIPT:
        return Receipt(message_id, Outcome.SENT, provider_id=number)
    if said.get("status") == "rejected":
        return Receipt(message_id, Outcome.FAILED, _failure(said.get("reason")), "短信网关拒绝了这条短信")
    return doubtful


def _unless_given(receipt: Receipt, given: set[str]) -> Receipt:
    """A receipt number that was given to another message of this run proves nothing."""
    if not receipt.provider_id:
        return receipt
    if receipt.provider_id in given:
        note = "短信网关把同一个回执号给了两条短信，不能算已发"
        return Receipt(receipt.message_id, Outcome.UNKNOWN, note=note)
    given.add(receipt.provider_id)
    return receipt


def _failure(reason: object) -> Failure:
    return next(
        (failure for failure in Failure if reason in (failure.value, failure.label)), Failure.REJECTED
    )


def _bounded(answer: httpx.Response) -> bytes:
    """The body; empty, which agrees with nothing, when it is too long or trickles in for too long."""
    body, until_s = b"", time.monotonic() + MOST_ANSWER_S
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > MOST_ANSWER_BYTES or time.monotonic() > until_s:
            return b""
    return body


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the gateway asks us to wait; a date or nonsense counts as not said."""
    text = answer.headers.get("Retry-After", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def _wait(state: RetryCallState) -> float:
    """Doubling waits with full jitter, or what the gateway asked for, both up to LONGEST_WAIT_S."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.receipt.retry_after_s if isinstance(error, _TryAgain) else None
    if asked is not None:
        return min(asked, LONGEST_WAIT_S)
    longest = min(FIRST_WAIT_S * 2 ** (state.attempt_number - 1), LONGEST_WAIT_S)
    return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, guards nothing
