"""A shop owner on a phone: paste, put right, submit; then answer, renew, withdraw. Nothing of others is reached."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from office_history import play_a_month
from office_site import OfficeServer
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matcher.domain.posting_terms import PublishState
from matcher.domain.service_terms import Role, Scope
from matcher.services.access import create_key
from matcher.services.installation import open_database
from matcher.store.database import Database
from matcher.store.repositories.audit import AuditRepository
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.people import WorkerIdentityRow, WorkerPhoneRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import AuditRow

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
MESSAGE = "急招包装工2名，限女性，18-40岁，工资5000-6500元/月，电话13800001234"
Open = Callable[..., Page]
Axe = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def office(office_server: OfficeServer) -> Iterator[Database]:
    database = open_database(office_server.config)
    play_a_month(database, employer_of(database))
    yield database
    database.close()


def employer_of(database: Database) -> str:
    with database.reading() as session:
        found = session.scalar(select(AccountRow.employer_id).where(AccountRow.role == Role.EMPLOYER))
    assert found
    return found


def matches(server: OfficeServer, key: str, sentence: str) -> set[str]:
    """Titles of what a person with this wish is shown now."""
    answer = httpx.post(
        f"{server.url}/api/v1/match/jobs-for-worker",
        json={"worker": {"text": sentence}, "top": 60},
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return set(re.findall(r'"title":"([^"]+)"', answer.text))


def test_a_message_becomes_a_posting_that_is_matched_after_the_check_and_gone_when_withdrawn(
    office_server: OfficeServer, office: Database, signed_in: Open, axe_violations: Axe
) -> None:
    key = create_key(office, "浏览器测试", [Scope.MATCH], actor="样例").text
    page = signed_in(Role.EMPLOYER, **PHONE)
    page.goto("/employer/new")
    assert axe_violations(page) == []
    page.fill("#message", MESSAGE)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="2 处要改")).to_be_visible()
    assert axe_violations(page) == []
    for left in (1, 0):
        page.get_by_role("button", name="按建议改").first.click()
        expect(page.get_by_role("button", name="按建议改")).to_have_count(left)
    expect(page.get_by_text("消息里还缺：工作地点、有效期")).to_be_visible()
    page.get_by_label("岗位名称").fill("样例奇巧包装工")
    page.get_by_label("工作地点").fill("样例工业园")
    page.get_by_label("有效期").fill((office.clock.now() + timedelta(days=20)).date().isoformat())
    assert "女" not in page.get_by_label("工作内容和要求").input_value().replace("男女不限", "")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status")).to_contain_text("已提交")
    expect(page.locator(".job", has_text="样例奇巧包装工")).to_contain_text("待审核")
    assert "样例奇巧包装工" not in matches(office_server, key, "想干包装工")

    officer = signed_in(Role.MANAGER)
    officer.goto("/manage/review")
    officer.locator("article", has_text="样例奇巧包装工").get_by_role("button", name="通过").click()
    expect(officer.get_by_role("status")).to_contain_text("已通过")
    assert "样例奇巧包装工" in matches(office_server, key, "想干包装工")

    page.goto("/employer")
    page.get_by_role("link", name="样例奇巧包装工").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤下").click()
    expect(page.get_by_role("status")).to_contain_text("已撤下")
    assert "样例奇巧包装工" not in matches(office_server, key, "想干包装工")


def test_somebody_who_wants_to_come_is_masked_until_asked_for_and_answered_with_one_tap(
    office: Database, signed_in: Open, axe_violations: Axe
) -> None:
    page = signed_in(Role.EMPLOYER, **PHONE)
    page.goto("/employer")
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("link", name=re.compile("人想来，等您回话")).first.click()
    assert axe_violations(page) == []
    identity = person_shown(office, page)
    assert identity.name not in page.content()
    assert "没有同意向单位展示" in page.content()
    page.get_by_role("button", name="看姓名和电话").first.click()
    expect(page.locator(".told b")).to_have_text(identity.name)
    with office.reading() as session:
        assert session.scalars(select(AuditRow).where(AuditRow.action == "reveal_identity")).one().actor == "danwei"
    page.get_by_role("button", name="见过面了").first.click()
    expect(page.get_by_role("status")).to_contain_text("已记下")
    expect(page.locator(".person").first).to_contain_text("见过面")
    with office.reading() as session:
        assert AuditRepository(session).verify().intact


def person_shown(office: Database, page: Page) -> WorkerIdentityRow:
    push_id = int((page.locator(".contact").first.get_attribute("id") or "").partition("-")[2])
    with office.reading() as session:
        return session.get_one(WorkerIdentityRow, session.get_one(PushRow, push_id).worker_id)


def test_nothing_of_another_employer_is_reached_and_no_page_tells_of_people(office: Database, signed_in: Open) -> None:
    mine = employer_of(office)
    with office.reading() as session:
        theirs = session.scalars(
            select(PostingRow.posting_id).where(
                PostingRow.employer_id != mine, PostingRow.publish_state == PublishState.LIVE
            )
        ).first()
        names = set(session.scalars(select(WorkerIdentityRow.name))) - {None}
        phones = set(session.scalars(select(WorkerPhoneRow.phone)))
        own = session.scalars(select(PostingRow.posting_id).where(PostingRow.employer_id == mine)).all()
    assert theirs is not None
    page = signed_in(Role.EMPLOYER, **PHONE)
    page.goto("/employer")
    token = page.locator("input[name=csrf_token]").first.input_value()
    address = f"{page.url}/postings/{quote(theirs)}"
    assert page.request.get(address).status == 404
    assert page.request.get(f"{address}/edit").status == 404
    origin = page.url.removesuffix("/employer")
    for what in ("renew", "filled", "withdraw", "invite", "edit"):
        answer = page.request.post(
            f"{address}/{what}", form={"csrf_token": token, "left": "1"}, headers={"Origin": origin}
        )
        assert answer.status == 404, what
    for other in ("/desk", "/manage", "/live", "/fair", "/admin"):
        assert page.request.get(origin + other).status in (403, 404)
    for posting_id in own[:6]:
        html = page.request.get(f"{page.url}/postings/{quote(posting_id)}").text()
        assert not [one for one in names | phones if one and one in html]


def test_renewing_asks_how_many_and_a_filled_posting_opens_again(office: Database, signed_in: Open) -> None:
    page = signed_in(Role.EMPLOYER, **PHONE)
    page.goto("/employer")
    page.locator(".job", has=page.locator(".chip.good")).last.locator("h2 a").click()
    page.get_by_role("button", name="招满了").click()
    expect(page.locator(".chip.warn").first).to_be_visible()
    page.get_by_label("还招").fill("4")
    page.get_by_role("button", name="重新招人").click()
    expect(page.get_by_role("status")).to_contain_text("已续期")
    expect(page.locator("main")).to_contain_text("还招 4 人")
