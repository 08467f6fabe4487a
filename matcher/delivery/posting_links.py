"""Signed links to one posting, for a slip that anybody may hold (岗位链接).

A token is `<last day>.<posting id>.<signature>`: no name, no phone, nothing of who printed it.

INVARIANTS
- The signing key is derived for this purpose alone.
- A token that is damaged, forged or past its day raises one error with one text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import date, datetime, timedelta

from matcher.clock import local_date
from matcher.delivery.links import DEAD_LINK, checked_base
from matcher.errors import NotFound

KEY_PURPOSE = "posting-link"
LINK_DAYS = 7
LONGEST_TOKEN = 160
_DAY_ZERO = date(2020, 1, 1)
_SIGNATURE_BYTES = 12  # 96 bits


class PostingLinks:
    """Writes and reads the tokens of one installation."""

    def __init__(self, key: bytes, base_url: str = "", *, days: int = LINK_DAYS) -> None:
        """key: derived by the keyring for KEY_PURPOSE. base_url: address before /j/…, "" = no links.

        Raises InvalidInput for an address that is neither https nor loopback.
        """
        self._key = key
        self._base_url = checked_base(base_url)
        self._days = days

    def url(self, posting_id: str, now: datetime) -> str:
        """The address of the posting's page for `days` days, "" when the office has none."""
        return f"{self._base_url}/j/{self.token(posting_id, now)}" if self._base_url else ""

    def token(self, posting_id: str, now: datetime) -> str:
        """A token that works up to `days` days after `now`, that day included."""
        last = (local_date(now) + timedelta(days=self._days) - _DAY_ZERO).days
        body = f"{last:x}.{_encoded(posting_id.encode())}"
        return f"{body}.{self._signature(body)}"

    def posting_id(self, token: str, now: datetime) -> str:
        """The posting a token opens. Raises NotFound(DEAD_LINK) for every token that opens nothing."""
        body, _, given = token.rpartition(".")
        known = len(token) <= LONGEST_TOKEN and token.isascii() and body.count(".") == 1
        if not known or not hmac.compare_digest(self._signature(body), given):
            raise NotFound(DEAD_LINK)
        day, _, name = body.partition(".")
        try:
            last_day = _DAY_ZERO + timedelta(days=int(day, 16))
            posting_id = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
        except (ValueError, OverflowError, binascii.Error):
            raise NotFound(DEAD_LINK) from None
        if local_date(now) > last_day:
            raise NotFound(DEAD_LINK)
        return posting_id

    def _signature(self, body: str) -> str:
        return _encoded(hmac.new(self._key, body.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES])


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
