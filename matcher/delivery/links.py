"""Signed short links to the answer page, and their QR codes (短链接, 二维码).

A body is `p<batch>-<push>`, numbers in base 36; see `tokens` for the day and the signature around it.
`p` opens one push, `m` every posting that one person got in that batch, named by the first of their pushes.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

import segno

from matcher.delivery.tokens import DatedTokens, base36
from matcher.domain.labelled import Labelled
from matcher.errors import InvalidInput, NotFound

KEY_PURPOSE = "push-answer-link"
"""Name under which the keyring derives the key of this module."""

LINK_DAYS = 14
DEAD_LINK = "链接已失效，请到窗口办理，或拨打 12333"
_BODY = re.compile(r"([pm])([0-9a-z]{1,12})-([0-9a-z]{1,12})", re.ASCII)


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


class AnswerLinks:
    """Writes and reads the tokens of one installation."""

    def __init__(self, key: bytes, base_url: str = "", *, days: int = LINK_DAYS) -> None:
        """key: derived by the keyring for KEY_PURPOSE. base_url: "https://…" before /a/…; "" = no links.

        days: how long a link works. Raises InvalidInput for an address that is neither https nor loopback.
        """
        self._tokens = DatedTokens(key, KEY_PURPOSE)
        self._base_url = checked_base(base_url)
        self._days = days

    def token(self, scope: LinkScope, batch_id: int, push_id: int, *, now: datetime) -> str:
        """A token that works up to `days` days after `now`, that day included."""
        return self._tokens.sign(f"{scope.value}{base36(batch_id)}-{base36(push_id)}", now, days=self._days)

    def message_url(self, batch_id: int, push_id: int, now: datetime) -> str:
        """The address for every posting of one message, "" when the office has no answer page."""
        return self.url(self.token(LinkScope.MESSAGE, batch_id, push_id, now=now))

    def url(self, token: str) -> str:
        """The address of the answer page, "" when the office has none."""
        return f"{self._base_url}/a/{token}" if self._base_url else ""

    def read(self, token: str, *, now: datetime) -> LinkTarget:
        """What the token opens. Raises NotFound(DEAD_LINK) for every token that opens nothing."""
        opened = self._tokens.open(token, now)
        found = _BODY.fullmatch(opened[0]) if opened else None
        if opened is None or found is None:
            raise NotFound(DEAD_LINK)
        scope, batch, push = found.groups()
        return LinkTarget(_SCOPES[scope], int(batch, 36), int(push, 36), opened[1])


def qr_svg(url: str, *, scalable: bool = False, correction: str = "m") -> str:
    """QR code of an address as one SVG element.

    scalable: with a viewBox in place of a size, for a page whose style sets the size. correction: "m" outlives a fold
    or a stain, "q" is read off a screen that is filmed.
    """
    out = io.BytesIO()
    segno.make(url, error=correction, micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=scalable)
    return out.getvalue().decode("ascii")


def checked_base(base_url: str) -> str:
    """The address before a path, without a slash at its end. Raises InvalidInput unless it is https or loopback."""
    base = base_url.strip().rstrip("/")
    if not base:
        return ""
    parts = urlsplit(base)
    loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if (parts.scheme != "https" and not loopback) or not parts.hostname or parts.query or parts.fragment:
        raise InvalidInput("答复页地址必须以 https:// 开头，并且不带参数，例如 https://jy.example.gov.cn")
    return base
