"""Everything a running installation holds: database, encoder, scorer, index (运行环境)."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.clock import Clock, SystemClock
from matcher.config import Config
from matcher.encoding.encoder import Encoder
from matcher.ranking.score import Scorer
from matcher.services.installation import create_home, open_database
from matcher.services.learning.installed_ranker import SHIPPED_RANKER, installed_scorer
from matcher.services.live_index import LiveIndex, Progress
from matcher.services.matching import MatchingService
from matcher.store.database import Database

__all__ = ["SHIPPED_RANKER", "Runtime", "create_home", "open_database"]


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
        index = LiveIndex(database, encoder, config.snapshot_folder, encoder_path=config.encoder_path)
        index.start(progress)
        # After the index: reading it brings in torch, 200 MB that would stand on top of a bulk build.
        scorer = installed_scorer(config, encoder.model_id)
        return cls(config, database, encoder, scorer, index, MatchingService(encoder, scorer))

    def close(self, *, save: bool = True) -> None:
        """Write the snapshot and let go of the database."""
        if save:
            self.index.save()
        self.database.close()
