"""How often one link may be used in a minute (单链接限速)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

WINDOW_S = 60.0
MOST_TOKENS = 10_000
"""Older ones are forgotten first, so that made-up tokens cannot fill the memory."""


class TokenRate:
    """Counts uses of each token in fixed windows of a minute; safe to call from several threads."""

    def __init__(self, per_minute: int, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._seconds = seconds
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, token: str) -> bool:
        """Count one use; False when the minute's uses are spent."""
        now = self._seconds()
        with self._lock:
            began, uses = self._windows.pop(token, (now, 0))
            if now - began >= WINDOW_S:
                began, uses = now, 0
            self._windows[token] = (began, uses + 1)
            while len(self._windows) > MOST_TOKENS:
                self._windows.popitem(last=False)
        return uses < self._per_minute
