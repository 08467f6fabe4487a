"""People who come to a made-up fair without a file, for tests of the door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matcher.clock import Clock
from matcher.domain.service_terms import ConsentPurpose
from matcher.services.accounts.sight import Sight
from matcher.services.fairs.offline import laptop_home
from matcher.services.fairs.registering import Newcomer, Registered, register_newcomer
from matcher.services.fairs.walk_ins import walk_in
from matcher.services.installation import open_database
from matcher.store.database import Database
from tests.fair_world import BY, SCORER

BOTH_TICKS = frozenset({ConsentPurpose.MATCHING, ConsentPurpose.CONTACT})
EVERYONE = Sight(everyone=True)
PHONE_OF_A_WALKER = "13800009913"
PASSPHRASE = "样例县春风行动口令"
WORDS = "会电焊，想在附近干，日结"


def somebody(**changes: object) -> Newcomer:
    """A welder who agrees to both."""
    plain: dict[str, object] = {"words": WORDS, "agreed": BOTH_TICKS, "name": "样例赵六", "phone": PHONE_OF_A_WALKER}
    return Newcomer(**(plain | changes))  # type: ignore[arg-type]


def registered(database: Database, event_id: int, *, sight: Sight = EVERYONE, **changes: object) -> Registered:
    return register_newcomer(database, event_id, somebody(**changes), sight, actor=BY)


def came_in(database: Database, event_id: int, **changes: object) -> str:
    """Somebody new who was registered, checked in and seated; their id."""
    made = registered(database, event_id, **changes)
    walk_in(database, event_id, made.worker_id, SCORER, actor=BY)
    return made.worker_id


def on_the_laptop(path: Path, clock: Clock, do: Callable[[Database], object]) -> None:
    """Open the file as a laptop does, do something, close it."""
    with laptop_home(path, PASSPHRASE) as config:
        laptop = open_database(config, clock)
        try:
            do(laptop)
        finally:
            laptop.close()
