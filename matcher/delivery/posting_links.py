"""Signed links to one posting, for a slip that anybody may hold (岗位链接).

A body is the posting id in base 64; see `tokens` for the day and the signature around it.
"""

from __future__ import annotations

import base64
from datetime import datetime

from matcher.delivery.links import DEAD_LINK, checked_base
from matcher.delivery.tokens import DatedTokens
from matcher.errors import NotFound

KEY_PURPOSE = "posting-link"
LINK_DAYS = 7


class PostingLinks:
    """Writes and reads the tokens of one installation."""

    def __init__(self, key: bytes, base_url: str = "", *, days: int = LINK_DAYS) -> None:
        """key: derived by the keyring for KEY_PURPOSE. base_url: address before /j/…, "" = no links.

        Raises InvalidInput for an address that is neither https nor loopback.
        """
        self._tokens = DatedTokens(key, KEY_PURPOSE)
        self._base_url = checked_base(base_url)
        self._days = days

    def url(self, posting_id: str, now: datetime) -> str:
        """The address of the posting's page for `days` days, "" when the office has none."""
        return f"{self._base_url}/j/{self.token(posting_id, now)}" if self._base_url else ""

    def token(self, posting_id: str, now: datetime) -> str:
        """A token that works up to `days` days after `now`, that day included."""
        body = base64.urlsafe_b64encode(posting_id.encode()).rstrip(b"=").decode("ascii")
        return self._tokens.sign(body, now, days=self._days)

    def posting_id(self, token: str, now: datetime) -> str:
        """The posting a token opens. Raises NotFound(DEAD_LINK) for every token that opens nothing."""
        opened = self._tokens.open(token, now)
        try:
            if opened is None:
                raise ValueError
            return base64.urlsafe_b64decode(opened[0] + "=" * (-len(opened[0]) % 4)).decode()
        except ValueError:
            raise NotFound(DEAD_LINK) from None
