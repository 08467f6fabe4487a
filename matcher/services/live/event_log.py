"""What happened in a livestream, the newest first, in words for the console (直播记录)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.event_terms import EventState
from matcher.services.live.signalling import AIRED, LEADS, SHEET, STATE, TAKEN_OFF
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession

MOST_ENTRIES = 40


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line. kind: of the signal behind it."""

    at: datetime
    kind: str
    text: str


def event_log(session: StoreSession, event_id: int, most: int = MOST_ENTRIES) -> list[LogEntry]:
    """The last things that happened. They hold numbers and reasons, no person and no words of a posting."""
    return [
        LogEntry(row.at, row.kind, _text(row.kind, row.payload))
        for row in LiveRepository(session).newest_signals(event_id, most)
    ]


def _text(kind: str, payload: Mapping[str, Any]) -> str:
    if kind == AIRED:
        return f"{payload['short_no']}号 上播"
    if kind == TAKEN_OFF:
        return f"{payload['short_no']}号 撤下：{payload['because']}"
    if kind == LEADS:
        return f"线索共 {payload['total']} 条"
    if kind == SHEET:
        return f"流程单改动，共 {payload['items']} 个岗位"
    if kind == STATE:
        return f"直播{EventState.read(payload['state'], field='状态').label}"
    return "还招人数有变"
