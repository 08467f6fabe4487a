"""What two machines sign so that neither takes a stranger's word (签名)."""

from __future__ import annotations

import hashlib
import hmac

TIMESTAMP_HEADER = "X-Timestamp"
NONCE_HEADER = "X-Nonce"
SIGNATURE_HEADER = "X-Signature"
MOST_SKEW_S = 300


def signature(key: bytes, timestamp: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 over timestamp, nonce and body, 64 hex digits. timestamp: whole Unix seconds as text."""
    return hmac.new(key, f"{timestamp}\n{nonce}\n".encode() + body, hashlib.sha256).hexdigest()


def is_signed(key: bytes, timestamp: str, nonce: str, body: bytes, given: str, *, now_s: float) -> bool:
    """Whether `given` is the signature and the time is within five minutes of `now_s` (Unix seconds)."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and nonce):
        return False
    fresh = abs(now_s - int(timestamp)) <= MOST_SKEW_S
    expected = signature(key, timestamp, nonce, body)
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")) and fresh
