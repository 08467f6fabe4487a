"""What became of the leads of a livestream: at once, after a day, after a week (线索漏斗).

INVARIANTS
- What nobody has said is unknown, never a no: each stage counts yes, no and unknown, and they add up to the leads.
- A window that is not over yet says so; its figures are those so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from matcher.domain.event_terms import LeadState
from matcher.services.live.leads import CALL_WITHIN
from matcher.services.live.plain import plain_values
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from matcher.store.tables.live import LiveLeadRow

DAY, WEEK = timedelta(hours=24), timedelta(days=7)

_REACHED = frozenset({LeadState.REACHED, LeadState.INTERVIEW, LeadState.STARTED, LeadState.DAY_7, LeadState.NOT_INTERESTED})
_INTERVIEW = frozenset({LeadState.INTERVIEW, LeadState.STARTED, LeadState.DAY_7})
_STARTED = frozenset({LeadState.STARTED, LeadState.DAY_7})
_LOST = frozenset({LeadState.WRONG_NUMBER, LeadState.NOT_INTERESTED})


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of one window. yes + no + unknown = leads."""

    name: str
    yes: int
    no: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Window:
    """What is known of the leads of one posting, or of all. over: the time has run out for every lead.

    called_in_time: first called within thirty minutes, of those whose thirty minutes are over.
    """

    leads: int
    people: int
    called_in_time: int
    called_late: int
    not_called: int
    day: tuple[Step, ...]
    day_over: bool
    week: tuple[Step, ...]
    week_over: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """The whole livestream and each of its postings, by spoken number."""

    event_id: int
    at: datetime
    total: Window
    by_number: dict[int, Window]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return plain_values(self)


def funnel(session: StoreSession, event_id: int) -> Funnel:
    """The funnel of this moment. Raises NotFound."""
    repository = LiveRepository(session)
    repository.event(event_id)
    rows, now = repository.leads(event_id), session.now()
    numbers = sorted({row.short_no for row in rows})
    return Funnel(
        event_id,
        now,
        _window(rows, now),
        {number: _window([row for row in rows if row.short_no == number], now) for number in numbers},
    )


def _window(rows: Sequence[LiveLeadRow], now: datetime) -> Window:
    called = [row for row in rows if row.first_call_at is not None]
    in_time = sum(row.first_call_at is not None and row.first_call_at <= row.asked_at + CALL_WITHIN for row in called)
    return Window(
        leads=len(rows),
        people=len({row.phone_hash for row in rows}),
        called_in_time=in_time,
        called_late=len(called) - in_time,
        not_called=len(rows) - len(called),
        day=(
            _step("联系上", rows, _REACHED, frozenset({LeadState.WRONG_NUMBER})),
            _step("约面试", rows, _INTERVIEW, _LOST),
        ),
        day_over=all(row.asked_at + DAY <= now for row in rows),
        week=(
            _step("上岗", rows, _STARTED, _LOST),
            _step("在岗7天", rows, frozenset({LeadState.DAY_7}), _LOST),
        ),
        week_over=all(row.asked_at + WEEK <= now for row in rows),
    )


def _step(
    name: str, rows: Sequence[LiveLeadRow], yes: frozenset[LeadState], no: frozenset[LeadState]
) -> Step:
    said_yes, said_no = (sum(row.state in states for row in rows) for states in (yes, no))
    return Step(name, said_yes, said_no, len(rows) - said_yes - said_no)
