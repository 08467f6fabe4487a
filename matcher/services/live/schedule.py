"""The livestreams that somebody may open, as their list shows them (直播场次表)."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.services.accounts.objects import sees_event
from matcher.services.accounts.staff import Staff
from matcher.services.live.sessions import LiveView
from matcher.store.repositories.live import LiveRepository
from matcher.store.session import StoreSession


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One line of the list. items: on the run-sheet and not taken off; leads: phones that were left."""

    live: LiveView
    items: int
    leads: int


def lives_of(session: StoreSession, staff: Staff) -> list[LiveLine]:
    """Livestreams in the region of the account, the newest first."""
    repository = LiveRepository(session)
    return [
        LiveLine(
            LiveView.of(event),
            sum(item.taken_off_at is None for item in repository.items(event.id)),
            sum(repository.lead_counts(event.id).values()),
        )
        for event in repository.events()
        if sees_event(staff, event)
    ]
