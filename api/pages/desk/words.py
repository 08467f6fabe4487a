"""Moments, shares and addresses as the pages of the desk write them (显示文字)."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import quote

from matcher.clock import SHANGHAI, local_date

UNKNOWN_SHARE = "—"


def moment(at: datetime | None) -> str:
    """11月26日 14:05, with the year when it is another one; "" for None."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def day(at: datetime | date | None) -> str:
    """2026-11-26; "" for None."""
    if at is None:
        return ""
    return (local_date(at) if isinstance(at, datetime) else at).isoformat()


def ago(at: datetime | None, now: datetime) -> str:
    """今天, 昨天, 12 天前, 从未."""
    if at is None:
        return "从未"
    days = (local_date(now) - local_date(at)).days
    return {0: "今天", 1: "昨天"}.get(days, f"{days} 天前")


def share(part: int, whole: int) -> str:
    """83%; — of nothing."""
    return f"{part / whole:.0%}" if whole else UNKNOWN_SHARE


def part(value: str) -> str:
    """A value as one part of an address."""
    return quote(value, safe="")
