"""Long work of one office, one after another in the background, with how far it has come (后台任务).

Kept in the memory of this process: what such work writes is in the database whole or not at all, so a restart
loses the bar on the screen and nothing else.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from matcher.clock import Clock, SystemClock
from matcher.domain.labelled import Labelled
from matcher.errors import Conflict, MatcherError, NotFound, trail

MOST_RUNNING = 2
MOST_KEPT = 50

Tell = Callable[[str, int, float], None]
"""Called with (step, things done, share of the step)."""

log = structlog.get_logger()


class JobState(Labelled):
    """Where a job stands (任务状态)."""

    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "没有完成"


@dataclass
class Job:
    """One job. result: address part of what it made; problem: why it failed, for the person."""

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


@dataclass
class BackgroundJobs:
    """Starts jobs and tells how they stand; safe to use from several threads."""

    clock: Clock = field(default_factory=SystemClock)
    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, title: str, owner: str, work: Callable[[Tell], str]) -> Job:
        """Run `work` in a thread of its own; it returns where its result is.

        Raises Conflict while as many as may run at a time are under way.
        """
        with self._lock:
            running = sum(one.state is JobState.RUNNING for one in self._jobs.values())
            if running >= MOST_RUNNING:
                raise Conflict("还有任务在进行，请等它完成再开始新的")
            job = Job(secrets.token_urlsafe(12), title, owner, self.clock.now())
            self._jobs[job.job_id] = job
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
            raise NotFound("没有这个任务；服务重启后进度不再显示，结果请到列表里看")
        return job

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
