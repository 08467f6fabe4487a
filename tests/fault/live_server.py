"""The service as a process of its own, as it is or with one planted defect.

Loaded once in a process that forks the servers: dozens of starts take seconds.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import uvicorn

from api.app import create_app
from api.routers import live
from matcher.config import Config
from matcher.ranking.score import load_scorer
from matcher.services.live import leads as lead_service
from matcher.services.live.leads import LeadsTaken
from matcher.services.runtime import SHIPPED_RANKER
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from matcher.text.utterance import parse_utterance

_kept_for_later: list[tuple[Database, int, str, str]] = []


def answered_first(database: Database, event_id: int, paste: str, *, actor: str) -> LeadsTaken:
    """Acknowledges, and writes when the next paste comes."""
    waiting, _kept_for_later[:] = list(_kept_for_later), [(database, event_id, paste, actor)]
    for earlier in waiting:
        lead_service.take_leads(earlier[0], earlier[1], earlier[2], actor=earlier[3])
    return LeadsTaken((), (), ())


def only_what_is_new(self: LiveRepository, event_id: int, last_id: int) -> list[Any]:
    """A console that comes back hears the newest signal alone."""
    found = _signals_after(self, event_id, last_id)
    return found[-1:]


def known_to_nobody(self: LiveRepository, event_id: int, phone_hashes: Any) -> dict[Any, Any]:
    """Every lead is taken for a new one, under a hash of its own."""
    return {}


_signals_after = LiveRepository.signals_after
TWINS = {
    "": (),
    "acknowledges before it writes": ((live, "take_leads", answered_first),),
    "forgets what a console missed": ((LiveRepository, "signals_after", only_what_is_new),),
    "does not look for the phone": ((LiveRepository, "known_leads", known_to_nobody),),
}


def serve(config: Config, port: int, twin: str) -> None:
    """Serve until killed."""
    for where, name, replacement in TWINS[twin]:
        patch.object(where, name, replacement).start()
    uvicorn.run(create_app(config), host="127.0.0.1", port=port, log_level="error", access_log=False)


load_scorer(SHIPPED_RANKER)  # its libraries, before any server is forked
parse_utterance("电焊工 容城附近")
