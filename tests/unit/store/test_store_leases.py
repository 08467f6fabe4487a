"""Leases: one holder at a time, and nothing from one that was overtaken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matcher.errors import Conflict
from matcher.store.database import Database
from matcher.store.repositories.leases import Lease, LeaseRepository

JOB = "push-send"


def taken(database: Database, holder: str, seconds: float = 60) -> Lease | None:
    with database.writing("test") as session:
        return LeaseRepository(session).take(JOB, holder, seconds=seconds)


def hold(database: Database, lease: Lease | None) -> None:
    assert lease is not None
    with database.writing("test") as session:
        LeaseRepository(session).hold(lease)


def test_a_lease_is_refused_while_somebody_holds_it(database: Database) -> None:
    assert taken(database, "a") is not None
    assert taken(database, "b") is None


def test_a_lease_that_ran_out_goes_to_the_next_with_a_greater_fence(database: Database) -> None:
    first = taken(database, "a")
    database.clock.at += timedelta(seconds=61)
    second = taken(database, "b")
    assert first is not None
    assert second is not None
    assert second.fence > first.fence


def test_a_holder_that_was_overtaken_cannot_hold_any_more(database: Database) -> None:
    first = taken(database, "a")
    database.clock.at += timedelta(seconds=61)
    taken(database, "b")
    with pytest.raises(Conflict, match="另一个进程"):
        hold(database, first)


def test_a_holder_whose_lease_ran_out_goes_on_while_nobody_wants_it(database: Database) -> None:
    first = taken(database, "a")
    database.clock.at += timedelta(seconds=500)
    hold(database, first)
    assert taken(database, "b") is None


def test_a_lease_given_back_is_free_at_once_and_its_fence_still_grows(database: Database) -> None:
    first = taken(database, "a")
    assert first is not None
    with database.writing("test") as session:
        LeaseRepository(session).give_back(first)
    second = taken(database, "b")
    assert second is not None
    assert second.fence == first.fence + 1
    with database.writing("test") as session:
        LeaseRepository(session).give_back(first)
    assert taken(database, "c") is None
