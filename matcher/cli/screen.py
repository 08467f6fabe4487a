"""What commands share on the screen: consoles and progress bars (屏幕输出)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

console = Console()
errors = Console(stderr=True)

Advance = Callable[[int], None]


def log_to_errors() -> None:
    """Send the log to the error stream: the output of `--json` belongs to whatever reads it."""
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


@contextmanager
def progress_bar(label: str, total: int | None) -> Iterator[Advance]:
    """A bar on the error stream, so that output can be piped; call the result with the number done.

    total: None while it is not known; the bar then only shows that work goes on.
    """
    with _bar() as bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.update(task, advance=count)


@contextmanager
def step_bars() -> Iterator[Callable[[str, int, float], None]]:
    """One bar for each named step, for work that reports (step, rows done, share from 0 to 1)."""
    with _bar() as bar:
        tasks: dict[str, TaskID] = {}

        def report(step: str, rows: int, share: float) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=1.0)
            bar.update(tasks[step], completed=share, description=f"{step} {rows} 行")

        yield report


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=False,
    )
