"""Claim: all 48,584 shared postings are imported, parsed, embedded and indexed in 60 s and 1.5 GB on two cores.

Also: the index rebuilt from the database, the start with a snapshot, and a change visible to the next query.
The peak is the PSS of the whole process tree, sampled every 50 ms.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import POSTINGS, TreeMemory, timed, write_result
from matcher.config import Config
from matcher.domain.posting_terms import PublishState
from matcher.services.answers import jobs_for_worker
from matcher.services.imports.import_file import import_file
from matcher.services.runtime import Runtime, create_home, open_database
from matcher.store.repositories.postings import PostingRepository
from matcher.text.worker_reader import worker_from_row

CHANGES = 20
START = """
import time; begin = time.perf_counter()
import sys
from pathlib import Path
from matcher.config import Config
from matcher.services.runtime import Runtime
home = Path(sys.argv[1])
runtime = Runtime.open(Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json"))
print(time.perf_counter() - begin, runtime.index.status().postings, runtime.index.status().rebuilt_because)
"""


def main() -> None:
    if not POSTINGS.exists():
        print("the shared postings are not here; nothing to measure")
        return
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config = Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")
        with TreeMemory() as memory, timed(figures, "import_parse_embed_index_s"):
            with timed(figures, "import_and_parse_s"):
                _import(config, figures)
            with timed(figures, "embed_and_index_s"):
                runtime = Runtime.open(config)
        figures["peak_memory_gb"] = round(memory.peak_bytes / 1e9, 3)
        figures["indexed"] = runtime.index.status().postings
        with timed(figures, "reindex_from_database_s"):
            runtime.index.rebuild()
        with timed(figures, "save_snapshot_s"):
            runtime.index.save()
        figures["change_visible_ms"] = _change_visible(runtime)
        runtime.close(save=True)
        figures["start_with_snapshot"] = _start(home)
        with timed(figures, "reimport_unchanged_s"):
            _import(config, figures, name="reimport")
    print(json.dumps(figures, indent=1))
    write_result("pipeline", __doc__.splitlines()[0], figures)


def _import(config: Config, figures: dict[str, Any], name: str = "import") -> None:
    database = create_home(config)
    report = import_file(database, POSTINGS, corrections_folder=config.import_folder, kind="postings")
    database.close()
    figures[f"{name}_counts"] = report.counts


def _change_visible(runtime: Runtime) -> dict[str, float]:
    """From the commit of a withdrawal to the end of the next answer, which no longer holds it."""
    seconds = []
    worker = worker_from_row({"id": "w", "text": "想找保安的活"})
    database = open_database(runtime.config)
    for _ in range(CHANGES):
        first = jobs_for_worker(runtime, worker, top=1).matches[0].posting_id
        with database.writing("bench") as session:
            PostingRepository(session).set_states([first], publish_state=PublishState.WITHDRAWN)
        start = time.perf_counter()
        answer = jobs_for_worker(runtime, worker, top=10)
        seconds.append(time.perf_counter() - start)
        if first in [match.posting_id for match in answer.matches]:
            raise AssertionError(f"{first} was withdrawn and still answered")
    database.close()
    return {"mean": round(sum(seconds) / CHANGES * 1000, 1), "worst": round(max(seconds) * 1000, 1)}


def _start(home: Path) -> dict[str, Any]:
    """A fresh process up to ready, Python itself included in `whole_s`."""
    begin = time.perf_counter()
    run = subprocess.run([sys.executable, "-c", START, str(home)], capture_output=True, text=True, check=True)
    ready, postings, rebuilt = run.stdout.splitlines()[-1].split(maxsplit=2)
    return {
        "whole_s": round(time.perf_counter() - begin, 2),
        "ready_s": round(float(ready), 2),
        "postings": int(postings),
        "snapshot_used": rebuilt == "None",
    }


if __name__ == "__main__":
    main()
