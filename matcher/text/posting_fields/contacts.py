"""Contacts, shown masked only (联系方式)."""

from __future__ import annotations

import re

from matcher.text.found import Found

_TRIGGER = re.compile(r"\d(?:\d\d[\s-]?[\d*x]{4}|-\*{3}|\*{3})")
_TRIGGER_SPELT = re.compile(r"[一幺][三四五六七八九][零〇一幺二三四五六七八九]{5}")
_TRIGGER_WORDS = re.compile(r"[\[微wv加](?:(?<=\[)[pwqe]|[信xv])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
_LANDLINE = re.compile(
    r"(?<![\d-])(?:0\d{2,3}[-\s]?)[2-9]\d{6,7}(?!\d)|(?<!\d)400[-\s]?\d{3}[-\s]?\d{4}(?!\d)"
)
_WECHAT = re.compile(r"(?:微信号?|wx|v信|薇信|vx|加v)\s?[:号]?\s?(?P<id>[a-z][-_a-z0-9]{5,19})")
_MASKED = re.compile(r"\[(?:phone|wechat|qq|email)\]")
_HIDDEN = re.compile(r"(?<!\d)(?:1[3-9]\d[*x]{3,5}\d{2,4}|0\d{2,3}-?[*x]{2,5}\d{2,4})(?!\d)")
"""A number whose middle somebody has hidden already."""
_SPELT = re.compile(r"(?<![零〇一二三四五六七八九])[一幺][三四五六七八九][零〇一幺二三四五六七八九]{9}(?![零〇一二三四五六七八九])")
_LOCAL = re.compile(r"(?:电话|联系|热线|座机|tel)[^\d\n]{0,6}(?P<n>[2-9]\d{6,7})(?!\d)")


def read_contacts(text: str) -> list[Found[str]]:
    """Phones and WeChat names of the folded, lower-case text, masked: 138****5678."""
    found: list[Found[str]] = []
    if _TRIGGER_WORDS.search(text) is None and _TRIGGER.search(text) is None and _TRIGGER_SPELT.search(text) is None:
        return found
    if "[" in text:
        found.extend(Found(m.group(), m.start(), m.end(), 0.9) for m in _MASKED.finditer(text))
    for pattern in (_MOBILE, _LANDLINE):
        for match in pattern.finditer(text):
            found.append(Found(mask(re.sub(r"[\s-]", "", match.group())), match.start(), match.end(), 0.97))
    found.extend(Found(m.group(), m.start(), m.end(), 0.9) for m in _HIDDEN.finditer(text))
    found.extend(Found(mask(m.group()), m.start(), m.end(), 0.8) for m in _SPELT.finditer(text))
    for match in _WECHAT.finditer(text):
        found.append(Found(mask(match["id"]), match.start("id"), match.end("id"), 0.85))
    if not found:
        for match in _LOCAL.finditer(text):
            found.append(Found(mask(match["n"]), match.start("n"), match.end("n"), 0.8))
    return sorted(found, key=lambda item: item.start)


def mask(contact: str) -> str:
    """First three and last four characters; short ones keep one at each end."""
    if len(contact) >= 11:
        return contact[:3] + "****" + contact[-4:]
    return contact[:1] + "****" + contact[-1:]
