"""The quick version of the fault suites on a push batch; `python -m tests.fault.kill` runs the long ones."""

from __future__ import annotations

import shutil

import pytest

from tests.fault.kill import every_syscall, pauses, random_kills, together

SOON_FOUND = ("sent-before-queued", "no-key", "marked-before-sent")  # progress-apart takes the long version
ENOUGH = 150  # random kills within which a twin must be found


def test_a_batch_killed_at_random_loses_nothing_and_sends_nothing_twice() -> None:
    suite = random_kills(workers=6, kills=15, seed=1)
    assert suite.violations == []
    assert suite.n == 15


@pytest.mark.parametrize("twin", SOON_FOUND)
def test_killing_finds_a_planted_defect(twin: str) -> None:
    assert random_kills(workers=6, kills=ENOUGH, seed=1, twin=twin).violations


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace 未安装：先运行 make system-packages")
def test_a_batch_killed_at_a_write_or_sync_loses_nothing() -> None:
    suite = every_syscall(workers=1, seed=1, step=16)
    assert suite.violations == []
    assert suite.n >= 3


def test_a_sender_that_slept_while_another_took_over_writes_nothing_more() -> None:
    assert pauses(workers=30, rounds=1, seed=1).violations == []


def test_of_several_senders_started_together_one_works_and_the_others_leave_quietly() -> None:
    assert together(workers=6, rounds=1, seed=1).violations == []
