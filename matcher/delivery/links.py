"""Signed short links to the answer page, and their QR codes (短链接, 二维码).

A token is `p<batch>-<push>-<last day>.<signature>`, numbers in base 36: no name, no phone, no worker id.
`p` opens one push, `m` every posting that one person got in that batch, named by the first of their pushes.

INVARIANTS
- The signing key is derived for this purpose alone; nothing else is signed with it.
- A token that is damaged, forged, past its day or of another purpose raises one error with one text.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import segno
from itsdangerous import BadSignature, Signer
from itsdangerous.signer import HMACAlgorithm

from matcher.clock import local_date
from matcher.domain.labelled import Labelled
from matcher.errors import InvalidInput, NotFound

KEY_PURPOSE = "push-answer-link"
"""Name under which the keyring derives the key of this module."""

LINK_DAYS = 14
LONGEST_TOKEN = 100
DEAD_LINK = "链接已失效，请到窗口办理，或拨打 12333"
_SIGNATURE_BYTES = 12  # 96 bits: short enough for an SMS, far beyond guessing
_DAY_ZERO = date(2020, 1, 1)
_BODY = re.compile(r"([pm])([0-9a-z]{1,12})-([0-9a-z]{1,12})-([0-9a-z]{1,4})", re.ASCII)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class LinkScope(Labelled):
    """What a link opens (链接范围)."""

    PUSH = "p", "一个岗位"
    MESSAGE = "m", "本批全部岗位"


_SCOPES: dict[str, LinkScope] = {scope.value: scope for scope in LinkScope}


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a valid link opens. last_day: the last calendar day (Asia/Shanghai) on which it works."""

    scope: LinkScope
    batch_id: int
    push_id: int
    last_day: date


class ShortSignature(HMACAlgorithm):
    """HMAC-SHA256 cut to 96 bits; the comparison of the base class is constant in time."""

    def __init__(self) -> None:
        super().__init__(hashlib.sha256)

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:_SIGNATURE_BYTES]


class AnswerLinks:
    """Writes and reads the tokens of one installation."""

    def __init__(self, key: bytes, base_url: str = "", *, days: int = LINK_DAYS) -> None:
        """key: derived by the keyring for KEY_PURPOSE. base_url: "https://…" before /a/…; "" = no links.

        days: how long a link works. Raises InvalidInput for an address that is neither https nor loopback.
        """
        self._signer = Signer(key, salt=KEY_PURPOSE, key_derivation="hmac", algorithm=ShortSignature())
        self._base_url = checked_base(base_url)
        self._days = days

    def token(self, scope: LinkScope, batch_id: int, push_id: int, *, now: datetime) -> str:
        """A token that works up to `days` days after `now`, that day included."""
        last = (local_date(now) + timedelta(days=self._days) - _DAY_ZERO).days
        body = f"{scope.value}{base36(batch_id)}-{base36(push_id)}-{base36(last)}"
        return self._signer.sign(body).decode("ascii")

    def message_url(self, batch_id: int, push_id: int, now: datetime) -> str:
        """The address for every posting of one message, "" when the office has no answer page."""
        return self.url(self.token(LinkScope.MESSAGE, batch_id, push_id, now=now))

    def url(self, token: str) -> str:
        """The address of the answer page, "" when the office has none."""
        return f"{self._base_url}/a/{token}" if self._base_url else ""

    def read(self, token: str, *, now: datetime) -> LinkTarget:
        """What the token opens. Raises NotFound(DEAD_LINK) for every token that opens nothing."""
        try:
            if len(token) > LONGEST_TOKEN:
                raise ValueError
            body = self._signer.unsign(token.encode("ascii")).decode("ascii")
            found = _BODY.fullmatch(body)
            if found is None:
                raise ValueError
            scope, batch, push, day = found.groups()
            last_day = _DAY_ZERO + timedelta(days=int(day, 36))
            if local_date(now) > last_day:
                raise ValueError
        except (BadSignature, ValueError, OverflowError):
            raise NotFound(DEAD_LINK) from None
        return LinkTarget(_SCOPES[scope], int(batch, 36), int(push, 36), last_day)


def qr_svg(url: str, *, scalable: bool = False) -> str:
    """QR code of an address as one SVG element; error correction M outlives a fold or a stain.

    scalable: with a viewBox in place of a size, for a page whose style sets the size.
    """
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=scalable)
    return out.getvalue().decode("ascii")


def checked_base(base_url: str) -> str:
    """The address before a path, without a slash at its end. Raises InvalidInput unless it is https or loopback."""
    """The address without a slash at its end. Raises InvalidInput unless it is https or loopback."""
    base = base_url.strip().rstrip("/")
    if not base:
        return ""
    parts = urlsplit(base)
    loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if (parts.scheme != "https" and not loopback) or not parts.hostname or parts.query or parts.fragment:
        raise InvalidInput("答复页地址必须以 https:// 开头，并且不带参数，例如 https://jy.example.gov.cn")
    return base


def base36(number: int) -> str:
    """A number ≥ 0 in base 36."""
    if number < 0:
        raise InvalidInput("链接里的编号不能是负数")
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
