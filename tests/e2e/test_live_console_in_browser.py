"""A show in a real browser: two consoles, the prompter, a cut line, a withdrawn posting, leads that stay masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from live_show import CALLER, FIRST, RED, SECOND, Show, show_in
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from matcher.store.tables.live import LiveLeadRow
from matcher.store.tables.records import AuditRow
from tests.live_world import places_left, take_down

pytestmark = pytest.mark.browser
PHONE = "13800001234"
SOON, BACK = 25_000, 40_000
Axe = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def live_show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    made = show_in(tmp_path_factory.mktemp("show"))
    made.start()
    yield made
    made.cut()
    made.database.close()


@pytest.fixture
def show(live_show: Show) -> Iterator[Show]:
    yield live_show
    live_show.close_pages()


def console(show: Show, browser: Browser, login: str = FIRST) -> Page:
    page = show.page(browser, login)
    page.goto(show.address)
    expect(page.locator("#link")).to_have_attribute("data-state", "open")
    return page


def on_air(page: Page, number: int, timeout: int = SOON) -> None:
    expect(page.locator(".air-no b")).to_have_text(str(number), timeout=timeout)


def done(page: Page, step: Callable[[], None], shown: Callable[[], None]) -> None:
    """Take a step; where a busy machine cut the line for a moment and the console says so, take it again as told."""
    step()
    try:
        shown()
    except AssertionError:
        expect(page.locator("#notices")).to_contain_text("请再做一次")
        step()
        shown()


def test_a_number_key_shows_the_posting_on_every_screen(
    show: Show, browser: Browser, axe_violations: Axe
) -> None:
    first, second = console(show, browser), console(show, browser, SECOND)
    prompter = show.page(browser, FIRST, viewport={"width": 1920, "height": 1080})
    prompter.goto(f"{show.address}/prompter")
    number = show.numbers[0]
    first.keyboard.press(str(number))
    for page in (first, second):
        on_air(page, number)
    expect(prompter.locator(".number b")).to_have_text(str(number), timeout=SOON)
    expect(prompter.locator("#script")).to_have_css("font-size", re.compile(r"(4[89]|[5-9]\d)(\.\d+)?px"))
    expect(prompter.locator(".unsaid")).to_contain_text("不得说")
    prompter.keyboard.press("g")
    expect(prompter.locator("#guest li")).to_have_count(3)
    expect(prompter.locator("#script")).to_be_hidden()
    assert axe_violations(prompter) == []
    second.keyboard.press("Escape")
    expect(first.locator(".air-no")).to_have_count(0, timeout=SOON)
    expect(prompter.locator(".nothing")).to_be_visible(timeout=SOON)
    assert show.on_air() is None
    first.keyboard.press(str(number))
    on_air(second, number)


def test_keys_are_for_writing_while_somebody_writes_and_may_be_turned_off(show: Show, browser: Browser) -> None:
    page = console(show, browser)
    page.keyboard.press("/")
    page.keyboard.type(str(show.numbers[1]))
    page.keyboard.press("Escape")
    page.uncheck("#keys-on")
    page.keyboard.press(str(show.numbers[1]))
    page.check("#keys-on")
    page.locator("#keys-on").blur()
    page.keyboard.press(str(show.numbers[2]))
    on_air(page, show.numbers[2])
    expect(page.locator(f"#item-{show.numbers[1]} .chip")).to_have_count(0)
    expect(page.locator(f"#air-{show.numbers[1]}")).to_have_text("上播")


def test_a_red_posting_does_not_air_and_says_why(show: Show, browser: Browser) -> None:
    page = console(show, browser)
    red = page.locator(f"#item-{RED}")
    expect(red).to_contain_text("不能上播")
    expect(red).to_contain_text("没写基本报酬")
    expect(page.locator(f"#air-{RED}")).to_be_disabled()
    before = show.on_air()
    page.keyboard.type(str(RED))
    expect(page.locator("#notices")).to_contain_text(f"{RED} 号岗位现在不能上播：没写基本报酬", timeout=SOON)
    assert show.on_air() == before


def test_the_second_of_two_hosts_is_told_that_the_first_was_faster(show: Show, browser: Browser) -> None:
    page = console(show, browser)
    aired = show.numbers[3]
    page.route("**/air", lambda route: route.continue_(post_data=f"short_no={aired}&version=1"))
    page.locator(f"#air-{aired}").click()
    expect(page.locator("#notices")).to_contain_text("流程单刚被别人改过", timeout=SOON)
    assert show.on_air() != aired
    page.unroute("**/air")
    page.locator(f"#air-{aired}").click()
    on_air(page, aired)


def test_a_button_that_is_pressed_while_the_board_changes_is_still_heard(show: Show, browser: Browser) -> None:
    page, other = console(show, browser), console(show, browser, SECOND)
    changed = show.numbers[0]
    left = [view.locator(f"#item-{changed} dd").first for view in (page, other)]
    before = left[0].inner_text()
    page.locator(f"#air-{show.numbers[1]}").hover()
    page.mouse.down()
    places_left(show.database, show.posting(changed), 7)
    expect(left[1]).to_have_text("7", timeout=SOON)
    page.wait_for_timeout(1000)
    assert left[0].inner_text() == before
    page.mouse.up()
    on_air(page, show.numbers[1])
    expect(left[0]).to_have_text("7", timeout=SOON)


def test_items_are_moved_by_buttons_and_by_dragging(show: Show, browser: Browser) -> None:
    page = console(show, browser)
    order = page.locator(".item")
    first, second = (order.nth(place).get_attribute("data-no") for place in (0, 1))
    done(
        page,
        page.locator(f"#down-{first}").click,
        lambda: expect(order.nth(1)).to_have_attribute("data-no", first, timeout=SOON),
    )
    done(
        page,
        lambda: page.locator(f"#item-{first}").drag_to(page.locator(f"#item-{second}")),
        lambda: expect(order.nth(0)).to_have_attribute("data-no", first, timeout=SOON),
    )


def test_a_viewer_is_answered_with_ticks_and_the_posting_goes_on_the_run_sheet(
    show: Show, browser: Browser, axe_violations: Axe
) -> None:
    page = console(show, browser)
    page.fill("#ask", "缝纫工 50岁能去吗 有夫妻房")
    found = page.locator(".found").first
    expect(found).to_contain_text("样例缝纫工", timeout=SOON)
    expect(page.locator(".age-answer")).to_contain_text("看身体和技能")
    expect(found.locator(".ticks .yes")).to_have_count(2)
    assert page.locator(".found").count() <= 5
    assert axe_violations(page) == []
    done(
        page,
        found.get_by_role("button", name="加到流程单").click,
        lambda: expect(page.locator(".item").filter(has_text="样例缝纫工")).to_have_count(1, timeout=SOON),
    )


def test_the_line_is_cut_and_everything_catches_up(show: Show, browser: Browser) -> None:
    first, second = console(show, browser), console(show, browser, SECOND)
    prompter = show.page(browser, FIRST)
    prompter.goto(f"{show.address}/prompter")
    show.cut()
    for page in (first, prompter):
        expect(page.locator("#link-text")).to_contain_text("连接中断，正在重连", timeout=SOON)
    number = show.numbers[4]
    first.keyboard.press(str(number))
    expect(first.locator("#link-text")).to_contain_text(f"等着补发：{number}号上播")
    show.start()
    for page in (first, second):
        on_air(page, number, BACK)
    expect(prompter.locator(".number b")).to_have_text(str(number), timeout=BACK)
    expect(first.locator("#notices")).to_contain_text("已补发")
    expect(first.locator("#link-text")).to_have_text("已连接")


def test_a_key_of_another_moment_is_dropped_and_named(show: Show, browser: Browser) -> None:
    page = console(show, browser)
    show.cut()
    expect(page.locator("#link")).to_have_attribute("data-state", "lost", timeout=SOON)
    page.keyboard.press(str(show.numbers[0]))
    show.air(show.numbers[1])
    show.start()
    expect(page.locator("#notices")).to_contain_text("已作废（其间流程单被别人改过）", timeout=BACK)
    on_air(page, show.numbers[1])
    assert show.on_air() == show.numbers[1]


def test_a_withdrawn_posting_leaves_every_screen(show: Show, browser: Browser) -> None:
    number = show.numbers[5]
    page = console(show, browser)
    page.keyboard.press(str(number))
    on_air(page, number)
    page.get_by_role("button", name="叠加页地址").click()
    address = page.locator("#overlay-address").input_value()
    prompter, overlay = show.page(browser, FIRST), browser.new_context().new_page()
    show.opened.append(overlay.context)
    prompter.goto(f"{show.address}/prompter")
    expect(prompter.locator(".number b")).to_have_text(str(number))
    overlay.goto(address)
    assert "token" not in overlay.url
    expect(overlay.locator("#stage.shown .number b")).to_have_text(str(number))
    take_down(show.database, show.posting(number))
    expect(prompter.locator(".nothing")).to_be_visible(timeout=SOON)
    expect(prompter.locator("#card")).not_to_contain_text("样例")
    expect(overlay.locator("#stage:not(.shown)")).to_be_attached(timeout=SOON)
    expect(page.locator(f"#item-{number}")).to_contain_text("已撤下", timeout=SOON)


def test_no_page_of_a_host_holds_a_phone_and_a_caller_reads_one_for_a_reason(
    show: Show, browser: Browser, axe_violations: Axe
) -> None:
    page = console(show, browser)
    number = show.numbers[0]
    for new, repeated in ((1, 0), (0, 1)):
        page.fill("#paste", f"{number}号 {PHONE}")
        page.get_by_role("button", name="记下线索").click()
        expect(page.locator(".taken-counts")).to_contain_text(f"新 {new} 重复 {repeated}")
    expect(page.locator("#leads-taken")).to_contain_text("尾号 1234")
    expect(page.locator("#paste")).to_have_value("")
    for address in ("/live", show.address, f"{show.address}/board", f"{show.address}/prompter", f"{show.address}/funnel"):
        page.goto(address)
        held = page.content() + page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert PHONE[:7] not in held, address
    page.goto("/live")
    assert axe_violations(page) == []
    page.goto(f"{show.address}/funnel")
    assert axe_violations(page) == []
    assert page.goto("/desk/leads").status == 403
    call(show, browser, axe_violations)


def call(show: Show, browser: Browser, axe_violations: Axe) -> None:
    """The caller's part of it."""
    page = show.page(browser, CALLER)
    page.goto("/desk/leads")
    assert PHONE not in page.content()
    assert axe_violations(page) == []
    page.get_by_role("button", name="看电话").click()
    expect(page.locator(".revealed b")).to_have_text(PHONE)
    with show.database.reading() as session:
        lead = session.scalars(select(LiveLeadRow)).one()
        audited = session.scalars(select(AuditRow).where(AuditRow.action == "reveal_lead")).one()
    assert (audited.actor, audited.entity_id) == (CALLER, str(lead.id))
    page.get_by_role("button", name="已联系上").click()
    expect(page.locator("#following")).to_have_text("跟进中 1")
    expect(page.locator(".revealed")).to_have_count(0)


def test_a_new_livestream_is_entered_and_lined_up(show: Show, browser: Browser) -> None:
    page = show.page(browser, FIRST)
    page.goto("/live")
    page.fill("#name", "样例夜间专场")
    page.fill("#starts", "2099-03-02T19:30")
    page.get_by_role("button", name="登记并排岗位").click()
    page.wait_for_url(re.compile(r"/live/\d+$"))
    expect(page.locator("#board")).to_contain_text("流程单还是空的")
    page.fill("#wishes", "电焊工 包住\n缝纫工 夫妻房")
    page.fill("input[name=size]", "3")
    page.get_by_role("button", name="排岗位", exact=True).click()
    expect(page.locator("#problems")).to_contain_text("请调整岗位数或时长", timeout=SOON)
    page.fill("input[name=minutes]", "30")
    page.get_by_role("button", name="排岗位", exact=True).click()
    expect(page.locator("#lineup-done")).to_contain_text("排了 3 个岗位", timeout=SOON)
    expect(page.locator(".item")).to_have_count(3, timeout=SOON)
