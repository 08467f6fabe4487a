"""The pictures of the READMEs: the sample county in a real Chromium, one page for each of its users (截图).

Run by `make screens`, which writes them to docs/screens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import func, select

from matcher.cli.screen import step_bars
from matcher.domain.event_terms import EventState
from matcher.domain.service_terms import EventType, Role
from matcher.services.demo.run_demo import run_demo
from matcher.services.installation import open_database
from matcher.store.freshness import live_condition
from matcher.store.tables.events import EventRow
from matcher.store.tables.postings import PostingRow
from tests.e2e.office_history import play_a_month
from tests.e2e.office_site import CHROMIUM, OfficeServer, serving, sign_in
from tests.sample_office import config_of

HOME, PICTURES = Path(".demo").absolute(), Path("docs/screens")
DESKTOP, PHONE, KIOSK = (
    {"width": 1440, "height": 900},
    {"width": 390, "height": 844},
    {"width": 1080, "height": 1920},
)
TALLEST = 1_500


def kiosk(page: Page, office: OfficeServer) -> None:
    page.goto("/kiosk")
    for words in ("长期稳定", "都行", "哪都行"):
        page.get_by_role("button", name=words).first.click()
    page.locator(".card").first.wait_for()


def desk(page: Page, office: OfficeServer) -> None:
    page.goto("/desk")
    page.locator('a[href^="/desk/people/"]').first.click()
    page.wait_for_load_state("networkidle")


def manage(page: Page, office: OfficeServer) -> None:
    """After a month of work, made up: on the day of the sample run nothing has been delivered yet."""
    database = open_database(office.config)
    with database.reading() as session:
        live = live_condition(session.now())
        busiest = select(PostingRow.employer_id).where(live, PostingRow.employer_id.is_not(None))
        busiest = busiest.group_by(PostingRow.employer_id).order_by(func.count().desc(), PostingRow.employer_id)
        employer_id = session.scalars(busiest).first()
    play_a_month(database, employer_id or "")
    database.close()
    page.goto("/manage")


def employer(page: Page, office: OfficeServer) -> None:
    page.goto("/employer")


def live(page: Page, office: OfficeServer) -> None:
    page.goto(f"/live/{_event(office, EventType.LIVESTREAM)}")
    page.fill("#ask", "50岁能去吗 包住 长白班")
    page.wait_for_timeout(2_000)


def fair(page: Page, office: OfficeServer) -> None:
    page.goto(f"/fair/{_event(office, EventType.SPECIAL_FAIR, EventType.FAIR, EventType.MEETING)}/timetable")
    page.wait_for_load_state("networkidle")


SHOTS: tuple[tuple[Callable[[Page, OfficeServer], None], Role, dict[str, int]], ...] = (
    (kiosk, Role.KIOSK_DEVICE, KIOSK),
    (desk, Role.CASEWORKER, DESKTOP),
    (live, Role.HOST, DESKTOP),
    (fair, Role.ORGANISER, DESKTOP),
    (manage, Role.MANAGER, DESKTOP),
    (employer, Role.EMPLOYER, PHONE),
)


def main() -> None:
    """Play the sample county and take every picture, or those named."""
    wanted = set(sys.argv[1:])
    with step_bars() as report:
        run = run_demo(HOME, workers=2000, postings=1500, seed=1, progress=report)
    logins = {login.role: login for login in reversed(run.logins)}
    PICTURES.mkdir(parents=True, exist_ok=True)
    with serving(HOME, config_of(HOME), logins) as office, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for shot, role, size in SHOTS:
            if wanted and shot.__name__ not in wanted:
                continue
            page = browser.new_page(base_url=office.url, locale="zh-CN", viewport=size)
            sign_in(page, logins[role])
            shot(page, office)
            height = page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": size["width"], "height": min(max(height, size["height"]), max(TALLEST, size["height"]))}
            page.screenshot(path=PICTURES / f"{shot.__name__}.png", full_page=True, clip=clip)
            print(f"  {shot.__name__}.png")
            page.close()
        for name, page_file, size in (("report", run.report, (1000, 2300)), ("push", run.push.page, (1180, 1900))):
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.goto(page_file.absolute().as_uri())
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


def _event(office: OfficeServer, *kinds: EventType) -> int:
    """The sample event of one of these kinds."""
    database = open_database(office.config)
    with database.reading() as session:
        event = EventRow
        query = select(event.id).where(event.type.in_(kinds), event.state != EventState.CANCELLED)
        number = session.scalars(query.order_by(event.id.desc())).first()
    database.close()
    assert number is not None, "the sample run held no such event"
    return number


if __name__ == "__main__":
    main()
