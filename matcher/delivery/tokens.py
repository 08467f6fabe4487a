"""Short signed tokens with a last day: what every link of the office carries (签名令牌).

A token is `<body>-<last day>.<signature>`; the day is in base 36 since 2020. The body is up to the link: no name, no
phone, no worker id.

INVARIANTS
- A key is derived for one purpose alone; nothing else is signed with it.
- A token that is damaged, forged, past its day or of another purpose opens nothing, and nothing says which.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import HMACAlgorithm

from matcher.clock import local_date
from matcher.errors import InvalidInput

LONGEST_TOKEN = 160
_SIGNATURE_BYTES = 12  # 96 bits: short enough for an SMS, far beyond guessing
_DAY_ZERO = date(2020, 1, 1)
_MOST_DAY_DIGITS = 4
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class DatedTokens:
    """Writes and reads the tokens of one purpose in one installation."""

    def __init__(self, key: bytes, purpose: str) -> None:
        """key: derived by the keyring for `purpose`."""
        self._signer = Signer(key, salt=purpose, key_derivation="hmac", algorithm=_ShortSignature())

    def sign(self, body: str, now: datetime, *, days: int) -> str:
        """A token that works up to `days` days after `now`, that day included. body: ASCII without a dot."""
        last = (local_date(now) + timedelta(days=days) - _DAY_ZERO).days
        return self._signer.sign(f"{body}-{base36(last)}").decode("ascii")

    def open(self, token: str, now: datetime) -> tuple[str, date] | None:
        """Body and last day (Asia/Shanghai) of a token that works now; None for every other."""
        try:
            if len(token) > LONGEST_TOKEN:
                return None
            body, _, day = self._signer.unsign(token.encode("ascii")).decode("ascii").rpartition("-")
            if not 1 <= len(day) <= _MOST_DAY_DIGITS or set(day) - set(_DIGITS):
                return None
            last_day = _DAY_ZERO + timedelta(days=int(day, 36))
        except (BadSignature, ValueError, OverflowError):
            return None
        return (body, last_day) if local_date(now) <= last_day else None


class _ShortSignature(HMACAlgorithm):
    """HMAC-SHA256 cut to 96 bits; the comparison of the base class is constant in time."""

    def __init__(self) -> None:
        super().__init__(hashlib.sha256)

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:_SIGNATURE_BYTES]


def base36(number: int) -> str:
    """A number ≥ 0 in base 36."""
    if number < 0:
        raise InvalidInput("链接里的编号不能是负数")
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
