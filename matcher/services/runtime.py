"""Everything a running installation holds: database, encoder, scorer, index (运行环境)."""

from __future__ import annotations

import os
from dataclasses import dataclass

from matcher.clock import Clock, SystemClock
from matcher.config import REPOSITORY, Config
from matcher.encoding.encoder import Encoder
from matcher.errors import Unavailable
from matcher.lexicon.files import LOCAL_GAZETTEER, reload
from matcher.ranking.score import Scorer, load_scorer
from matcher.services.live_index import LiveIndex, Progress
from matcher.services.matching import MatchingService
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from matcher.store.schema import upgrade

# Resolved as a path, not as an import: `models` may import `matcher`, never the other way.
SHIPPED_RANKER = REPOSITORY / "models" / "ranker" / "artifact"


def create_home(config: Config, clock: Clock | None = None) -> Database:
    """Set up a new installation: private folder, keyring, database schema. Safe to repeat.

    An existing keyring is kept: without it nothing that identifies a person could be read again.
    """
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _use_local_gazetteer(config)
    if config.keyring_path.exists():
        keyring = Keyring.load(config.keyring_path)
    else:
        keyring = Keyring.create(config.keyring_path)
    database = Database.open(config.database_url, keyring, clock=clock)
    upgrade(database.engine)
    return database


def open_database(config: Config, clock: Clock | None = None, *, check: bool = False) -> Database:
    """Open the installation's database; raises Unavailable that says how to set one up."""
    if not config.keyring_path.exists():
        raise Unavailable("还没有初始化，请先运行 matcher init")
    _use_local_gazetteer(config)
    return Database.open(config.database_url, Keyring.load(config.keyring_path), clock=clock, check=check)


def _use_local_gazetteer(config: Config) -> None:
    """Read the county's own place names; by the environment, so that reading processes see them too."""
    if config.gazetteer_path.is_file():
        os.environ[LOCAL_GAZETTEER] = str(config.gazetteer_path)
    reload()


@dataclass(frozen=True, slots=True)
class Runtime:
    """An open installation with its index in memory."""

    config: Config
    database: Database
    encoder: Encoder
    scorer: Scorer
    index: LiveIndex
    matching: MatchingService

    @classmethod
    def open(cls, config: Config, clock: Clock | None = None, progress: Progress | None = None) -> Runtime:
        """Open the database, load the models and bring the index up; raises Unavailable when one is missing."""
        database = open_database(config, clock or SystemClock())
        encoder = Encoder.load(config.encoder_path)
        scorer = load_scorer(SHIPPED_RANKER)
        index = LiveIndex(database, encoder, config.snapshot_folder, encoder_path=config.encoder_path)
        index.start(progress)
        return cls(config, database, encoder, scorer, index, MatchingService(encoder, scorer))

    def close(self, *, save: bool = True) -> None:
        """Write the snapshot and let go of the database."""
        if save:
            self.index.save()
        self.database.close()
