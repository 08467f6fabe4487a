"""What the push commands share: arguments, the open installation, the office (推送命令的共同部分)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.config import Config

if TYPE_CHECKING:
    from matcher.services.sending.push_terms import PushOffice
    from matcher.store.database import Database

ACTOR = "cli"
Batch = Annotated[int, typer.Argument(help="批次编号，见 matcher push list")]
AsJson = Annotated[bool, typer.Option("--json", help="按 JSON 输出")]
By = Annotated[str, typer.Option(help="经办人")]
Reason = Annotated[str, typer.Option(help="理由，记入审计")]


@contextmanager
def opened() -> Iterator[tuple[Config, Database]]:
    """The configuration and its database, closed afterwards."""
    from matcher.services.installation import open_database

    config = Config.from_environment()
    database = open_database(config)
    try:
        yield config, database
    finally:
        database.close()


@contextmanager
def open_office(config: Config, database: Database) -> Iterator[PushOffice]:
    """The office, whose index is opened when a replacement is first needed."""
    from matcher.services.runtime import Runtime
    from matcher.services.sending.push_office import lazy_office

    started: list[Runtime] = []

    def runtime() -> Runtime:
        if not started:
            started.append(Runtime.open(config))
        return started[0]

    try:
        yield lazy_office(config, database, runtime)
    finally:
        for one in started:
            one.close(save=False)


def print_json(content: Any) -> None:
    """One line of JSON on the output."""
    print(json.dumps(content, ensure_ascii=False))
