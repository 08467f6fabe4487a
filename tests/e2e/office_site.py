"""What the browser tests know of the service they use, and how its people sign in."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyotp
from playwright.sync_api import Page

from benchmarks.service import environment_of, served
from matcher.config import Config
from matcher.domain.service_terms import Role
from matcher.services.accounts.devices import pairing_code
from matcher.services.demo.demo_accounts import DemoLogin
from matcher.services.installation import open_database

CHROMIUM = "/usr/bin/chromium"


@dataclass
class OfficeServer:
    """A running service. logins: one for each role; environment: to run `matcher` on the same home."""

    url: str
    home: Path
    config: Config
    logins: dict[Role, DemoLogin]
    environment: dict[str, str]
    cookies: dict[Role, list[dict]] = field(default_factory=dict)

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "matcher", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@contextmanager
def serving(home: Path, config: Config, logins: dict[Role, DemoLogin]) -> Iterator[OfficeServer]:
    """A real server on the data folder until the block ends."""
    with served(home) as url:
        yield OfficeServer(url, home, config, logins, environment_of(home))


def paired_anew(config: Config, kiosk: DemoLogin) -> DemoLogin:
    """The kiosk with a pairing code that begins to run out now."""
    database = open_database(config)
    code = pairing_code(database, kiosk.login, actor="样例")
    database.close()
    return replace(kiosk, password=code)


_USED_STEPS: dict[str, int] = {}
STEP_S = 30


def forget_codes() -> None:
    """A service on a fresh copy of the data has seen no code yet."""
    _USED_STEPS.clear()


def fresh_code(login: DemoLogin) -> str:
    """Six digits that were not used yet: each step's code works once, and the next step's is taken early."""
    step = max(_USED_STEPS.get(login.totp_secret, 0) + 1, int(time.time()) // STEP_S)
    time.sleep(max(0.0, (step - 1) * STEP_S - time.time()))
    _USED_STEPS[login.totp_secret] = step
    return pyotp.TOTP(login.totp_secret).at(step * STEP_S)


def sign_in(page: Page, login: DemoLogin) -> None:
    """Through the door that the role has."""
    if login.role is Role.KIOSK_DEVICE:
        page.goto("/sign-in/device")
        page.fill("#code", login.password)
        page.click("button.primary")
    else:
        page.goto("/sign-in")
        page.fill("#login", login.login)
        page.fill("#password", login.password)
        page.click("button.primary")
    if login.totp_secret:
        page.fill("#code", fresh_code(login))
        page.click("button.primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
