"""What the headers of every answer must say (响应头要求)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

REFERRERS = {"no-referrer", "same-origin"}
LOOSE = re.compile(r"unsafe-|https?:|(?<!\S)\*|data:(?<!img-src 'self' data:)")
INLINE = re.compile(r"<[^>]*\s(?:on[a-z]+|style)\s*=\s*[\"']", re.IGNORECASE)
_NONCE = re.compile(r"'nonce-([\w-]+)'")


def header_faults(answer: Any, nonces: set[str]) -> Iterator[str]:
    """What is wrong with an answer of the service. nonces: those of earlier answers; the new one is added."""
    headers = answer.headers
    policy = headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        yield f"content policy lets in too much: {policy[:80]}"
    if LOOSE.search(policy):
        yield f"content policy is loose: {policy}"
    for nonce in _NONCE.findall(policy)[:1]:
        if nonce in nonces:
            yield "a nonce was used twice"
        nonces.add(nonce)
    if headers.get("x-content-type-options") != "nosniff":
        yield "no nosniff"
    if headers.get("x-frame-options") != "DENY":
        yield "may be framed"
    if headers.get("referrer-policy") not in REFERRERS:
        yield "referrer"
    if "no-store" not in headers.get("cache-control", ""):
        yield f"may be kept in a cache: {headers.get('cache-control')}"
    if headers.get("content-type", "").startswith("text/html") and INLINE.search(answer.text):
        yield "inline handler or style in the page"
    for cookie in headers.get_list("set-cookie"):
        told = cookie.lower()
        if "httponly" not in told or "samesite=strict" not in told:
            yield "a cookie that scripts or other sites can use"
