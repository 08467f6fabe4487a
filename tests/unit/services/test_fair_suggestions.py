"""Suggestions for specialised and small fairs rest on live postings and on people's wishes."""

from __future__ import annotations

import pytest

from matcher.domain.posting_terms import PublishState
from matcher.errors import InvalidInput
from matcher.services.fairs.opening import ANYBODY
from matcher.services.fairs.suggesting import small_fairs, suggest_employers
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository
from tests.fair_world import BY, add_employers, add_workers, employer
from tests.push_world import posting_id


def test_employers_of_the_theme_with_live_postings_are_suggested(database: Database) -> None:
    add_employers(database, 3)
    add_workers(database, range(4))
    with database.writing(BY) as session:
        PostingRepository(session).set_states([posting_id(1)], publish_state=PublishState.FILLED)
    with database.reading() as session:
        found = suggest_employers(session, ["6-18"], "1306", ANYBODY)
        assert suggest_employers(session, ["4-10"], "", ANYBODY) == ()
        assert suggest_employers(session, ["6-18"], "11", ANYBODY) == ()
    assert {one.employer_id for one in found} == {employer(0), employer(2)}
    assert {(one.places, one.wanted_by, one.new) for one in found} == {(5, 4, True)}


def test_small_fairs_reach_people_where_they_live(database: Database) -> None:
    add_employers(database, 1)
    add_workers(database, range(4))
    with database.reading() as session:
        found = small_fairs(session, ANYBODY, 2)
    assert [(one.town, one.theme, one.reaches) for one in found.fairs] == [("130629100", "6-18", 4)]
    assert (found.people, found.reached, found.bound) == (4, 4, pytest.approx(4))


def test_a_theme_and_a_count_are_needed(database: Database) -> None:
    with database.reading() as session:
        with pytest.raises(InvalidInput, match="职业"):
            suggest_employers(session, [], "", ANYBODY)
        with pytest.raises(InvalidInput, match="场次"):
            small_fairs(session, ANYBODY, 0)
