"""A caseworker's morning in a real browser: from the queue to a printed letter, calls, a refusal, a batch, a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from office_site import OfficeServer
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from matcher.domain.service_terms import ConsentPurpose, FollowUpKind, PushState, ResponseReason, Role
from matcher.domain.worker_terms import JobStatus
from matcher.services.demo.demo_accounts import OTHER_CASEWORKER
from matcher.services.installation import open_database
from matcher.store.database import Database
from matcher.store.repositories.consents import consented
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import AuditRow
from matcher.store.tables.workers import WorkerRow

pytestmark = pytest.mark.browser
DESK = {"width": 1440, "height": 900}
LAPTOP = {"width": 1280, "height": 720}
OpenPage = Callable[..., Page]
WRONG_FILE = "编号,姓名,身份证号,手机号\n0071,样例冬一,13060019800305001,15400009001\n"


@pytest.fixture(scope="module")
def database(office_server: OfficeServer) -> Iterator[Database]:
    """The service's own database, to arrange what a morning begins with and to see what it left."""
    opened = open_database(office_server.config)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def no_phone(database: Database) -> str:
    """Somebody of the caseload who wants work, has no phone, and is to be contacted today."""
    with database.writing("样例") as session:
        row = WorkerRow
        query = (
            select(row.worker_id)
            .join(AccountRow, AccountRow.id == row.caseworker_id)
            .where(
                AccountRow.login == "bangfu",
                row.job_status == JobStatus.SEEKING,
                consented(ConsentPurpose.MATCHING),
                consented(ConsentPurpose.CONTACT),
            )
        )
        worker_id = session.scalars(query.order_by(row.worker_id)).first()
        assert worker_id is not None
        session.execute(
            update(row)
            .where(row.worker_id == worker_id)
            .values(no_phone=True, contact_preference=None, literacy=None, version=row.version + 1)
        )
        yesterday = session.now() - timedelta(days=1)
        FollowUpRepository(session).schedule(worker_id, FollowUpKind.PUSH, yesterday, note="样例约好")
    return worker_id


def pushes_of(database: Database, worker_id: str) -> list[PushRow]:
    with database.reading() as session:
        return list(session.scalars(select(PushRow).where(PushRow.worker_id == worker_id).order_by(PushRow.id)))


def open_person(page: Page, worker_id: str, kind: str = "") -> None:
    page.goto(f"/desk/people/{worker_id}" + (f"?kind={kind}" if kind else ""))


def test_two_postings_go_from_the_queue_to_a_printed_letter_in_three_clicks(
    signed_in: OpenPage, no_phone: str, database: Database, axe_violations: Callable[[Page], list[str]]
) -> None:
    page = signed_in(Role.CASEWORKER, viewport=DESK)
    page.goto("/desk")
    assert axe_violations(page) == []
    page.keyboard.press("j")
    expect(page.locator("[data-open]").first).to_be_focused()
    page.locator("[data-open]").first.click()
    page.wait_for_url("**/desk/people/**")
    assert axe_violations(page) == []
    page.locator("#push-form button.primary").click()
    dialog = page.locator("#desk-dialog[open]")
    expect(dialog).to_contain_text("信函预览")
    assert axe_violations(page) == []
    dialog.locator("button.primary").click()
    expect(dialog).to_contain_text("信函已生成")
    sent = pushes_of(database, no_phone)
    assert [push.state for push in sent] == [PushState.SENT, PushState.SENT]
    link = dialog.get_by_role("link", name="打印信函").get_attribute("href")
    letter = page.request.get(link or "")
    assert letter.body().startswith(b"%PDF")
    open_person(page, no_phone)
    expect(page.locator(".desk-timeline")).to_contain_text("人工")


def test_a_call_is_logged_with_number_keys(signed_in: OpenPage, no_phone: str, database: Database) -> None:
    page = signed_in(Role.CASEWORKER, viewport=LAPTOP)
    open_person(page, no_phone, "scheduled")
    page.keyboard.press("4")
    expect(page.locator("[data-reasons]").first).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.type("骑车太远")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("通话已登记")
    newest = pushes_of(database, no_phone)[-1]
    assert (newest.state, newest.response_reason) == (PushState.UNSUITABLE, ResponseReason.TOO_FAR)
    page.goto("/desk?tab=due")
    expect(page.locator(".desk-empty")).to_contain_text("没有人")


def test_a_refusal_needs_a_note_and_can_be_contested(
    signed_in: OpenPage, no_phone: str, database: Database
) -> None:
    page = signed_in(Role.CASEWORKER, viewport=DESK)
    open_person(page, no_phone)
    page.locator("[data-said=refused]").first.check(force=True)
    expect(page.locator("[data-refusal]").first).to_be_visible()
    page.locator("#call button.primary").click()
    assert pushes_of(database, no_phone)[-1].state is PushState.UNSUITABLE, "without a note nothing is sent"
    page.fill("textarea[name=note]", "今天通话，说都不去")
    page.locator("#call button.primary").click()
    expect(page.locator("#call-told")).to_contain_text("可以提出")
    assert pushes_of(database, no_phone)[-1].state is PushState.DECLINED
    open_person(page, no_phone)
    page.get_by_role("button", name="本人有异议").click()
    page.get_by_role("button", name="异议成立").click()
    expect(page.get_by_role("status").first).to_contain_text("已更正")
    assert pushes_of(database, no_phone)[-1].state is PushState.UNANSWERED


