"""A small office of its own that really serves: the sample county, an account for each role, one key for everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from benchmarks.service import SERVICE, served
from matcher.domain.service_terms import Scope
from matcher.services.access import create_key
from matcher.store.database import Database

API = "/api/v1"


@dataclass(frozen=True)
class OpenOffice:
    """A running service. key: an interface key that carries every scope; log: what the process said."""

    url: str
    home: Path
    key: str
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def key_for_everything(database: Database) -> str:
    """The text of a new key with every scope."""
    return create_key(database, "测试", list(Scope), actor="test").text


@contextmanager
def serving(home: Path, key: str, module: Sequence[str] = SERVICE) -> Iterator[OpenOffice]:
    """The service as a process of its own; everything it says goes to a file. module: what python -m starts."""
    log = home.parent / f"service-{uuid4().hex}.log"
    with served(home, module=module, log=log) as url:
        yield OpenOffice(url, home, key, log)
