"""The fair of the sample county, from booths to a page that is safe to show."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from matcher.clock import FixedClock
from matcher.demo.fair import fair_in_demo
from matcher.services.runtime import Runtime
from tests.sample_office import sample_office

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def test_a_fair_is_held_without_network_and_its_page_names_nobody(tmp_path: Path) -> None:
    config, database, county = sample_office(
        tmp_path, tmp_path / "files", workers=60, postings=60, today=NOON.date(), places=True
    )
    database.close()
    runtime = Runtime.open(config, FixedClock(NOON))
    event = fair_in_demo(runtime, tmp_path / "fair.html", place="青垛镇", seed=3)
    runtime.close(save=False)
    page = event.page.read_text(encoding="utf-8")
    told = re.search(r"脱网签到 (\d+) 人，合回 (\d+) 处", event.told)
    assert told
    assert 0 < int(told[1]) < int(told[2])
    assert "随机定的" in page
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", page)
    for row in county.worker_rows:
        assert str(row.get("name") or "无此名") not in page
    assert not (tmp_path / "fair.bin").exists()
