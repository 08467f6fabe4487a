"""Delivery receipts that an SMS gateway posts back (送达回执).

Body: {"receipts": [{"id", "status": "delivered" | "failed", "reason", "receipt"}, …]}, signed like our own
requests. A replayed body changes nothing: a push that is delivered already stays delivered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from matcher.clock import Clock
from matcher.delivery.channels import Failure, Outcome, Receipt
from matcher.delivery.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, is_signed
from matcher.errors import Forbidden, InvalidInput

MOST_RECEIPTS = 10_000


def parse_callback(body: bytes, headers: Mapping[str, str], key: bytes, clock: Clock) -> list[Receipt]:
    """The receipts of one callback.

    headers: looked up by any case. Raises Forbidden when the signature is missing, wrong or older than five
    minutes, InvalidInput when the body is not the agreed one. An entry that is not understood is 不确定.
    """
    given = {name.casefold(): value for name, value in headers.items()}
    timestamp, nonce, sign = (
        given.get(name.casefold(), "") for name in (TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER)
    )
    if not is_signed(key, timestamp, nonce, body, sign, now_s=clock.now().timestamp()):
        raise Forbidden("回执签名不对或已过期，未采用")
    try:
        entries: Any = json.loads(body)["receipts"]
    except (ValueError, KeyError, TypeError, RecursionError):
        entries = None
    if not isinstance(entries, list) or len(entries) > MOST_RECEIPTS:
        raise InvalidInput(f'回执内容不符合约定：要有 "receipts" 列表，最多 {MOST_RECEIPTS} 条')
    return [_receipt(entry) for entry in entries if _has_id(entry)]


def _has_id(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str) and bool(entry["id"])


def _receipt(entry: dict[str, Any]) -> Receipt:
    number = entry.get("receipt")
    provider_id = number if isinstance(number, str) else ""
    if entry.get("status") == "delivered":
        return Receipt(entry["id"], Outcome.DELIVERED, provider_id=provider_id)
    if entry.get("status") == "failed":
        reason = entry.get("reason")
        failure = next((f for f in Failure if reason in (f.value, f.label)), Failure.OTHER)
        return Receipt(entry["id"], Outcome.FAILED, failure, failure.label, provider_id)
    return Receipt(entry["id"], Outcome.UNKNOWN, note="回执状态看不懂", provider_id=provider_id)
