"""A livestream from its first entry to its end (直播场次)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matcher.domain.event_terms import EventState
from matcher.domain.service_terms import EventType
from matcher.errors import Conflict, InvalidInput
from matcher.services.live.signalling import STATE
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import ACTOR_CHARS, SHORT_CHARS
from matcher.store.tables.events import EventRow

USUAL_MINUTES = 60
MOST_MINUTES = 24 * 60
MOST_CALLERS = 50
CALLERS = "callers"
"""Key in `events.figures` of the people who call leads back."""

_NEXT = {
    EventState.DRAFT: (EventState.PLANNED, EventState.RUNNING, EventState.CANCELLED),
    EventState.PLANNED: (EventState.RUNNING, EventState.CANCELLED),
    EventState.RUNNING: (EventState.CLOSED,),
    EventState.CLOSED: (),
    EventState.CANCELLED: (),
}


@dataclass(frozen=True, slots=True)
class LiveView:
    """One livestream as a list shows it. version: of its run-sheet; whoever edits names it."""

    event_id: int
    name: str
    state: EventState
    starts_at: datetime
    ends_at: datetime | None
    platform: str
    version: int
    callers: tuple[str, ...]

    @classmethod
    def of(cls, row: EventRow) -> LiveView:
        return cls(
            row.id,
            row.name,
            row.state,
            row.starts_at,
            row.ends_at,
            row.live_platform or "",
            row.version,
            tuple((row.figures or {}).get(CALLERS, ())),
        )


def create_live(
    database: Database,
    name: str,
    starts_at: datetime,
    *,
    minutes: int = USUAL_MINUTES,
    platform: str = "",
    callers: Sequence[str] = (),
    region: str | None = None,
    actor: str,
) -> LiveView:
    """Enter a livestream. callers: who calls leads back, in turn. Raises InvalidInput for a moment that is past."""
    title = name.strip()
    if not title or len(title) > SHORT_CHARS or not title.isprintable():
        raise InvalidInput(f"直播名称须为 1 到 {SHORT_CHARS} 个字的一行文字")
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidInput(f"直播时长须在 1 到 {MOST_MINUTES} 分钟之间，收到 {minutes}")
    if starts_at + timedelta(minutes=minutes) <= database.clock.now():
        raise InvalidInput("直播时间已经过去；请核对开始时间")
    with database.writing(actor) as session:
        row = EventRow(
            name=title,
            type=EventType.LIVESTREAM,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            live_platform=platform.strip()[:SHORT_CHARS] or None,
            state=EventState.DRAFT,
            region_code=region,
            figures={CALLERS: list(_checked(callers))},
        )
        session.add(row)
        session.flush()
        return LiveView.of(row)


def set_callers(database: Database, event_id: int, callers: Sequence[str], *, actor: str) -> LiveView:
    """Who calls leads back from now on; leads that were handed out stay where they are."""
    named = _checked(callers)
    with database.writing(actor) as session:
        row = LiveRepository(session).event(event_id, locked=True)
        row.figures = {**(row.figures or {}), CALLERS: list(named)}
        session.flush()
        return LiveView.of(row)


def move_live(database: Database, event_id: int, state: EventState, *, actor: str) -> LiveView:
    """Begin, end or cancel. Raises Conflict for a step that does not follow; the same state again changes nothing."""
    with database.writing(actor) as session:
        repository = LiveRepository(session)
        row = repository.event(event_id, locked=True)
        if row.state is not state:
            if state not in _NEXT[row.state]:
                raise Conflict(f"这场直播现在是“{row.state.label}”，不能改为“{state.label}”")
            row.state = state
            repository.signal(event_id, STATE, {"state": state.value})
            session.flush()
        return LiveView.of(row)


def all_live(session: StoreSession) -> list[LiveView]:
    """Every livestream, the newest first."""
    return [LiveView.of(row) for row in LiveRepository(session).events()]


def one_live(session: StoreSession, event_id: int) -> LiveView:
    """One livestream. Raises NotFound."""
    return LiveView.of(LiveRepository(session).event(event_id))


def require_open(row: EventRow) -> None:
    """Raise Conflict for a livestream that is over or called off."""
    if row.state in (EventState.CLOSED, EventState.CANCELLED):
        raise Conflict(f"这场直播{row.state.label}，不能再改流程单")


def _checked(callers: Sequence[str]) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(one.strip() for one in callers if one.strip()))
    if len(named) > MOST_CALLERS or any(len(one) > ACTOR_CHARS or not one.isprintable() for one in named):
        raise InvalidInput(f"回电人员最多 {MOST_CALLERS} 人，每个名字是一行文字，不超过 {ACTOR_CHARS} 个字")
    return named
