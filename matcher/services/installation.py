"""The folder, keyring and database of an installation, without any model (安装)."""

from __future__ import annotations

from matcher.clock import Clock
from matcher.config import Config
from matcher.errors import Unavailable
from matcher.lexicon.files import use_gazetteer
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from matcher.store.schema import upgrade


def create_home(config: Config, clock: Clock | None = None) -> Database:
    """Set up a new installation: private folder, keyring, database schema. Safe to repeat.

    An existing keyring is kept: without it nothing that identifies a person could be read again.
    """
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    use_gazetteer(config.gazetteer_path)
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
    use_gazetteer(config.gazetteer_path)
    return Database.open(config.database_url, Keyring.load(config.keyring_path), clock=clock, check=check)
