"""Signed addresses of a livestream: the form behind the QR code, and the overlay page (直播链接).

A body is `l<event>-<spoken number>` for the form, `o<event>-0` for the overlay, numbers in base 36; see `tokens` for the day
and the signature around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from matcher.delivery.links import checked_base
from matcher.delivery.tokens import DatedTokens, base36
from matcher.domain.labelled import Labelled
from matcher.errors import NotFound

KEY_PURPOSE = "live-links"
"""Name under which the keyring derives the key of this module."""

FORM_DAYS, OVERLAY_DAYS = 7, 2
DEAD_LINK = "链接已失效，请在直播间重新扫码，或拨打 12333"
_BODY = re.compile(r"([lo])([0-9a-z]{1,12})-([0-9a-z]{1,4})", re.ASCII)


class LiveScope(Labelled):
    """What a link opens (链接范围)."""

    FORM = "l", "报名页"
    OVERLAY = "o", "直播叠加页"


@dataclass(frozen=True, slots=True)
class LiveTarget:
    """What a valid link opens. short_no: 0 for the overlay."""

    scope: LiveScope
    event_id: int
    short_no: int


class LiveLinks:
    """Writes and reads the tokens of one installation."""

    def __init__(self, key: bytes, base_url: str = "") -> None:
        """key: derived by the keyring for KEY_PURPOSE. base_url: "https://…" before /l/…, "" = no QR codes."""
        self._tokens = DatedTokens(key, KEY_PURPOSE)
        self._base_url = checked_base(base_url)

    def form_token(self, event_id: int, short_no: int, *, now: datetime) -> str:
        """Opens the form of one posting."""
        return self._token(LiveScope.FORM, event_id, short_no, now, FORM_DAYS)

    def overlay_token(self, event_id: int, *, now: datetime) -> str:
        """Opens the overlay page."""
        return self._token(LiveScope.OVERLAY, event_id, 0, now, OVERLAY_DAYS)

    def form_url(self, event_id: int, short_no: int, *, now: datetime) -> str:
        """The address in the QR code, "" when the office has no public address."""
        return f"{self._base_url}/l/{self.form_token(event_id, short_no, now=now)}" if self._base_url else ""

    def read(self, token: str, *, now: datetime) -> LiveTarget:
        """What the token opens. Raises NotFound(DEAD_LINK) for every token that opens nothing."""
        opened = self._tokens.open(token, now)
        found = _BODY.fullmatch(opened[0]) if opened else None
        if found is None:
            raise NotFound(DEAD_LINK)
        scope, event, number = found.groups()
        return LiveTarget(LiveScope.read(scope, field="链接"), int(event, 36), int(number, 36))

    def _token(self, scope: LiveScope, event_id: int, short_no: int, now: datetime, days: int) -> str:
        return self._tokens.sign(f"{scope.value}{base36(event_id)}-{base36(short_no)}", now, days=days)
