"""What a browser still holds of a person once the caseworker has signed out (浏览器残留)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect, sync_playwright

from matcher.domain.service_terms import Role
from tests.security.leak_search import LeakSearch
from tests.security.planted_people import Planted

if TYPE_CHECKING:
    from tests.security.planted_values import Planting

CHROMIUM = "/usr/bin/chromium"
STORED = """async () => {
  const kept = {local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie};
  kept.databases = (await indexedDB.databases()).map(one => one.name);
  kept.caches = [];
  for (const name of await caches.keys()) {
    for (const asked of await (await caches.open(name)).keys()) {
      const answer = await (await caches.open(name)).match(asked);
      kept.caches.push([name, asked.url, await answer.text()]);
    }
  }
  return kept;
}"""


@contextmanager
def opened_chromium() -> Iterator[Browser]:
    """A real browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def after_sign_out(browser: Browser, planting: Planting, search: LeakSearch) -> bool:
    """See one phone in clear, sign out, and search everything that is left. Whether it had been seen before."""
    login = planting.logins[Role.CASEWORKER]
    context = browser.new_context(base_url=planting.office.url, locale="zh-CN")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#login", login.login)
    page.fill("#password", login.password)
    page.click("button.primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    shown = _reveal(page, planting)
    addresses = [page.url]
    page.locator("form[action='/sign-out'] button").first.click()
    page.wait_for_url("**/sign-in")
    for step in range(3):
        search.look("browser: the page after sign-out", page.content())
        addresses.append(page.url)
        if step < 2:
            page.go_back()
            page.wait_for_load_state()
    page.goto("/sign-in")
    search.look("browser: storage", json.dumps(page.evaluate(STORED), ensure_ascii=False))
    search.look("browser: cookies", json.dumps(context.storage_state(), ensure_ascii=False))
    search.look("browser: addresses", "\n".join(addresses))
    context.close()
    return shown


def _reveal(page: Page, planting: Planting) -> bool:
    """Read one person's phone through the form of the page; whether it then stands there."""
    page.goto(f"/desk/people/{planting.ids['worker_id']}")
    page.get_by_text("查看完整号码").click()
    form = page.locator("form[action$='/reveal']")
    form.locator("[name=reason]").fill("电话联系推荐岗位")
    form.locator("button").click()
    expect(page.locator("#revealed")).not_to_be_empty()
    text = page.content()
    values = planting.plants.values
    return any(one in text for one, kind in values.items() if kind in (Planted.PHONE, Planted.NAME, Planted.ID_NUMBER))
