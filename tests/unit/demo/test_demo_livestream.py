"""The livestream of the sample county on a page that is safe to show."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from matcher.clock import FixedClock
from matcher.config import Config
from matcher.demo.county import County
from matcher.demo.event_pages import DemoEvent
from matcher.demo.livestream import livestream_in_demo
from matcher.services.imports.import_file import import_file
from matcher.services.runtime import Runtime, create_home

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoEvent, str]]:
    home = tmp_path_factory.mktemp("livestream")
    config = Config(home, f"sqlite:///{home / 'matcher.db'}", home / "keyring.json")
    county = County.generate(3, 20, 160, today=NOON.date())
    files = {path.name: path for path in county.write_files(home / "files")}
    shutil.copy(files["gazetteer.csv"], config.gazetteer_path)
    database = create_home(config)
    import_file(
        database, files["postings.xlsx"], corrections_folder=config.import_folder, source="样例", processes=1
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
