"""A livestream on a real server that can be cut off and brought back, with hosts and a caller who may sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from office_site import sign_in
from playwright.sync_api import Browser, BrowserContext, Page

from matcher.domain.posting_terms import Benefit
from matcher.domain.service_terms import Role
from matcher.domain.values import Occupation
from matcher.services.accounts.managing import create_account
from matcher.services.demo.demo_accounts import DemoLogin
from matcher.services.live.airing import put_on_air
from matcher.services.live.run_sheet import on_air_now
from matcher.services.live.sessions import set_callers
from matcher.store.database import Database
from matcher.store.repositories.live import LiveRepository
from matcher.store.tables.live import LiveItemRow
from tests.fault.live_home import HOST, LiveHome, kill, live_home
from tests.live_world import BY, job, put, version

FIRST, SECOND, CALLER = "zhubo1", "zhubo2", "bangfu1"
RED = 42
"""Spoken number of a posting without pay."""

SEWER = job("sewing", title="样例缝纫工", occupations=(Occupation("6-05-02-01", "缝纫工"),), benefits=(Benefit.COUPLE_ROOM,))
WIDE = {"width": 1440, "height": 900}


@dataclass
class Show:
    """A running livestream. numbers: spoken numbers in running order, the red one left out."""

    home: LiveHome
    database: Database
    logins: dict[str, DemoLogin]
    numbers: list[int]
    server: BaseProcess | None = None
    cookies: dict[str, list[dict]] = field(default_factory=dict)
    opened: list[BrowserContext] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"/live/{self.home.event_id}"

    def start(self) -> None:
        self.server = self.home.serve()

    def cut(self) -> None:
        """As a power cut would."""
        if self.server is not None:
            kill(self.server)
            self.server = None

    def page(self, browser: Browser, login: str, **options: object) -> Page:
        """A page of somebody who is signed in."""
        base = f"http://{HOST}:{self.home.port}"
        context = browser.new_context(base_url=base, locale="zh-CN", **({"viewport": WIDE} | options))
        self.opened.append(context)
        page = context.new_page()
        if login in self.cookies:
            context.add_cookies(self.cookies[login])
        else:
            sign_in(page, self.logins[login])
            self.cookies[login] = context.cookies()
        return page

    def close_pages(self) -> None:
        while self.opened:
            self.opened.pop().close()

    def on_air(self) -> int | None:
        with self.database.reading() as session:
            return on_air_now(LiveRepository(session).items(self.home.event_id))

    def air(self, number: int) -> None:
        """Somebody else puts a posting on air."""
        event_id = self.home.event_id
        put_on_air(self.database, event_id, number, version=version(self.database, event_id), actor=BY)

    def posting(self, number: int) -> str:
        with self.database.reading() as session:
            return LiveRepository(session).item(self.home.event_id, number).posting_id


def show_in(folder: Path) -> Show:
    """The home, the people, and one posting on the run-sheet that may not be aired."""
    home = live_home(folder)
    database = home.opened()
    put(database, job("no-pay", pay=None), SEWER)
    with database.writing(BY) as session:
        numbers = [item.short_no for item in LiveRepository(session).items(home.event_id)]
        session.add(LiveItemRow(event_id=home.event_id, posting_id="no-pay", short_no=RED, seq=RED))
    roles = {FIRST: Role.HOST, SECOND: Role.HOST, CALLER: Role.CASEWORKER}
    logins = {}
    for login, role in roles.items():
        made = create_account(database, login, role, actor=BY, name=f"样例{login}", must_change=False)
        logins[login] = DemoLogin(role, login, made.password)
    set_callers(database, home.event_id, [CALLER], actor=BY)
    return Show(home, database, logins, numbers)
