"""The quick form of `python -m tests.fault.checkin_rush`."""

from __future__ import annotations

from tests.fault.checkin_rush import play, without_keeping, without_looking


def test_a_desk_killed_in_a_rush_loses_nobody_and_doubles_nobody() -> None:
    report = play(2, seed=8)
    assert report.failures == []
    assert report.confirmed > 0


def test_a_desk_that_does_not_look_is_caught() -> None:
    assert any("twice" in one for one in play(1, seed=7, plant=without_looking).failures)


def test_a_desk_that_confirms_what_it_did_not_keep_is_caught() -> None:
    assert any("lost" in one for one in play(1, seed=7, plant=without_keeping).failures)
