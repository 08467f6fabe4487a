"""The service as it really runs, with two faults that put somebody's name into the words of an error (故障服务).

    python -m tests.security.faulty_service --port 8123 [--twin]

--twin plants the defect that the search must find: the log is given the words.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

import api.pages.desk.people as people_pages
import api.unexpected as unexpected
from matcher import cli
from matcher.services.desk import background
from matcher.store.repositories.workers import WorkerRepository

BROKEN = "坏了的编号"


def fail(words: str) -> NoReturn:
    raise ValueError(f"cannot read {words!r}")


def plant_faults() -> None:
    """A person's record over the interface, and a search at the desk."""
    record, search = WorkerRepository.get_masked, people_pages.find_people

    def broken_record(self: WorkerRepository, worker_id: str) -> Any:
        return fail(worker_id.removeprefix(BROKEN)) if worker_id.startswith(BROKEN) else record(self, worker_id)

    def broken_search(session: Any, sight: Any, words: str = "", **options: Any) -> Any:
        return fail(words.removeprefix(BROKEN)) if words.startswith(BROKEN) else search(session, sight, words, **options)

    WorkerRepository.get_masked = broken_record  # type: ignore[method-assign]
    people_pages.find_people = broken_search  # type: ignore[attr-defined]


def plant_twin() -> None:
    """What a careless change would do."""
    unexpected.trail = repr  # type: ignore[attr-defined]
    background.trail = repr  # type: ignore[attr-defined]


def main() -> None:
    """As `matcher serve` starts it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--twin", action="store_true")
    asked = parser.parse_args()
    plant_faults()
    if asked.twin:
        plant_twin()
    sys.argv = ["matcher", "serve", "--port", str(asked.port)]
    cli.main()


if __name__ == "__main__":
    main()
