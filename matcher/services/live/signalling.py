"""What every console hears, in order, and what a console that was cut off has missed (直播信号).

INVARIANTS
- A signal is written in the transaction that makes it true, and carries numbers only: no person, no words of a
  posting. A console that needs the posting asks for it, and the gate decides at that moment.
- Signals of one event are numbered in the order of their commits (the event row is held), so "everything after
  number n" is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession

AIRED, TAKEN_OFF, HEADCOUNT, LEADS, SHEET, STATE = (
    "aired", "taken_off", "headcount", "leads", "sheet", "state"
)  # fmt: skip
KINDS = (AIRED, TAKEN_OFF, HEADCOUNT, LEADS, SHEET, STATE)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. id: what a console names to hear what came after it."""

    id: int
    kind: str
    at: datetime
    payload: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"id": self.id, "kind": self.kind, "at": self.at.isoformat(), **self.payload}


def signals_after(session: StoreSession, event_id: int, last_id: int) -> list[Signal]:
    """What came after a signal, oldest first, a bounded number at once."""
    return [
        Signal(row.id, row.kind, row.at, row.payload)
        for row in LiveRepository(session).signals_after(event_id, last_id)
    ]
