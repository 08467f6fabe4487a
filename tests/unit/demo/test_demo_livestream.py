"""The livestream of the sample county on a page that is safe to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from matcher.clock import FixedClock
from matcher.demo.event_pages import DemoEvent
from matcher.demo.livestream import livestream_in_demo
from matcher.services.runtime import Runtime
from tests.sample_office import sample_office

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoEvent, str]]:
    home = tmp_path_factory.mktemp("livestream")
    config, database, _ = sample_office(
        home, home / "files", workers=20, postings=160, today=NOON.date(), places=True, workbooks=("postings.xlsx",)
    )
    database.close()
    runtime = Runtime.open(config, FixedClock(NOON))
    event = livestream_in_demo(runtime, home / "livestream.html", place="青垛镇", seed=3)
    yield event, event.page.read_text(encoding="utf-8")
    runtime.close(save=False)


def test_the_page_shows_run_sheet_script_answers_and_leads(made: tuple[DemoEvent, str]) -> None:
    event, page = made
    assert re.search(r"排了 \d+ 个岗位", event.told), event.told
    assert "号岗位，" in page
    assert "未满18周岁" in page
    assert "机主" in page
    assert "线索 4 条，重复 0 条，要再问 2 条" in event.told or "线索 4 条，重复 1 条，要再问 2 条" in event.told


def test_no_phone_of_a_viewer_is_on_the_page(made: tuple[DemoEvent, str]) -> None:
    _, page = made
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", page)
    assert "138****0001" in page
