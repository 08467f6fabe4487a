"""Everybody who may sign in to the sample office, and how a test does it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

import pyotp
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from api.accounts.rate_limits import SignInLimits
from matcher.domain.service_terms import Role
from matcher.services.demo.demo_accounts import DemoLogin
from matcher.store.database import Database

ORIGIN = "http://testserver"
TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


@dataclass
class Office:
    """The application, its database and a login for each role; sessions are opened once and kept."""

    app: FastAPI
    database: Database
    logins: dict[str, DemoLogin]
    cookies: dict[str, str] = field(default_factory=dict)

    def client(self, *, origin: str | None = ORIGIN, base: str = ORIGIN) -> TestClient:
        """A browser that nobody has signed in with. origin: what it says of where a request comes from."""
        headers = {"Origin": origin} if origin else {}
        opened = TestClient(
            self.app, base_url=base, headers=headers, follow_redirects=False, raise_server_exceptions=False
        )
        return opened

    def of(self, role: Role) -> DemoLogin:
        """The first login of a role."""
        return next(login for login in self.logins.values() if login.role is role)

    def signed_in(self, role: Role | None, **options: str) -> TestClient:
        """A browser in which the role is signed in; None = nobody."""
        browser = self.client(**options)
        if role is None:
            return browser
        login = self.of(role)
        if login.login not in self.cookies:
            sign_in(browser, login)
            self.cookies[login.login] = browser.cookies["matcher_session"]
        browser.cookies.set("matcher_session", self.cookies[login.login])
        return browser

    def fresh_limits(self) -> None:
        """Forget every attempt counted so far."""
        self.app.state.sign_in_limits = SignInLimits()


def sign_in(browser: TestClient, login: DemoLogin) -> Response:
    """Through the door that the role has; the last answer."""
    if login.role is Role.KIOSK_DEVICE:
        return browser.post("/sign-in/device", data={"code": login.password})
    answer = browser.post("/sign-in", data={"login": login.login, "password": login.password})
    if login.totp_secret:
        code = pyotp.TOTP(login.totp_secret).at(int(time.time()))
        answer = browser.post("/sign-in/code", data={"code": code, "csrf_token": csrf(browser, "/sign-in/code")})
    return answer


def csrf(browser: TestClient, address: str = "/account") -> str:
    """The token of the forms on a page."""
    return TOKEN.search(browser.get(address).text)[1]