def test_a_person_of_another_caseworker_is_not_there(signed_in: OpenPage, database: Database) -> None:
    with database.reading() as session:
        theirs = session.scalar(
            select(WorkerRow.worker_id)
            .join(AccountRow, AccountRow.id == WorkerRow.caseworker_id)
            .where(AccountRow.login == OTHER_CASEWORKER)
            .limit(1)
        )
    page = signed_in(Role.CASEWORKER)
    for worker_id in (theirs, "nobody"):
        answer = page.goto(f"/desk/people/{worker_id}")
        assert answer is not None
        assert answer.status == 404
        expect(page.locator("main")).to_contain_text("不在您的服务范围")
    page.goto("/desk")
    sent = page.evaluate(
        """async (address) => {
            const form = new URLSearchParams({posting: "样例:1"});
            const token = document.querySelector("input[type=hidden]");
            form.set(token.name, token.value);
            return (await fetch(address, {method: "POST", body: form})).status;
        }""",
        f"/desk/people/{theirs}/push",
    )
    assert sent == 404
    assert pushes_of(database, str(theirs)) == []


def test_a_number_is_shown_for_a_reason_that_is_logged(
    signed_in: OpenPage, no_phone: str, database: Database
) -> None:
    page = signed_in(Role.CASEWORKER, viewport=DESK)
    open_person(page, no_phone)
    assert "*" in page.locator(".desk-file .digits").first.inner_text()
    page.get_by_text("查看完整号码").click()
    page.locator("form[hx-post$=reveal] select").select_option("id_number")
    page.locator("form[hx-post$=reveal] input[name=reason]").fill("核对登记信息")
    page.locator("form[hx-post$=reveal] button").click()
    expect(page.locator("#revealed b")).to_have_text(re.compile(r"^\d{17}[\dX]$"))
    with database.reading() as session:
        act = session.scalars(
            select(AuditRow).where(AuditRow.action == "reveal_identity").order_by(AuditRow.seq.desc())
        ).first()
    assert act is not None
    assert (act.actor, act.entity_id, act.reason) == ("bangfu", no_phone, "核对登记信息")


def test_a_batch_is_tried_approved_by_another_and_sent(
    signed_in: OpenPage, axe_violations: Callable[[Page], list[str]]
) -> None:
    page = signed_in(Role.CASEWORKER, viewport=DESK)
    page.goto("/desk/batches")
    assert axe_violations(page) == []
    page.fill("input[name=name]", "样例一批")
    page.get_by_role("button", name="试算").click()
    page.wait_for_url(re.compile(r"/desk/batches/\d+$"), timeout=30_000)
    assert axe_violations(page) == []
    expect(page.get_by_role("button", name="批准发送")).to_have_count(0)
    assert page.request.get(f"{page.url}/workbook").body().startswith(b"PK")
    manager = signed_in(Role.MANAGER, viewport=DESK)
    manager.goto(page.url)
    manager.get_by_role("button", name="批准发送").click()
    page.reload()
    page.get_by_role("button", name="发送第 1 批").click()
    page.wait_for_url(re.compile(r"/desk/batches/\d+$"), timeout=30_000)
    expect(page.locator("#batch-status")).to_contain_text("已发")
    page.fill("form[action$=stop] input[name=reason]", "样例叫停")
    page.get_by_role("button", name="叫停").click()
    expect(page.locator("h1")).to_contain_text("已叫停")


def test_a_wrong_row_is_put_right_in_the_grid(
    signed_in: OpenPage, tmp_path: Path, axe_violations: Callable[[Page], list[str]]
) -> None:
    page = signed_in(Role.CASEWORKER, viewport=DESK)
    path = tmp_path / "样例名单.csv"
    path.write_text(WRONG_FILE, "utf-8")
    page.goto("/desk/imports")
    assert axe_violations(page) == []
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="导入").click()
    page.wait_for_url(re.compile(r"/desk/imports/\d+$"), timeout=30_000)
    assert axe_violations(page) == []
    wrong = page.locator(".is-wrong input")
    expect(wrong).to_have_value("13060019800305001")
    wrong.fill("")
    page.get_by_role("button", name="提交更正的行").click()
    expect(page.locator(".desk-empty")).to_contain_text("没有要更正的行", timeout=30_000)


def test_the_other_pages_are_open_to_everybody_with_a_keyboard_and_a_reader(
    signed_in: OpenPage, axe_violations: Callable[[Page], list[str]]
) -> None:
    page = signed_in(Role.CASEWORKER, viewport=LAPTOP)
    for address in ("/desk/people", "/desk/households", "/desk?tab=broken"):
        page.goto(address)
        assert axe_violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_a_manager_sees_batches_and_no_file(signed_in: OpenPage, no_phone: str) -> None:
    page = signed_in(Role.MANAGER)
    for address in (f"/desk/people/{no_phone}", "/desk/people", "/desk", "/desk/imports"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 403, address
