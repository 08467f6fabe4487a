"""A small corpus through every door: no exception, and four times the text costs about four times the work."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from alphabet import pieces
from targets import TARGETS

CORPUS = 150
GROWING = ("工资1", "植树", "夜班", "会骑电动车", "资格证书", "c1/", "8:00-", "招2名", "今天", "男女不限", "一千", "（")
SHORT, LONG = 500, 2000
MOST_GROWTH = 12.0
"""Linear growth is 4, quadratic 16; the rest is room for a busy machine."""


def texts() -> list[str]:
    chooser, known = random.Random(7), pieces()
    return ["".join(chooser.choice(known) for _ in range(chooser.randint(1, 40))) for _ in range(CORPUS)]


@pytest.mark.parametrize("name", TARGETS)
def test_no_text_of_the_readers_own_words_breaks_a_door(name: str) -> None:
    for text in ["", "\ud800", "\x00" * 50, "🔥" * 300, *texts()]:
        TARGETS[name](text)


@pytest.mark.parametrize("name", TARGETS)
def test_work_grows_with_the_text_and_not_with_its_square(name: str) -> None:
    """Counted in calls and lines run, not in time."""
    for piece in GROWING:
        short, long = (_steps(name, (piece * LONG)[:size]) for size in (SHORT, LONG))
        assert long <= MOST_GROWTH * short, piece


def _steps(name: str, text: str) -> int:
    """Python function calls, of C functions too, that reading the text takes."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    TARGETS[name](text)
    sys.setprofile(note)
    try:
        TARGETS[name](text)
    finally:
        sys.setprofile(None)
    return max(1, count)
