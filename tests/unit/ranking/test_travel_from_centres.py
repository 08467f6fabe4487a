"""A place known only by its county or city never gives a trip to the minute."""

from datetime import UTC, datetime

import numpy as np

from matcher.domain.posting import Posting
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.lexicon.places import resolve_place
from matcher.ranking.pairs import pairs
from matcher.ranking.travel import Travel, travel
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def trip(home: Place | None, work: Place | None) -> Travel:
    people = WorkerColumns.of([Worker("w", place=home)], now=NOW)
    jobs = PostingColumns.of([Posting("p", "保安", place=work)])
    row = np.zeros(1, np.int64)
    return travel(pairs(people, row, jobs, row, now=NOW, codes=lexicon_codebook()))


def test_two_mentions_of_one_county_are_not_next_door() -> None:
    found = trip(resolve_place("容城"), resolve_place("河北省容城县"))
    assert found.approximate[0]
    assert found.km[0] > 5


def test_two_county_centres_lie_as_far_apart_as_they_do() -> None:
    found = trip(resolve_place("容城"), resolve_place("河北省安新县"))
    assert found.approximate[0]
    assert 10 < found.km[0] < 20


def test_two_real_points_give_an_exact_trip() -> None:
    found = trip(Place("甲", "130629000000", 39.01, 115.9), Place("乙", "130629000000", 39.02, 115.9))
    assert not found.approximate[0]
    assert 1 < found.km[0] < 1.3


def test_an_unknown_place_gives_no_trip() -> None:
    found = trip(None, resolve_place("河北省安新县"))
    assert np.isnan(found.minutes[0])
