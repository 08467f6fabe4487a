"""The quick profile of the livestream's kill suite; `python -m tests.fault.live_session` is the long one."""

from __future__ import annotations

import os

import pytest

from tests.fault.live_server import TWINS
from tests.fault.live_session import session_with_kills


def test_a_livestream_outlives_the_server_that_is_killed_under_it() -> None:
    suite = session_with_kills(1, seed=3)
    assert suite.violations == []
    assert suite.n == 1


QUICK = ("forgets what a console missed",)
PLANTED = tuple(filter(None, TWINS)) if os.environ.get("MATCHER_LONG_TESTS") else QUICK


@pytest.mark.parametrize("twin", PLANTED)
def test_the_suite_finds_a_planted_defect(twin: str) -> None:
    assert session_with_kills(1, seed=3, twin=twin).violations
