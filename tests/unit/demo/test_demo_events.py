"""The urgent request of the sample county, from words to a page that is safe to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from matcher.clock import FixedClock
from matcher.demo.county import County
from matcher.demo.events import DemoEvent, urgent_in_demo
from matcher.services.runtime import Runtime
from tests.sample_office import sample_office

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoEvent, County, str]]:
    home = tmp_path_factory.mktemp("events")
    config, database, county = sample_office(
        home, home / "files", workers=60, postings=20, today=NOON.date(), places=True
    )
    database.close()
    runtime = Runtime.open(config, FixedClock(NOON))
    event = urgent_in_demo(runtime, home / "urgent.html", place="青垛镇", seed=3)
    yield event, county, event.page.read_text(encoding="utf-8")
    runtime.close(save=False)


def test_people_are_asked_and_the_page_tells_what_came_of_it(made: tuple[DemoEvent, County, str]) -> None:
    event, _, page = made
    asked = re.search(r"问了 (\d+) 人，(\d+) 人能来", event.told)
    assert asked
    assert int(asked[1]) >= 5
    assert "明早6点要5个小工 青垛镇 260一天" in page
    assert "6月2日 06:00" in page
    assert "随机定的" in page


def test_the_page_shows_nobody_by_name_or_phone(made: tuple[DemoEvent, County, str]) -> None:
    _, county, page = made
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", page)
    for row in county.worker_rows:
        assert str(row.get("name") or "无此名") not in page


def test_texts_and_a_sheet_are_made_while_there_are_places(made: tuple[DemoEvent, County, str]) -> None:
    event, _, page = made
    assert "有效期至6月2日06:00" in page
    assert event.page.with_name("urgent_notice.pdf").read_bytes().startswith(b"%PDF") or "没有输出" in page
