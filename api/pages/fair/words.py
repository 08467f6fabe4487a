"""Moments and figures as the pages of a fair write them (显示文字)."""

from __future__ import annotations

from datetime import datetime

from matcher.clock import SHANGHAI
from matcher.domain.event_terms import EventState
from matcher.domain.record_terms import ShortlistState

_DAYS = "一二三四五六日"
STATE_CHIP = {
    EventState.DRAFT: "", EventState.PLANNED: "info", EventState.RUNNING: "good", EventState.CLOSED: "",
    EventState.CANCELLED: "bad",
}  # fmt: skip
MARK_CHIP = {
    ShortlistState.MET: "info", ShortlistState.INTENT: "good", ShortlistState.INTERVIEW: "good",
    ShortlistState.HIRED: "good", ShortlistState.NO_FIT: "warn", ShortlistState.ABSENT: "bad",
}  # fmt: skip


def clock(at: datetime) -> str:
    """09:20."""
    return f"{at.astimezone(SHANGHAI):%H:%M}"


def day(at: datetime) -> str:
    """12月3日 周四 09:00."""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 周{_DAYS[local.weekday()]} {local:%H:%M}"


def gap(share: float) -> str:
    """0.35%, rounded up, so that it never says less than was proven."""
    return f"{-(-share * 10_000 // 1) / 100:.2f}%" if share > 0 else "0%"
