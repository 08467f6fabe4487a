"""What was under way, noted on disk, so that a restart can say what it cut off (任务留底).

INVARIANTS
- A note says what was asked for and by whom, as the list of the office does; nothing of the data is in it.
- One process writes a folder: what lies there when it starts was cut off.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class JobNote:
    """One job. again, advice: the page on which to start it over, and what to do there. started_at: ISO 8601."""

    job_id: str
    title: str
    owner: str
    started_at: str
    again: str
    advice: str


@dataclass(frozen=True, slots=True)
class JobNotes:
    """The notes of one process in a private folder."""

    folder: Path

    def keep(self, note: JobNote) -> None:
        """Write a note."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(note.job_id)
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(note), ensure_ascii=False), encoding="utf-8")

    def drop(self, job_id: str) -> None:
        """Remove a note; one that is not there is no error."""
        self._path(job_id).unlink(missing_ok=True)

    def left(self) -> list[JobNote]:
        """What lies there, oldest first; a note that was itself cut off is removed."""
        found = []
        for path in self.folder.glob(f"*{_SUFFIX}"):
            try:
                found.append(JobNote(**json.loads(path.read_text(encoding="utf-8"))))
            except (ValueError, TypeError):
                path.unlink(missing_ok=True)
        return sorted(found, key=lambda note: note.started_at)

    def _path(self, job_id: str) -> Path:
        return self.folder / f"{job_id}{_SUFFIX}"
