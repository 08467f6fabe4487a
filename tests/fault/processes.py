"""Making processes that are killed, stopped and traced (受害进程)."""

from __future__ import annotations

import os
import platform
import signal
import sqlite3
import subprocess
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.fault.push_run import DATABASE, SINK, run

LONGEST_RUN_S = 60.0
KILL_CALL = "129 " if platform.machine() == "aarch64" else "62 "  # kill(2), as /proc numbers it

def forked(task: Callable[[], int], *, stopped: bool = False) -> int:
    """The process number of a child that runs the task and exits with its status.

    Forking skips the import of the libraries, so that hundreds of runs take seconds. stopped: it waits for
    SIGCONT before it begins.
    """
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        if stopped:
            os.kill(os.getpid(), signal.SIGSTOP)
        status = task()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def killed_after(child: int, seconds: float) -> bool:
    """Wait, then kill; True when the child had ended by itself, with status 0."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return ended_well(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status) and ended_well(status)


def ended_well(status: int) -> bool:
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise RuntimeError(f"the run ended with status {code}, which no fault explains")
    return True


def exit_code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(home: Path, call: str, number: int, postings: int, twin: str) -> bool:
    """Kill the run at the `number`-th call on its files; True when it ended before that."""
    inject = f"inject={call}:signal=KILL:when={number}"
    status = _traced(home, postings, twin, "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)
    return os.WIFEXITED(status) and ended_well(status)


def _traced(home: Path, postings: int, twin: str, *options: str) -> int:
    """Run under strace with these options; returns the wait status of the run."""
    child = forked(lambda: run(home, postings=postings, twin=twin), stopped=True)
    os.waitpid(child, os.WUNTRACED)
    watched = [flag for name in _watched(home) for flag in ("-P", str(name))]
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", *watched, *options, "-p", str(child)], stderr=subprocess.DEVNULL
    )
    while b"TracerPid:\t0" in Path(f"/proc/{child}/status").read_bytes():
        if tracer.poll() is not None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise RuntimeError("strace could not attach")
        time.sleep(0.001)
    try:
        return _woken(child)
    finally:
        tracer.kill()
        tracer.wait()


def _woken(child: int) -> int:
    """Wake a traced child and wait for its end.

    A signal that comes while strace attaches is lost, so it is sent again until the child has left the call in
    which it stopped itself.
    """
    until = time.monotonic() + LONGEST_RUN_S
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if Path(f"/proc/{child}/syscall").read_text().startswith(KILL_CALL):
            os.kill(child, signal.SIGCONT)
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise RuntimeError("a traced run does not come to an end")
        time.sleep(0.01)


def _watched(home: Path) -> list[Path]:
    """Absolute paths, as strace wants them: a relative one silently matches nothing."""
    names = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", SINK)
    return [(home / name).absolute() for name in names]


def paused(child: int, home: Path) -> bool:
    """Stop the child outside of a transaction; False when it has ended by then."""
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            ended_well(status)
            return False
        os.kill(child, signal.SIGSTOP)
        if os.WIFEXITED(os.waitpid(child, os.WUNTRACED)[1]):
            return False
        if _writable(home):
            return True
        os.kill(child, signal.SIGCONT)
        time.sleep(0.003)


def _writable(home: Path) -> bool:
    base = sqlite3.connect(home / DATABASE, timeout=0, isolation_level=None)
    try:
        base.execute("BEGIN IMMEDIATE")
        base.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        base.close()
    return True
