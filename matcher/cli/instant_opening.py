"""What the instant commands share: the open installation with its region pack, and how a moment is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from matcher.clock import SHANGHAI
from matcher.config import Config

if TYPE_CHECKING:
    from matcher.regions.pack import RegionPack
    from matcher.store.database import Database


@contextmanager
def opened_with_pack() -> Iterator[tuple[Database, RegionPack]]:
    """The database and the region pack, without any model."""
    from matcher.services.installation import open_database

    config = Config.from_environment()
    pack = pack_of(config)
    database = open_database(config)
    try:
        yield database, pack
    finally:
        database.close()


def pack_of(config: Config) -> RegionPack:
    """The region pack of the installation."""
    from matcher.regions.loading import load_pack

    return load_pack(config.region, config.home)


def short_moment(moment: datetime) -> str:
    """03-02 06:00 by the clock of Shanghai."""
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"
