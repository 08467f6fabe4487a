"""How many people a posting may still be pushed to."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.planning.push_capacity import capacities, shared_out
from matcher.store.repositories.push_plans import PlaceFacts

RATIO = PlanSettings(referral_ratio=2.5, unknown_headcount=1)


def capacity(facts: PlaceFacts, **left: int) -> int:
    return int(capacities(["p"], {"p": facts}, left, RATIO)[0][0])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (PlaceFacts(3, None, None, ""), 7),  # 7.5 rounded down
        (PlaceFacts(None, None, None, ""), 2),  # one place is assumed
        (PlaceFacts(3, 1.0, None, ""), 3),  # the posting's own ratio
        (PlaceFacts(3, None, 4, ""), 4),
        (PlaceFacts(3, None, None, "", open_pushes=5), 2),
        (PlaceFacts(3, None, None, "", open_pushes=50), 0),
        (PlaceFacts(0, None, None, ""), 0),
    ],
)
def test_capacity_is_places_times_ratio_within_the_cap_less_what_is_open(
    facts: PlaceFacts, expected: int
) -> None:
    assert capacity(facts) == expected


def test_an_employer_that_limits_its_contacts_gets_no_more() -> None:
    places = {one: PlaceFacts(4, 1.0, None, "e") for one in "abc"} | {"d": PlaceFacts(4, 1.0, None, "f")}
    found, _ = capacities(list("abcd"), places, {"e": 7}, RATIO)
    assert found[:3].sum() == 7
    assert found[3] == 4
    assert capacity(PlaceFacts(4, 1.0, None, "e"), e=0) == 0


def test_a_posting_without_facts_gets_nobody() -> None:
    assert capacities(["gone"], {}, {}, RATIO)[0].tolist() == [0]


def test_sharing_out_never_gives_more_than_was_wanted() -> None:
    for most in range(12):
        shares = shared_out(np.array([1, 0, 3, 5]), most)
        assert shares.sum() == min(most, 9)
        assert (shares <= [1, 0, 3, 5]).all()
