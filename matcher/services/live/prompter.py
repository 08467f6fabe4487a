"""What the host reads off the prompter at this moment (提词器).

INVARIANTS
- Every look asks the gate; a posting that is gone leaves no word.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.delivery.live_script import NEVER
from matcher.delivery.renderings import Sign
from matcher.domain.event_terms import EventState
from matcher.services.live.run_sheet import RunItem, card_on_air
from matcher.services.live.sessions import LiveView
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession


@dataclass(frozen=True, slots=True)
class Prompt:
    """One posting, or none. on_air_s: since when it is on; never: what is not said, whatever the posting."""

    live: LiveView
    item: RunItem | None
    on_air_s: int
    never: tuple[str, ...]
    last_signal: int


def prompt(session: StoreSession, sign: Sign, event_id: int) -> Prompt:
    """What is on air, in one snapshot; nothing unless the livestream is running. Raises NotFound."""
    repository = LiveRepository(session)
    live = LiveView.of(repository.event(event_id))
    item = card_on_air(session, sign, event_id) if live.state is EventState.RUNNING else None
    since = item.aired_at if item is not None else None
    on_air_s = int((session.now() - since).total_seconds()) if since is not None else 0
    return Prompt(live, item, on_air_s, NEVER, repository.newest_signal(event_id))
