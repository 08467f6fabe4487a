"""The short version of the planted values; `python -m tests.security.planted_values` plants a thousand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.domain.service_terms import Role
from tests.security.browser_memory import after_sign_out, opened_chromium
from tests.security.leak_search import Allowed, LeakSearch
from tests.security.office_walk import Walk
from tests.security.open_office import serving
from tests.security.planted_people import Planted
from tests.security.planted_values import (
    ALLOWED,
    Planting,
    break_a_request,
    planted,
    walk_everything,
    walk_of,
)


@pytest.fixture(scope="module")
def planting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planting]:
    with planted(Path(tmp_path_factory.mktemp("planted")), workers=48, postings=40) as made:
        yield made


@pytest.fixture(scope="module")
def search(planting: Planting) -> LeakSearch:
    return LeakSearch(planting.plants.values, ALLOWED)


@pytest.fixture(scope="module")
def walk(planting: Planting, search: LeakSearch) -> Walk:
    return walk_everything(planting, search, quick=True)


def test_no_planted_value_is_found_outside_the_table(walk: Walk, search: LeakSearch) -> None:
    assert dict(search.leaks) == {}
    assert len(search.seen) > 300


def test_the_values_are_there_for_whoever_states_a_reason(walk: Walk, search: LeakSearch) -> None:
    """Without this, finding nothing would prove nothing."""
    shown = {kind for where, kind in search.granted if where.endswith("/reveal")}
    assert shown >= {Planted.NAME, Planted.PHONE, Planted.ID_NUMBER, Planted.ADDRESS}
    told = {kind for where, kind in search.granted if where.startswith("page EMPLOYER")}
    assert told == {Planted.NAME, Planted.PHONE}


def test_every_answer_carries_its_headers(walk: Walk) -> None:
    assert dict(walk.faults) == {}


def test_files_with_personal_values_are_for_the_service_alone(walk: Walk, search: LeakSearch) -> None:
    files = {where.removeprefix("file ") for where, _ in search.granted if where.startswith("file ")}
    assert files
    assert {(walk.office.home / name).stat().st_mode & 0o077 for name in files} == {0}


@pytest.mark.browser
def test_a_browser_keeps_nothing_of_a_person_after_sign_out(planting: Planting, search: LeakSearch) -> None:
    with opened_chromium() as browser:
        assert after_sign_out(browser, planting, search)
    assert [where for where, _ in search.leaks if where.startswith("browser")] == []


def test_a_log_that_is_given_the_words_of_an_error_is_found(planting: Planting) -> None:
    office, search = planting.office, LeakSearch(planting.plants.values, ALLOWED)
    with serving(office.home, office.key, ("tests.security.faulty_service", "--twin")) as careless:
        break_a_request(planting, walk_of(replace(planting, office=careless), search))
        search.look("log", careless.log.read_bytes())
    assert list(search.leaks) == [("log", Planted.NAME)]


def test_a_value_is_found_in_every_spelling_and_in_archives(tmp_path: Path, planting: Planting) -> None:
    name, phone = (planting.plants.people[0][kind] for kind in (Planted.NAME, Planted.PHONE))
    book = planting.more_people.read_bytes()
    for number, content in enumerate((f"姓名{name}", json.dumps(name), f"?q={phone}", book)):
        search = LeakSearch(planting.plants.values, (Allowed("elsewhere", frozenset(Planted), ""),))
        assert search.look("here", content), number
        assert LeakSearch(planting.plants.values, (Allowed("here", frozenset(Planted), ""),)).look("here", content) == set()


def test_what_somebody_typed_is_no_news_to_them(planting: Planting) -> None:
    phone = planting.plants.people[0][Planted.PHONE]
    search = LeakSearch(planting.plants.values, ())
    assert search.look(f"page {Role.HOST}", f"收到 {phone}", own=phone) == set()
