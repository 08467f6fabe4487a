"""What a person's data looks like unless somebody gave a reason to see it (脱敏)."""

from __future__ import annotations

_PHONE_DIGITS = 11
_ID_HEAD, _ID_TAIL = 3, 4


def mask_name(name: str | None) -> str:
    """王小明 → 王*明, 王明 → 王*, one character → *; a compound surname shows its first character."""
    text = (name or "").strip()
    if len(text) <= 1:
        return "*" * len(text)
    if len(text) == 2:
        return text[0] + "*"
    return text[0] + "*" * (len(text) - 2) + text[-1]


def mask_phone(phone: str | None) -> str:
    """13800001234 → 138****1234; a number of another length shows its last four at most."""
    text = (phone or "").strip()
    if len(text) == _PHONE_DIGITS:
        return f"{text[:3]}****{text[-4:]}"
    shown = text[-4:] if len(text) >= 2 * 4 else ""
    return "*" * (len(text) - len(shown)) + shown


def mask_id_number(number: str | None) -> str:
    """First three and last four characters of an ID number; anything too short is hidden whole."""
    text = (number or "").strip()
    if len(text) < 2 * (_ID_HEAD + _ID_TAIL):
        return "*" * len(text)
    hidden = len(text) - _ID_HEAD - _ID_TAIL
    return text[:_ID_HEAD] + "*" * hidden + text[-_ID_TAIL:]


def mask_address(address: str | None) -> str:
    """Keep the address down to the village or street, hide the door."""
    text = (address or "").strip()
    ends = [text.rfind(mark) for mark in ("省", "市", "县", "区", "乡", "镇", "街道", "村", "社区")]
    end = max(ends, default=-1)
    if end < 0:
        return "*" * min(len(text), 6)
    mark_chars = 2 if text[end : end + 2] in {"街道", "社区"} else 1
    kept = text[: end + mark_chars]
    return kept + ("***" if len(kept) < len(text) else "")
