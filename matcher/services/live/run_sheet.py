"""The run-sheet as operator and host see it at this moment: what may air, what to say, what not to say (流程单).

INVARIANTS
- Words of a posting are on it only while the gate lets the posting on air; otherwise the reasons stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.delivery.live_script import NEVER, leader_points, live_script, script_seconds, unsaid
from matcher.delivery.renderings import Notice, Sign, live_card
from matcher.domain.match import Line
from matcher.domain.record_terms import FindingState
from matcher.services.live.plain import plain_values
from matcher.services.live.sessions import LiveView
from matcher.services.renderings import notices_of
from matcher.store.repositories.findings import WORDS, FindingRepository
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession
from matcher.store.tables.live import LiveItemRow

REMINDER_EVERY = 5


@dataclass(frozen=True, slots=True)
class RunItem:
    """One item. card, script and the rest are empty while it may not be aired; `problems` then says why.

    not_to_say: words that must not be spoken for this posting. leads: people who asked for it.
    """

    short_no: int
    seq: int
    posting_id: str
    planned_minute: int | None
    planned_seconds: int | None
    aired_at: datetime | None
    taken_off_at: datetime | None
    taken_off_because: str
    problems: tuple[Line, ...]
    card: dict[str, Any]
    script: str
    script_seconds: int
    leader_points: tuple[str, ...]
    not_to_say: tuple[str, ...]
    leads: int
    reminder_after: bool


@dataclass(frozen=True, slots=True)
class RunSheet:
    """The livestream with its items in running order. on_air: spoken number that is on now, None = none.

    never: what is never said, whatever the posting. last_signal: number of the newest signal that is in this view.
    """

    live: LiveView
    items: tuple[RunItem, ...]
    on_air: int | None
    never: tuple[str, ...]
    leads: int
    last_signal: int

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return plain_values(self)


def run_sheet(session: StoreSession, sign: Sign, event_id: int) -> RunSheet:
    """The run-sheet of this moment, in one snapshot. Raises NotFound."""
    repository = LiveRepository(session)
    live = LiveView.of(repository.event(event_id))
    rows = repository.items(event_id)
    notices, against = notices_of(session, sign, [row.posting_id for row in rows], aired=True)
    counts = repository.lead_counts(event_id)
    items = tuple(
        _item(session, row, notices.get(row.posting_id), against.get(row.posting_id, ()), counts) for row in rows
    )
    return RunSheet(
        live, items, on_air_now(rows), NEVER, sum(counts.values()), repository.newest_signal(event_id)
    )


def on_air_now(rows: Sequence[LiveItemRow]) -> int | None:
    """The item that was put on air last, unless it was taken off."""
    aired = [row for row in rows if row.aired_at is not None]
    newest = max(aired, key=lambda row: (row.aired_at, row.id), default=None)
    return newest.short_no if newest is not None and newest.taken_off_at is None else None


def card_on_air(session: StoreSession, sign: Sign, event_id: int) -> RunItem | None:
    """The item that is on air, if it may be; a posting that has gone since is not."""
    repository = LiveRepository(session)
    number = on_air_now(repository.items(event_id))
    if number is None:
        return None
    row = repository.item(event_id, number)
    notices, _ = notices_of(session, sign, [row.posting_id], aired=True)
    if row.posting_id not in notices:
        return None
    return _item(session, row, notices[row.posting_id], (), repository.lead_counts(event_id))


def _item(
    session: StoreSession,
    row: LiveItemRow,
    notice: Notice | None,
    problems: tuple[Line, ...],
    counts: dict[int, int],
) -> RunItem:
    script = live_script(notice, row.short_no) if notice else ""
    return RunItem(
        short_no=row.short_no,
        seq=row.seq,
        posting_id=row.posting_id,
        planned_minute=row.planned_minute,
        planned_seconds=row.planned_seconds,
        aired_at=row.aired_at,
        taken_off_at=row.taken_off_at,
        taken_off_because=row.taken_off_because or "",
        problems=problems,
        card=live_card(notice) if notice else {},
        script=script,
        script_seconds=script_seconds(script),
        leader_points=leader_points(notice, row.short_no) if notice else (),
        not_to_say=(*_words_found(session, row.posting_id), *unsaid(notice)) if notice else (),
        leads=counts.get(row.short_no, 0),
        reminder_after=row.seq % REMINDER_EVERY == 0,
    )


def _words_found(session: StoreSession, posting_id: str) -> tuple[str, ...]:
    """Words of the employer that a rule objects to and nobody has cleared, with what to say instead."""
    said = []
    for finding in FindingRepository(session).of_posting(posting_id):
        words = str((finding.details or {}).get(WORDS) or "")
        if words and finding.state is FindingState.OPEN:
            said.append(f"“{words}”" + (f"（改说：{finding.rewrite}）" if finding.rewrite else ""))
    return tuple(dict.fromkeys(said))
