"""The real service over a small fictional county, with one account for each role, and a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from office_site import CHROMIUM, OfficeServer, forget_codes, paired_anew, serving, sign_in
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from matcher.domain.service_terms import Role
from matcher.services.accounts import passwords
from matcher.services.demo.demo_accounts import DemoLogin, demo_accounts
from tests.sample_office import config_of, sample_office

WORKERS, POSTINGS = 120, 240
expect.set_options(timeout=25_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def furnished_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[Role, DemoLogin]]:
    """A data folder with the small county and one account for each role; modules work on copies of it."""
    home = tmp_path_factory.mktemp("office")
    _, database, _ = sample_office(
        home, tmp_path_factory.mktemp("files"), workers=WORKERS, postings=POSTINGS
    )
    with pytest.MonkeyPatch.context() as patch:
        # a hash names its own cost, so the server takes these as it takes any
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        logins = {login.role: login for login in reversed(demo_accounts(database))}
    database.close()
    return home, logins


@pytest.fixture(scope="module")
def office_server(
    furnished_home: tuple[Path, dict[Role, DemoLogin]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OfficeServer]:
    """A service of its own for each test module, so that one module cannot spoil another's data."""
    furnished, logins = furnished_home
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(furnished, home)
    config = config_of(home)
    logins = logins | {Role.KIOSK_DEVICE: paired_anew(config, logins[Role.KIOSK_DEVICE])}
    forget_codes()
    with serving(home, config, logins) as office:
        yield office


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("找不到 chromium；请先运行 make system-packages", pytrace=False)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def signed_in(office_server: OfficeServer, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Call with a role (and options of a browser context, such as viewport) for a page of theirs.

    A role signs in through the real form once a module; later pages begin with its session.
    """
    opened: list[BrowserContext] = []

    def open_page(role: Role | str, **options: object) -> Page:
        role = Role(role)
        context = browser.new_context(base_url=office_server.url, locale="zh-CN", **options)
        opened.append(context)
        page = context.new_page()
        if role in office_server.cookies:
            context.add_cookies(office_server.cookies[role])
        else:
            sign_in(page, office_server.logins[role])
            office_server.cookies[role] = context.cookies()
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def axe_violations() -> Callable[[Page], list[str]]:
    """Call with a page: what axe finds against WCAG 2.2 A and AA, one line each with the first element."""
    from axe_playwright_python.sync_playwright import Axe

    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

    def run(page: Page) -> list[str]:
        found = Axe().run(page, options=rules).response["violations"]
        return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]

    return run
