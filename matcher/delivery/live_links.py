"""Signed addresses of a livestream: the form behind the QR code, and the overlay page (直播链接).

A token is `l<event>-<spoken number>-<last day>.<signature>` for the form, `o<event>-0-<last day>.<signature>` for the
overlay, numbers in base 36: nothing of a person is in it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import segno
from itsdangerous import BadSignature, Signer

from matcher.clock import local_date
from matcher.delivery.links import LONGEST_TOKEN, ShortSignature, base36, checked_base
from matcher.domain.labelled import Labelled
from matcher.errors import NotFound

KEY_PURPOSE = "live-links"
"""Name under which the keyring derives the key of this module."""

FORM_DAYS, OVERLAY_DAYS = 7, 2
DEAD_LINK = "链接已失效，请在直播间重新扫码，或拨打 12333"
_DAY_ZERO = date(2020, 1, 1)
_BODY = re.compile(r"([lo])([0-9a-z]{1,12})-([0-9a-z]{1,4})-([0-9a-z]{1,4})", re.ASCII)


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
        self._signer = Signer(key, salt=KEY_PURPOSE, key_derivation="hmac", algorithm=ShortSignature())
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
        try:
            if len(token) > LONGEST_TOKEN:
                raise ValueError
            body = self._signer.unsign(token.encode("ascii")).decode("ascii")
            found = _BODY.fullmatch(body)
            if found is None:
                raise ValueError
            scope, event, number, day = found.groups()
            if local_date(now) > _DAY_ZERO + timedelta(days=int(day, 36)):
                raise ValueError
        except (BadSignature, ValueError, OverflowError):
            raise NotFound(DEAD_LINK) from None
        return LiveTarget(LiveScope.read(scope, field="链接"), int(event, 36), int(number, 36))

    def _token(self, scope: LiveScope, event_id: int, short_no: int, now: datetime, days: int) -> str:
        last = (local_date(now) + timedelta(days=days) - _DAY_ZERO).days
        body = f"{scope.value}{base36(event_id)}-{base36(short_no)}-{base36(last)}"
        return self._signer.sign(body).decode("ascii")


def screen_qr(url: str) -> str:
    """QR code of an address as one SVG element that takes the size of its place: read off a screen, quartile correction."""
    out = io.BytesIO()
    segno.make(url, error="q", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True)
    return out.getvalue().decode("ascii")
