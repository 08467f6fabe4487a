"""Signing in as people do it: by keyboard, in a real Chromium, through every door."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from office_site import OfficeServer, fresh_code
from playwright.sync_api import Browser, Page

from matcher.domain.service_terms import Role

pytestmark = pytest.mark.browser
STRANGE = ("default-src", "Content Security Policy", "Refused to")


@pytest.fixture
def page(office_server: OfficeServer, browser: Browser):
    context = browser.new_context(base_url=office_server.url, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_the_keyboard_alone_signs_in_and_out(
    office_server: OfficeServer, page: Page, axe_violations: Callable[[Page], list[str]]
) -> None:
    login = office_server.logins[Role.CASEWORKER]
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto("/account")
    assert axe_violations(page) == []
    page.keyboard.type(login.login)
    page.keyboard.press("Tab")
    page.keyboard.type(login.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    assert page.locator("h1").inner_text() == "我的账号"
    assert axe_violations(page) == []
    assert not [line for line in told if any(word in line for word in STRANGE)]
    page.get_by_role("button", name="退出", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    page.goto("/account")
    assert "/sign-in" in page.url


def test_a_wrong_password_is_told_in_a_sentence(page: Page, axe_violations: Callable[[Page], list[str]]) -> None:
    page.goto("/sign-in")
    page.fill("#login", "nobody")
    page.fill("#password", "not-the-password")
    page.keyboard.press("Enter")
    assert "登录名或口令不对" in page.get_by_role("alert").inner_text()
    assert page.locator("#password").evaluate("field => field === document.activeElement")
    assert axe_violations(page) == []


def test_an_administrator_needs_the_second_step(
    office_server: OfficeServer, page: Page, axe_violations: Callable[[Page], list[str]]
) -> None:
    login = office_server.logins[Role.ADMIN]
    page.goto("/sign-in")
    page.fill("#login", login.login)
    page.fill("#password", login.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    assert axe_violations(page) == []
    page.goto("/account")
    assert page.url.endswith("/sign-in/code")
    page.fill("#code", fresh_code(login))
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin")


def test_a_machine_becomes_a_kiosk_by_its_code(signed_in: Callable[..., Page]) -> None:
    page = signed_in(Role.KIOSK_DEVICE)
    assert page.url.endswith("/kiosk")


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/device", "/no-such-page"])
def test_the_doors_have_no_barriers(
    page: Page, address: str, axe_violations: Callable[[Page], list[str]]
) -> None:
    for size in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(address)
        assert axe_violations(page) == []


def test_the_administrators_pages_have_no_barriers(
    signed_in: Callable[..., Page], axe_violations: Callable[[Page], list[str]]
) -> None:
    page = signed_in(Role.ADMIN, viewport={"width": 1280, "height": 800})
    for address in ("/admin", "/admin/accounts/bangfu", "/admin/devices", "/admin/audit", "/account"):
        page.goto(address)
        assert page.locator("h1").is_visible()
        assert axe_violations(page) == []


def test_behind_a_proxy_that_speaks_https_the_cookie_is_secure(office_server: OfficeServer) -> None:
    login = office_server.logins[Role.MANAGER]
    host = office_server.url.removeprefix("http://")
    answer = httpx.post(
        f"{office_server.url}/sign-in",
        data={"login": login.login, "password": login.password},
        headers={"X-Forwarded-Proto": "https", "Origin": f"https://{host}"},
    )
    assert answer.status_code == 303
    assert answer.headers["set-cookie"].startswith("__Host-")
    assert "Secure" in answer.headers["set-cookie"]
