"""The overlay in a real browser, as OBS opens it: what is on air appears, goes, and is hidden when nothing vouches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from tests.fault.live_home import LiveHome, kill, live_home
from tests.live_world import take_down

pytestmark = pytest.mark.browser
SHOWN, HIDDEN = "#stage.shown", "#stage:not(.shown)"


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1920, "height": 1080})
        browser.close()


def air(home: LiveHome, short_no: int) -> None:
    with httpx.Client(headers=home.headers) as client:
        version = client.get(home.url).json()["version"]
        answer = client.post(f"{home.url}/air", json={"version": version, "short_no": short_no})
        assert answer.status_code == 200, answer.text


def test_the_overlay_follows_the_livestream_and_hides_what_nothing_vouches_for(page: Page, tmp_path: Path) -> None:
    home = live_home(tmp_path)
    server = home.serve()
    database = home.opened()
    try:
        air(home, 1)
        page.goto(home.overlay)
        assert "token" not in page.url
        page.wait_for_selector(SHOWN, timeout=5_000)
        assert page.inner_text(".number b") == "1"
        assert page.locator(".code svg").count() == 1
        air(home, 2)
        page.wait_for_selector('.number b:text-is("2")', timeout=2_000)
        take_down(database, "p1")
        page.wait_for_selector(HIDDEN, state="attached", timeout=2_000)
        air(home, 3)
        page.wait_for_selector(SHOWN, timeout=2_000)
        box = page.locator(".card").bounding_box()
        assert box is not None
        assert box["y"] > 540, "the card leaves the upper half of the picture free"
        kill(server)
        page.wait_for_selector(HIDDEN, state="attached", timeout=12_000)
        server = home.serve()
        page.wait_for_selector(SHOWN, timeout=10_000)
    finally:
        database.close()
        kill(server)
