"""The head of an office opens every figure, exports for a reason, checks postings and switches the region pack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from urllib.parse import urljoin

import pytest
from office_history import play_a_month
from office_site import OfficeServer
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matcher.domain.service_terms import Role
from matcher.services.employers.submitting import PostingForm, submit_posting
from matcher.services.installation import open_database
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.records import AuditRow

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1440, "height": 900}}
Open = Callable[..., Page]
Axe = Callable[[Page], list[str]]
_TOTAL = re.compile(r'data-total="(\d+)"')
_LAST_CELL = re.compile(r'<td class="num">(\d+)</td></tr>')


@pytest.fixture(scope="module")
def office(office_server: OfficeServer) -> Iterator[Database]:
    database = open_database(office_server.config)
    with database.reading() as session:
        employer = session.scalar(select(AccountRow.employer_id).where(AccountRow.role == Role.EMPLOYER))
    play_a_month(database, employer)
    yield database
    database.close()


def figures_of(page: Page) -> list[tuple[str, int, str]]:
    """(address, count, shown) of every figure that is a link."""
    found = page.locator("a[data-count]").evaluate_all(
        "all => all.map(a => [a.getAttribute('href'), Number(a.dataset.count), a.textContent.trim()])"
    )
    return [(href, count, text) for href, count, text in found]


def rows_told(page: Page, address: str) -> tuple[int, int]:
    """The number that a page of rows tells, and what its rows of all pages come to."""
    total, rows = 0, 0
    next_page: str | None = address
    while next_page:
        answer = page.request.get(urljoin(page.url, next_page))
        assert answer.status == 200, next_page
        html = answer.text()
        total = int(_TOTAL.search(html)[1])  # type: ignore[index]
        weighted = "名额</th>" in html
        body = html.partition("<tbody>")[2].partition("</tbody>")[0]
        rows += sum(map(int, _LAST_CELL.findall(body))) if weighted else body.count("<tr>")
        more = re.search(r'<a href="([^"]+)">下一页', html)
        next_page = more[1].replace("&amp;", "&") if more else None
    return total, rows


@pytest.mark.usefixtures("office")
def test_every_figure_of_the_overview_opens_rows_that_come_to_it(signed_in: Open, axe_violations: Axe) -> None:
    page = signed_in(Role.MANAGER, **DESK)
    page.goto("/manage")
    expect(page.get_by_role("heading", name=re.compile("总览"))).to_be_visible()
    assert axe_violations(page) == []
    figures = figures_of(page)
    assert len(figures) > 60
    wrong = [
        (href, count, told)
        for href, count in sorted({(href, count) for href, count, _ in figures})
        if (told := rows_told(page, href)) != (count, count)
    ]
    assert wrong == []
    misprinted = [one for one in figures if one[2].replace(",", "").isdigit() and int(one[2].replace(",", "")) != one[1]]
    assert misprinted == []
    keys = {href.partition("/manage/rows/")[2].partition("?")[0] for href, _, _ in figures}
    assert keys >= {"willing", "covered", "short", "openings", "seekers", "loads", "pushes", "events", "group", "referred"}


@pytest.mark.usefixtures("office")
def test_the_map_is_reached_by_keyboard_and_stands_beside_a_table(signed_in: Open) -> None:
    page = signed_in(Role.MANAGER, **DESK)
    page.goto("/manage")
    town = page.locator("svg.map a").first
    town.focus()
    expect(town).to_be_focused()
    count = int(town.get_attribute("data-count") or "-1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/manage/rows/short"))
    expect(page.locator("[data-total]")).to_have_attribute("data-total", str(count))
    page.goto("/manage")
    bubbles = page.locator("svg.map a").count()
    assert page.locator("table", has=page.get_by_role("columnheader", name="乡镇")).locator("tbody tr").count() >= bubbles


@pytest.mark.usefixtures("office")
def test_a_town_chosen_narrows_everything_to_it(signed_in: Open) -> None:
    page = signed_in(Role.MANAGER, **DESK)
    page.goto("/manage")
    row = page.locator("table", has=page.get_by_role("columnheader", name="乡镇")).locator("tbody tr").first
    people = row.locator("a[data-count]").first.get_attribute("data-count")
    row.locator("th a").click()
    expect(page.locator(".promise a[data-count]").nth(1)).to_have_attribute("data-count", people or "")
    expect(page.get_by_role("heading", name="各村（社区）")).to_be_visible()


def test_an_export_asks_for_a_reason_and_is_logged(signed_in: Open, office: Database) -> None:
    page = signed_in(Role.MANAGER, **DESK)
    page.goto("/manage/rows/short")
    answer = page.request.post(
        f"{page.url.partition('?')[0]}/export",
        form={"reason": "调度会核对", "csrf_token": page.locator("form.export input[name=csrf_token]").input_value()},
        headers={"Origin": page.url.partition("/manage")[0]},
    )
    assert answer.status == 200
    rows = list(load_workbook(BytesIO(answer.body())).worksheets[1].iter_rows(values_only=True))
    assert len(rows) - 1 == int(page.locator("[data-total]").get_attribute("data-total") or 0)
    with office.reading() as session:
        logged = session.scalars(select(AuditRow).where(AuditRow.action == "export_rows")).all()
        assert {one.reason for one in logged} >= {"调度会核对"}
        assert AuditRepository(session).verify().intact


@pytest.mark.usefixtures("office")
def test_every_figure_of_the_monthly_report_opens_its_rows(signed_in: Open, axe_violations: Axe) -> None:
    page = signed_in(Role.MANAGER, **DESK)
    page.goto("/manage/report")
    assert axe_violations(page) == []
    figures = figures_of(page)
    assert len(figures) == 16
    assert [one for one in figures if rows_told(page, one[0]) != (one[1], one[1])] == []


def test_an_officer_sends_a_posting_back_and_lets_another_out(
    signed_in: Open, axe_violations: Axe, office: Database
) -> None:
    with office.reading() as session:
        employer = session.scalar(select(AccountRow.employer_id).where(AccountRow.role == Role.EMPLOYER))
    until = (office.clock.now() + timedelta(days=20)).date().isoformat()
    ids = [
        submit_posting(
            office,
            employer,
            PostingForm(title, duties, "2", "4000元/月", "样例街", "13800001234", until),
            actor="样例",
        )
        for title, duties in (("甲岗", "收银、理货"), ("乙岗", "收银，限女性"))
    ]
    page = signed_in(Role.MANAGER, **DESK)
    page.goto("/manage/review")
    assert axe_violations(page) == []
    first, second = (page.locator("article", has_text=title) for title in ("甲岗", "乙岗"))
    expect(second.locator("mark")).to_have_text(re.compile("女"))
    second.locator("input[name=reason]").fill("请删去性别限制")
    second.get_by_role("button", name="退回修改").click()
    first.get_by_role("button", name="通过").click()
    expect(page.get_by_role("status")).to_contain_text("已通过")
    with office.reading() as session:
        states = {one: session.get_one(PostingRow, one).review_state.value for one in ids}
    assert list(states.values()) == ["passed", "returned"]


@pytest.mark.usefixtures("office")
def test_switching_the_region_pack_changes_targets_and_dates_at_once(signed_in: Open, axe_violations: Axe) -> None:
    page = signed_in(Role.MANAGER, **DESK)
    page.goto("/manage/settings")
    assert axe_violations(page) == []
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_label("枣阳市").check()
    page.get_by_role("button", name="换用所选区域包").click()
    expect(page.get_by_role("status")).to_contain_text("枣阳市")
    page.goto("/manage")
    expect(page.locator("progress")).to_have_attribute("max", "30")
    page.goto("/manage/report")
    expect(page.locator("main")).to_contain_text("每月 24 日前报送")
    expect(page.locator("h2")).to_have_text(["一、目标任务落实进度"])


@pytest.mark.usefixtures("office")
def test_others_do_not_get_in(signed_in: Open) -> None:
    for role in (Role.EMPLOYER, Role.CASEWORKER):
        page = signed_in(role)
        for address in ("/manage", "/manage/rows/short", "/manage/report", "/manage/review", "/manage/settings"):
            assert page.request.get(urljoin(page.url, address)).status == 403, (role, address)
