"""One person's turn at a kiosk, from the first picture to a number left behind (自助机一次使用)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx

from api.accounts.cookies import PLAIN_NAME
from api.accounts.csrf import FIELD, token_for

_VISIT = re.compile(r'name="visit" value="([^"]+)"')
_POSTING = re.compile(r'name="posting" value="([^"]+)"')


def leave_a_phone(client: httpx.Client, phone: str) -> Iterator[tuple[str, httpx.Response]]:
    """Every answer of the turn, then what the next person finds."""
    first = client.get("/kiosk")
    yield "GET /kiosk", first
    form = {"visit": _VISIT.search(first.text)[1], FIELD: token_for(client.cookies[PLAIN_NAME])}
    shown = client.post("/kiosk/all", data=form)
    yield "POST /kiosk/all", shown
    posting = _POSTING.search(shown.text)
    steps = [("/kiosk/phone", {}), ("/kiosk/phone/leave", {"phone": phone, "agreed": "yes"}), ("/kiosk/end", {})]
    if posting:
        steps.insert(0, ("/kiosk/slip", {"posting": posting[1]}))
    for path, filled in steps:
        yield f"POST {path}", client.post(path, data=form | filled)
    yield "GET /kiosk", client.get("/kiosk")
