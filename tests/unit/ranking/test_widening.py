"""Wishes are loosened in order, only as far as needed, and never the law or a refusal."""

from datetime import UTC, datetime

import numpy as np

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Settlement, Shift
from matcher.domain.values import Pay, Place
from matcher.domain.worker import Worker
from matcher.ranking.eligibility import vetoes
from matcher.ranking.pairs import pairs
from matcher.ranking.travel import travel
from matcher.ranking.widening import Widened, widen
from matcher.retrieval.codebook import Codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
BOOK = Codebook(occupation_rows={}, certificate_bits={})

HOME_TOWN = Place("小里镇", "130629101000", 39.05, 115.87)
COUNTY = Place("容城", "130629000000", 39.05282, 115.866247)
NEXT_TOWN = Place("容城", "130629100000", 39.07, 115.90)
FAR_IN_COUNTY = Place("容城", "130629102000", 39.05, 116.15)
SAME_CITY = Place("保定", "130602000000", 38.87, 115.47)
SAME_PROVINCE = Place("石家庄", "130102000000", 38.04, 114.51)
OTHER_PROVINCE = Place("深圳", "440305000000", 22.54, 113.93)


def widened(worker: Worker, postings: list[Posting], *, want: int = 1) -> Widened:
    people = WorkerColumns.of([worker], now=NOW, codes=BOOK)
    jobs = PostingColumns.of(postings, codes=BOOK)
    rows = np.arange(len(postings))
    lined_up = pairs(people, np.zeros_like(rows), jobs, rows, now=NOW, codes=BOOK)
    trips = travel(lined_up)
    relevant = np.ones(len(postings), np.bool_)
    return widen(lined_up, vetoes(lined_up, trips=trips), trips, relevant, want=want)


def posting(place: Place | None, **facts: object) -> Posting:
    return Posting(posting_id="p", title="瓦工", place=place, **facts)  # type: ignore[arg-type]


def codes(result: Widened) -> list[str]:
    return [line.code for line in result.lines]


def test_what_is_near_needs_no_widening() -> None:
    result = widened(Worker("w", place=HOME_TOWN), [posting(NEXT_TOWN), posting(OTHER_PROVINCE)])
    assert result.mask.tolist() == [True, False]
    assert result.lines == ()


def test_each_rung_adds_the_next_larger_area() -> None:
    postings = [posting(p) for p in (NEXT_TOWN, FAR_IN_COUNTY, SAME_CITY, SAME_PROVINCE, OTHER_PROVINCE)]
    worker = Worker("w", place=HOME_TOWN)
    for want in range(1, 6):
        assert widened(worker, postings, want=want).mask.sum() == want
    assert codes(widened(worker, postings, want=5)) == [
        "area_county",
        "area_city",
        "area_province",
        "area_anywhere",
    ]


def test_a_posting_without_a_place_is_never_widened_away() -> None:
    assert widened(Worker("w", place=HOME_TOWN), [posting(None)]).mask.tolist() == [True]


def test_a_posting_without_a_place_does_not_stop_the_search_for_one_nearby() -> None:
    result = widened(Worker("w", place=HOME_TOWN), [posting(None), posting(SAME_CITY)])
    assert result.mask.tolist() == [True, True]
    assert codes(result) == ["area_city"]


def test_a_worker_without_a_place_sees_everything_at_once() -> None:
    result = widened(Worker("w"), [posting(OTHER_PROVINCE), posting(NEXT_TOWN)])
    assert result.mask.all()
    assert result.lines == ()


def test_naming_a_city_means_all_of_it() -> None:
    worker = Worker("w", place=Place("保定", "130600000000", 38.87, 115.46))
    result = widened(worker, [posting(FAR_IN_COUNTY), posting(SAME_PROVINCE)])
    assert result.mask.tolist() == [True, False]


def test_naming_a_county_means_all_of_it() -> None:
    result = widened(Worker("w", place=COUNTY), [posting(FAR_IN_COUNTY), posting(SAME_CITY)])
    assert result.mask.tolist() == [True, False]
    assert result.lines == ()


def test_reach_in_minutes_is_loosened_before_the_area() -> None:
    worker = Worker("w", place=HOME_TOWN, max_minutes=15)
    result = widened(worker, [posting(FAR_IN_COUNTY), posting(SAME_PROVINCE)])
    assert result.mask.tolist() == [True, False]
    assert codes(result) == ["area_county"]


def test_settlement_is_loosened_only_after_the_city_is_exhausted() -> None:
    worker = Worker("w", place=HOME_TOWN, settlements=(Settlement.DAILY,))
    postings = [posting(NEXT_TOWN, settlement=Settlement.MONTHLY), posting(SAME_CITY)]
    assert widened(worker, postings, want=1).mask.tolist() == [False, True]
    both = widened(worker, postings, want=2)
    assert both.mask.all()
    assert "settlement" in codes(both)


def test_an_unstated_settlement_contradicts_no_wish() -> None:
    worker = Worker("w", settlements=(Settlement.DAILY,))
    assert widened(worker, [posting(None)]).mask.all()


def test_the_pay_floor_is_the_last_thing_to_give() -> None:
    worker = Worker("w", place=HOME_TOWN, pay_floor=Pay(600_000, None))
    postings = [posting(NEXT_TOWN, pay=Pay(400_000, 500_000))]
    result = widened(worker, postings)
    assert result.mask.all()
    assert codes(result) == ["pay"]


def test_a_refusal_is_never_widened_away() -> None:
    worker = Worker("w", refused_shifts=(Shift.NIGHT,), out_of_town=False, place=HOME_TOWN)
    postings = [posting(NEXT_TOWN, shifts=(Shift.NIGHT,)), posting(OTHER_PROVINCE)]
    result = widened(worker, postings, want=5)
    assert not result.mask.any()


def test_a_rung_that_adds_nothing_is_not_mentioned() -> None:
    result = widened(Worker("w", place=HOME_TOWN), [posting(SAME_PROVINCE)])
    assert codes(result) == ["area_province"]


def test_every_line_fits_the_screen() -> None:
    from matcher.ranking.widening import LADDER

    assert all(len(rung.line.text) <= 20 for rung in LADDER if rung.line)
