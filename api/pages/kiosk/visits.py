"""What a kiosk remembers of the person in front of it: in memory, under a random name, for minutes (一次使用).

INVARIANTS
- Nothing of a visit is written anywhere; ending it, 60 idle seconds or five minutes make its name worthless.
- A visit holds taps and postings, never a phone number, a name or a code; of a letter, which pushes it told of.
- A visit belongs to the device that began it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from matcher.services.kiosk.jobs import Jobs, Listed
from matcher.services.kiosk.wishes import Wish

IDLE_S = 60.0 + 20.0  # the screen asks after 45 s and waits 20 s; this is the wall behind it
LONGEST_S = 300.0
MOST_VISITS = 5_000
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's way through the screens. listed: what is still to be shown; shown: on the screen now.

    everything: they asked for the list without recommendation. chosen: the posting they want to go to.
    """

    wish: Wish = field(default_factory=Wish)
    jobs: Jobs = field(default_factory=lambda: Jobs(()))
    shown: tuple[Listed, ...] = ()
    rest: tuple[Listed, ...] = ()
    everything: bool = False
    chosen: str = ""
    prints: int = 0


@dataclass(slots=True)
class _Kept:
    device: int
    visit: Visit
    began: float
    seen: float


class Visits:
    """Visits of all kiosks of one process; safe to call from several threads."""

    def __init__(self, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, device: int) -> str:
        """The name of a fresh visit at a device."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._seconds()
        with self._lock:
            self._kept[token] = _Kept(device, Visit(), now, now)
            while len(self._kept) > MOST_VISITS:
                self._kept.popitem(last=False)
        return token

    def get(self, token: str, device: int) -> Visit | None:
        """The visit, seen just now; None when it is over or another device's."""
        with self._lock:
            kept = self._live(token, device)
            return kept.visit if kept else None

    def change(self, token: str, device: int, **changes: object) -> Visit:
        """The visit with fields changed; one that is over begins anew under no name, so nothing is kept."""
        with self._lock:
            kept = self._live(token, device)
            visit = replace(kept.visit if kept else Visit(), **changes)  # type: ignore[arg-type]
            if kept:
                kept.visit = visit
            return visit

    def end(self, token: str) -> None:
        """Forget a visit; an unknown name is no error."""
        with self._lock:
            self._kept.pop(token, None)

    def __len__(self) -> int:
        with self._lock:
            self._drop_the_old()
            return len(self._kept)

    def _live(self, token: str, device: int) -> _Kept | None:
        self._drop_the_old()
        kept = self._kept.get(token)
        if kept is None or kept.device != device:
            return None
        kept.seen = self._seconds()
        return kept

    def _drop_the_old(self) -> None:
        now = self._seconds()
        over = [
            token
            for token, one in self._kept.items()
            if now - one.seen > IDLE_S or now - one.began > LONGEST_S
        ]
        for token in over:
            del self._kept[token]
