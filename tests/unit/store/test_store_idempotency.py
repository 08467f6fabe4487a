"""Kept answers: the same request gets the same answer, another body is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matcher.errors import Conflict, InvalidInput
from matcher.store.database import Database
from matcher.store.repositories.idempotency import IN_PROGRESS, IdempotencyRepository, RequestKey

ASKED = RequestKey("县平台", "push.stop", "k-1", "a" * 64)


def keep(database: Database, request: RequestKey = ASKED, status: int = 200) -> None:
    with database.writing("test") as session:
        IdempotencyRepository(session).keep(request, status, {"state": "stopped"})


def test_an_answer_is_found_again_with_its_status(database: Database) -> None:
    keep(database)
    with database.reading() as session:
        found = IdempotencyRepository(session).find(ASKED)
    assert found is not None
    assert (found.status, found.answer, found.in_progress) == (200, {"state": "stopped"}, False)


def test_the_same_key_with_another_body_is_refused(database: Database) -> None:
    keep(database)
    other = RequestKey(ASKED.client, ASKED.route, ASKED.key, "b" * 64)
    with database.reading() as session, pytest.raises(InvalidInput, match="内容不同"):
        IdempotencyRepository(session).find(other)


@pytest.mark.parametrize(
    "other",
    [
        RequestKey("另一平台", "push.stop", "k-1", "a" * 64),
        RequestKey("县平台", "push.approve", "k-1", "a" * 64),
        RequestKey("县平台", "push.stop", "k-2", "a" * 64),
    ],
)
def test_a_key_belongs_to_one_client_and_route(database: Database, other: RequestKey) -> None:
    keep(database)
    with database.reading() as session:
        assert IdempotencyRepository(session).find(other) is None


def test_a_final_answer_is_never_written_over(database: Database) -> None:
    keep(database)
    with pytest.raises(Conflict, match="已经处理完"):
        keep(database, status=500)


def test_a_note_of_work_under_way_gives_place_to_the_answer(database: Database) -> None:
    keep(database, status=IN_PROGRESS)
    with database.reading() as session:
        found = IdempotencyRepository(session).find(ASKED)
    assert found is not None
    assert found.in_progress
    keep(database)
    with database.reading() as session:
        final = IdempotencyRepository(session).find(ASKED)
    assert final is not None
    assert final.status == 200


def test_answers_are_forgotten_after_a_day(database: Database) -> None:
    keep(database)
    database.clock.at += timedelta(hours=25)
    with database.writing("test") as session:
        IdempotencyRepository(session).forget_old()
    with database.reading() as session:
        assert IdempotencyRepository(session).find(ASKED) is None
