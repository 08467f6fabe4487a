"""What the office counts: every stored posting, and the households without a job."""

from __future__ import annotations

from store_samples import posting_row

from matcher.domain.posting_terms import PublishState
from matcher.store.database import Database
from matcher.store.repositories.households import HouseholdCounts, HouseholdRepository
from matcher.store.repositories.postings import PostingRepository


def test_zero_employment_households_are_counted_until_they_are_cleared(database: Database) -> None:
    with database.writing() as session:
        households = HouseholdRepository(session)
        first, _ = households.ensure("county", "1"), households.ensure("county", "2")
        households.set_zero_employment(first, True)
        assert households.counts() == HouseholdCounts(total=2, zero_employment=1)
        households.set_zero_employment(first, False)
        assert households.counts() == HouseholdCounts(total=2, zero_employment=0)


def test_all_stored_holds_what_is_not_shown_too(database: Database) -> None:
    with database.writing() as session:
        PostingRepository(session).upsert(
            [posting_row(1), posting_row(2, publish_state=PublishState.WITHDRAWN)]
        )
    with database.reading() as session:
        repository = PostingRepository(session)
        assert [one.posting_id for one in repository.all_stored()] == ["p1", "p2"]
        assert [one.posting_id for one in repository.all_live()] == ["p1"]
