"""What a kiosk remembers of somebody, and for how long."""

from __future__ import annotations

from api.pages.kiosk.visits import IDLE_S, LONGEST_S, MOST_VISITS, Visit, Visits
from matcher.services.kiosk.wishes import Aim, Wish


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_visit_keeps_what_was_tapped_until_it_ends() -> None:
    visits = Visits()
    token = visits.begin(1)
    visits.change(token, 1, wish=Wish(Aim.TODAY))
    found = visits.get(token, 1)
    assert found is not None
    assert found.wish.aim is Aim.TODAY
    visits.end(token)
    assert visits.get(token, 1) is None
    visits.end(token)


def test_idle_people_and_long_ones_are_forgotten() -> None:
    clock = Clock()
    visits = Visits(seconds=clock)
    idle, busy = visits.begin(1), visits.begin(1)
    for _ in range(int(LONGEST_S // IDLE_S)):
        clock.at += IDLE_S
        assert visits.get(busy, 1) is not None
    assert visits.get(idle, 1) is None
    assert len(visits) == 1
    clock.at = LONGEST_S + 0.1
    assert visits.get(busy, 1) is None
    assert len(visits) == 0


def test_a_visit_is_its_machines_own_and_its_name_is_beyond_guessing() -> None:
    visits = Visits()
    token = visits.begin(1)
    assert visits.get(token, 2) is None
    assert visits.get("", 1) is None
    assert len(token) >= 22  # 128 bits
    assert len({visits.begin(1) for _ in range(100)}) == 100


def test_a_change_to_a_visit_that_is_over_keeps_nothing() -> None:
    visits = Visits()
    token = visits.begin(1)
    visits.end(token)
    assert visits.change(token, 1, chosen="p").chosen == "p"
    assert visits.get(token, 1) is None


def test_made_up_newcomers_cannot_fill_the_memory() -> None:
    visits = Visits()
    first = visits.begin(1)
    for _ in range(MOST_VISITS):
        visits.begin(1)
    assert len(visits) == MOST_VISITS
    assert visits.get(first, 1) is None


def test_a_visit_has_no_field_for_a_name_a_phone_or_a_code() -> None:
    assert set(Visit.__slots__) == {"wish", "jobs", "shown", "rest", "everything", "chosen", "prints"}
