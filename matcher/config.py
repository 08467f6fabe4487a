"""Where things are and how much they may use (配置).

Every value comes from an environment variable or its default; there is nothing else to configure a machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one installation.

    home:          folder for the database, the keyring and the index snapshots; private to the service.
    database_url:  SQLAlchemy URL; SQLite inside `home` unless MATCHER_DATABASE_URL names a PostgreSQL.
    keyring_path:  encryption keys; outside the database by design.
    encoder_path:  any SentenceTransformer folder (MATCHER_ENCODER); None = the shipped one.
    region:        code of the region pack (MATCHER_REGION); None = region.toml in `home`, else the default pack.
    answer_url:    address before /a/… of the public answer page (MATCHER_ANSWER_URL); "" = messages have no link.
    font_folder:   further fonts for letters (MATCHER_FONT_FOLDER); None = those of the system.
    """

    home: Path
    database_url: str
    keyring_path: Path
    encoder_path: Path | None = None
    region: str | None = None
    answer_url: str = ""
    font_folder: Path | None = None

    @property
    def snapshot_folder(self) -> Path:
        """Where index snapshots lie."""
        return self.home / "index"

    @property
    def gazetteer_path(self) -> Path:
        """The county's own place names, where it keeps some; see matcher/lexicon/FORMAT.md."""
        return self.home / "gazetteer.csv"

    @property
    def ranker_folder(self) -> Path:
        """The ranking model learnt from the office's own outcomes, where there is one."""
        return self.home / "ranker"

    @property
    def push_folder(self) -> Path:
        """Where letters, SMS files and call lists are written."""
        return self.home / "push"

    @property
    def gateway_path(self) -> Path:
        """Address and key of the SMS gateway, where the office has one; see `matcher.services.sending.push_ways`."""
        return self.home / "sms_gateway.toml"

    @property
    def job_folder(self) -> Path:
        """Notes of the desk's work under way."""
        return self.home / "jobs"

    @property
    def import_folder(self) -> Path:
        """Where correction workbooks are written."""
        return self.home / "imports"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Config:
        """Read MATCHER_HOME, _DATABASE_URL, _KEYRING, _ENCODER, _REGION, _ANSWER_URL and _FONT_FOLDER."""
        env = os.environ if environment is None else environment
        home = Path(env.get("MATCHER_HOME", "var")).absolute()
        encoder, fonts = env.get("MATCHER_ENCODER"), env.get("MATCHER_FONT_FOLDER")
        return cls(
            home=home,
            database_url=env.get("MATCHER_DATABASE_URL") or f"sqlite:///{home / 'matcher.db'}",
            keyring_path=Path(env.get("MATCHER_KEYRING") or home / "keyring.json"),
            encoder_path=Path(encoder) if encoder else None,
            region=env.get("MATCHER_REGION") or None,
            answer_url=env.get("MATCHER_ANSWER_URL", ""),
            font_folder=Path(fonts) if fonts else None,
        )
