"""Work on one frozen catalogue in several processes (并行推送计算).

The catalogue and the scorer travel once, when a process starts; tasks and results are numbers.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from matcher.errors import Unavailable
from matcher.ranking.score import Scorer
from matcher.retrieval.bulk import FrozenPostings

FEWEST_FOR_PROCESSES = 1_500  # people; fewer are done before a second process is up
MOST_PROCESSES = 8
AHEAD = 2  # tasks waiting per process

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ground:
    """What every task stands on."""

    postings: FrozenPostings
    scorer: Scorer
    now: datetime


class PushProcesses:
    """Runs tasks on a ground, here or in processes; results come in the order of the tasks."""

    def __init__(self, ground: Ground, people: int) -> None:
        """people: how many are to be served in all; few are served in this process."""
        self.ground = ground
        self._count = min(os.cpu_count() or 1, MOST_PROCESSES) if people >= FEWEST_FOR_PROCESSES else 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def results(
        self, work: Callable[[Ground, Task], Result], tasks: Iterable[Task], *, alone: bool = False
    ) -> Iterator[Result]:
        """`work(ground, task)` of every task. work: a function of a module, so that it can travel.

        alone: the tasks are too few to be worth a process. Raises Unavailable when a process dies.
        """
        if self._count == 1 or alone:
            yield from (work(self.ground, task) for task in tasks)
            return
        pool = self._started()
        waiting: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(_run, work, task))
                if len(waiting) > self._count * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenExecutor as error:
            raise Unavailable("计算推送的子进程意外结束，请重试", detail=type(error).__name__) from error

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # fork would copy locks held by other threads
            self._pool = ProcessPoolExecutor(
                self._count, mp_context=context, initializer=_stand_on, initargs=(self.ground,)
            )
        return self._pool


_ground: list[Ground] = []


def _stand_on(ground: Ground) -> None:
    threadpool_limits(limits=1)  # one process a core already
    _ground[:] = [ground]


def _run(work: Callable[[Ground, Task], Result], task: Task) -> Result:
    return work(_ground[0], task)
