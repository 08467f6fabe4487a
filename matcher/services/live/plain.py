"""Views of a livestream as plain values for JSON (纯值)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any


def plain_values(view: Any) -> dict[str, Any]:
    """A view as dicts, lists, texts and numbers; times with their zone, keys of mappings as text."""
    found: dict[str, Any] = _plain(asdict(view))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
