"""A small installation with the fictional county in it, for tests that need a whole office."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from matcher.config import Config
from matcher.demo.county import County
from matcher.services.imports.import_file import import_file
from matcher.services.installation import create_home
from matcher.store.database import Database

WORKBOOKS = ("workers.xlsx", "postings.xlsx")


def config_of(home: Path) -> Config:
    """An installation in one folder, whatever the environment says."""
    return Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")


def sample_office(
    home: Path,
    files: Path,
    *,
    workers: int,
    postings: int,
    today: date | None = None,
    places: bool = False,
    workbooks: Sequence[str] = WORKBOOKS,
) -> tuple[Config, Database, County]:
    """The county, imported in this process; the caller closes the database. places: with its village names."""
    config = config_of(home)
    county = County.generate(3, workers, postings, today=today or datetime.now(UTC).date())
    written = {path.name: path for path in county.write_files(files)}
    if places:
        shutil.copy(written["gazetteer.csv"], config.gazetteer_path)
    database = create_home(config)
    for name in workbooks:
        import_file(
            database, written[name], corrections_folder=config.import_folder, source="样例", processes=1
        )
    return config, database, county
