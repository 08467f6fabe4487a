"""Long work of one office, one after another in the background, with how far it has come (后台任务).

Kept in the memory of this process, with a note on disk while it runs: what such work writes is in the database
whole or not at all, so a restart loses the work under way, and says so to whoever started it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from matcher.clock import Clock, SystemClock
from matcher.domain.labelled import Labelled
from matcher.errors import Conflict, MatcherError, NotFound, trail
from matcher.services.desk.job_notes import JobNote, JobNotes

MOST_RUNNING = 2
MOST_KEPT = 50
TOLD_FOR = timedelta(days=3)
"""How long a job that was cut off is told of, unless it is started over before."""

CUT_OFF = "服务重启，这个任务中断了。"

Tell = Callable[[str, int, float], None]
"""Called with (step, things done, share of the step)."""

log = structlog.get_logger()


class JobState(Labelled):
    """Where a job stands (任务状态)."""

    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "没有完成"
    INTERRUPTED = "interrupted", "中断"


@dataclass(frozen=True, slots=True)
class Redo:
    """How to do a job over that was cut off. again: the page for it; advice: what to do there."""

    again: str
    advice: str


@dataclass
class Job:
    """One job. result: address part of what it made; problem: why it failed, for the person.

    again: the page on which to start it over after it was cut off.
    """

    job_id: str
    title: str
    owner: str
    started_at: datetime
    state: JobState = JobState.RUNNING
    step: str = "开始"
    done: int = 0
    share: float = 0.0
    result: str = ""
    problem: str = ""
    again: str = ""


@dataclass
class BackgroundJobs:
    """Starts jobs and tells how they stand; safe to use from several threads.

    notes: where those under way are noted; None = a restart forgets them.
    """

    clock: Clock = field(default_factory=SystemClock)
    notes: JobNotes | None = None
    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for note in self.notes.left() if self.notes else ():
            self._jobs[note.job_id] = _cut_off(note)

    def start(self, title: str, owner: str, work: Callable[[Tell], str], redo: Redo | None = None) -> Job:
        """Run `work` in a thread of its own; it returns where its result is. redo: noted for after a restart.

        Raises Conflict while as many as may run at a time are under way.
        """
        with self._lock:
            running = sum(one.state is JobState.RUNNING for one in self._jobs.values())
            if running >= MOST_RUNNING:
                raise Conflict("还有任务在进行，请等它完成再开始新的")
            job = Job(secrets.token_urlsafe(12), title, owner, self.clock.now())
            self._note(job, redo)
            self._jobs[job.job_id] = job
            self._forget([one for one in self._interrupted(owner) if one.title == title])
            for old in list(self._jobs)[:-MOST_KEPT]:
                if self._jobs[old].state is not JobState.RUNNING:
                    del self._jobs[old]
        threading.Thread(target=self._run, args=(job, work), daemon=True).start()
        return job

    def get(self, job_id: str, owner: str) -> Job:
        """A job of this owner. Raises NotFound for any other."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound("没有这个任务；结果请到列表里看")
        return job

    def cut_off(self, owner: str) -> list[Job]:
        """Jobs of this owner that a restart cut off, oldest first; they are told of for some days."""
        with self._lock:
            found = self._interrupted(owner)
            old = [one for one in found if self.clock.now() - one.started_at > TOLD_FOR]
            self._forget(old)
        return [one for one in found if one not in old]

    def _interrupted(self, owner: str) -> list[Job]:
        return [one for one in self._jobs.values() if one.owner == owner and one.state is JobState.INTERRUPTED]

    def _note(self, job: Job, redo: Redo | None) -> None:
        if self.notes and redo:
            note = JobNote(job.job_id, job.title, job.owner, job.started_at.isoformat(), redo.again, redo.advice)
            self.notes.keep(note)

    def _forget(self, jobs: list[Job]) -> None:
        for job in jobs:
            del self._jobs[job.job_id]
            if self.notes:
                self.notes.drop(job.job_id)

    def _run(self, job: Job, work: Callable[[Tell], str]) -> None:
        def tell(step: str, done: int, share: float) -> None:
            job.step, job.done, job.share = step, done, share

        try:
            job.result = work(tell)
            job.state, job.share = JobState.DONE, 1.0
        except MatcherError as error:
            job.problem, job.state = error.message, JobState.FAILED
        except Exception as error:  # a thread has nobody above it to tell
            log.error("background_job_failed", trail=trail(error))
            job.problem, job.state = "出错了，没有完成；请重试，仍不行请联系技术支持", JobState.FAILED
        if self.notes:
            self.notes.drop(job.job_id)


def _cut_off(note: JobNote) -> Job:
    return Job(
        note.job_id,
        note.title,
        note.owner,
        datetime.fromisoformat(note.started_at),
        state=JobState.INTERRUPTED,
        problem=CUT_OFF + note.advice,
        again=note.again,
    )
