"""The simulated county of the urgent requests: the same for everybody, and nobody beats the clairvoyant."""

from __future__ import annotations

import numpy as np

from benchmarks.instant_world import (
    County,
    call_everyone,
    call_first_come,
    call_top,
    clairvoyant,
    in_waves,
    learned_rates,
    scene,
)

COUNTY = County.drawn(1)
YES, COME = learned_rates(COUNTY, 2, 0.3, 0.85)
SCENES = [scene(COUNTY, number) for number in range(30)]


def test_a_request_is_the_same_for_every_policy_and_run() -> None:
    first, again = scene(COUNTY, 5), scene(COUNTY, 5)
    assert np.array_equal(first.says_yes, again.says_yes)
    assert in_waves(first, YES, COME) == in_waves(again, YES, COME)


def test_nobody_fills_more_than_the_clairvoyant_and_waves_waste_fewer_trips_than_calling_everybody() -> None:
    wasted = {"waves": 0, "everyone": 0}
    for one in SCENES:
        best = clairvoyant(one)
        waves, everyone = in_waves(one, YES, COME), call_everyone(one)
        for other in (waves, everyone, call_first_come(one), call_top(one, 1), call_top(one, 3)):
            assert other.filled <= best.filled + 1e-9
            assert other.wasted == max(other.arrived - one.places, 0)
        assert best.wasted == 0
        wasted["waves"] += waves.wasted
        wasted["everyone"] += everyone.wasted
    assert wasted["waves"] < wasted["everyone"] / 5


def test_waves_fill_nearly_every_place_with_learned_rates() -> None:
    filled = [in_waves(one, YES, COME).filled for one in SCENES]
    assert np.mean(filled) > 0.9


def test_what_was_believed_before_is_outweighed_by_what_was_seen() -> None:
    hopeful = learned_rates(COUNTY, 2, 0.9, 0.99)[0]
    for cell in COUNTY.yes:
        assert abs(hopeful.of_cell(cell) - YES.of_cell(cell)) < 0.01
