"""A database session that knows who acts, what time it is and which keys to use (会话)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.clock import Clock
from matcher.store.keyring import Keyring


class StoreSession(Session):
    """A session that knows who acts, what time it is and which keys to use."""

    def __init__(self, bind: Engine, *, actor: str, clock: Clock, keyring: Keyring, **options: Any) -> None:
        super().__init__(bind, expire_on_commit=False, **options)
        self.actor = actor
        self.clock = clock
        self.keyring = keyring

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return self.clock.now()
