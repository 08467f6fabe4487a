"""The kiosk in a real Chromium: two people in a row, an idle screen, a cut line, a keyboard, two screens."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from office_site import OfficeServer
from playwright.sync_api import Page, expect

from matcher.domain.posting_terms import PublishState
from matcher.domain.service_terms import Role
from matcher.services.installation import open_database
from matcher.store.repositories.postings import PostingRepository

pytestmark = pytest.mark.browser

STANDING, LYING = {"width": 1080, "height": 1920}, {"width": 1920, "height": 1080}
PHONE = "13900005678"
WORDS = "会贴砖，样例暗号"
TRACES = (PHONE, "139 0000 5678", "5678", "样例暗号")

OpenPage = Callable[..., Page]


@pytest.fixture
def kiosk(signed_in: OpenPage) -> Page:
    page = signed_in(Role.KIOSK_DEVICE, viewport=STANDING)
    page.goto("/kiosk")
    return page


def tap(page: Page, name: str, *, nth: int = 0) -> None:
    page.get_by_role("button", name=name).nth(nth).click()


def title(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_contain_text(text)


def to_jobs(page: Page) -> None:
    tap(page, "长期稳定")
    title(page, "会干什么")
    tap(page, "都行")
    title(page, "最远走多久")
    tap(page, "哪都行")
    title(page, "先看这些")


def first_person(page: Page) -> None:
    """Says something of their own, takes a slip, leaves a phone."""
    tap(page, "说一说，写一写")
    page.fill("#words", WORDS)
    page.get_by_role("button", name="找活", exact=True).click()
    title(page, "先看这些")
    tap(page, "我要去")
    title(page, "小票打好了")
    tap(page, "留个电话")
    title(page, "留个电话")
    for digit in PHONE:
        page.locator(f'[data-key="{digit}"]').click()
    expect(page.locator("#number")).to_have_value("139 0000 5678")
    tap(page, "同意，打给我")
    title(page, "记下了")
    expect(page.locator(".masked")).to_have_text("139****5678")


def kept(page: Page) -> str:
    """Everything a next person, or a curious one with the developer tools, could find in the browser."""
    stored = page.evaluate(
        """async () => {
            const caches_ = [];
            for (const name of await caches.keys()) {
                for (const request of await (await caches.open(name)).keys()) {
                    caches_.push(request.url, await (await caches.match(request)).text());
                }
            }
            return JSON.stringify([document.documentElement.outerHTML, location.href, history.state, document.cookie,
                Object.assign({}, localStorage), Object.assign({}, sessionStorage), caches_, window.name,
                Array.from(document.querySelectorAll('input,textarea')).map((one) => one.value)]);
        }"""
    )
    cookies = json.dumps(page.context.cookies(), ensure_ascii=False)
    return f"{stored} {cookies}"


def test_nothing_of_the_first_person_is_left_for_the_second(kiosk: Page) -> None:
    entries = kiosk.evaluate("history.length")
    first_person(kiosk)
    assert kiosk.evaluate("history.length") == entries, "no step of a person is in the history"
    names = [one["name"] for one in kiosk.context.cookies()]
    tap(kiosk, "结束，清空屏幕")
    title(kiosk, "您想找什么活")
    for look in (lambda: None, kiosk.go_back, kiosk.go_forward, kiosk.reload):
        look()
        if "/kiosk" not in kiosk.url:
            kiosk.goto("/kiosk")
        title(kiosk, "您想找什么活")
        found = kept(kiosk)
        assert [trace for trace in TRACES[:2] + TRACES[3:] if trace in found] == []
        assert "****" not in found
        assert "小票" not in found
    assert [one["name"] for one in kiosk.context.cookies()] == names
    to_jobs(kiosk)
    assert "样例暗号" not in kept(kiosk)


def test_a_reload_or_a_closed_tab_in_the_middle_ends_the_visit(kiosk: Page) -> None:
    to_jobs(kiosk)
    visit = kiosk.locator("input[name=visit]").first.input_value()
    token = kiosk.locator("body").get_attribute("data-token")
    kiosk.reload()
    title(kiosk, "您想找什么活")
    asked = """([visit, token]) => fetch('/kiosk/more', {method: 'POST', body: 'visit=' + visit, headers: {
        'X-Kiosk': '1', 'X-CSRF-Token': token, 'Content-Type': 'application/x-www-form-urlencoded'
    }}).then((answer) => answer.text())"""
    assert "您想找什么活" in kiosk.evaluate(asked, [visit, token])


def test_an_idle_screen_asks_and_then_wipes(signed_in: OpenPage) -> None:
    page = signed_in(Role.KIOSK_DEVICE, viewport=STANDING)
    page.clock.install()
    page.goto("/kiosk")
    page.clock.run_for(70_000)
    expect(page.locator("#warning")).to_be_hidden()
    tap(page, "长期稳定")
    title(page, "会干什么")
    page.clock.run_for(44_000)
    expect(page.locator("#warning")).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page.locator("#warning")).to_be_visible()
    expect(page.locator("#app")).to_be_hidden()
    tap(page, "我还在")
    expect(page.locator("#warning")).to_be_hidden()
    title(page, "会干什么")
    page.clock.run_for(46_000)
    expect(page.locator("#warning")).to_be_visible()
    page.clock.run_for(21_000)
    title(page, "您想找什么活")


def test_a_screen_with_a_phone_on_it_waits_less_long(signed_in: OpenPage) -> None:
    page = signed_in(Role.KIOSK_DEVICE, viewport=STANDING)
    page.clock.install()
    page.goto("/kiosk")
    to_jobs(page)
    tap(page, "我要去")
    title(page, "小票打好了")
    tap(page, "留个电话")
    title(page, "留个电话")
    page.locator('[data-key="1"]').click()
    page.clock.run_for(31_000)
    expect(page.locator("#warning")).to_be_visible()
    page.clock.run_for(21_000)
    title(page, "您想找什么活")


def test_a_cut_line_shows_the_last_board_and_no_way_to_go(kiosk: Page) -> None:
    expect(kiosk.locator("h1")).to_be_visible()
    kiosk.wait_for_load_state("networkidle")
    kiosk.context.set_offline(True)
    tap(kiosk, "长期稳定")
    expect(kiosk.locator("#offline h1")).to_contain_text("网络断了")
    expect(kiosk.locator("#offline .notice")).to_contain_text("更新于")
    assert kiosk.locator("#offline .board li").count() > 0
    assert "我要去" not in kiosk.locator("body").inner_text()
    expect(kiosk.get_by_role("button", name="打一张窗口条")).to_be_visible()
    kiosk.context.set_offline(False)
    title(kiosk, "您想找什么活")


def test_an_old_board_is_thrown_away(kiosk: Page) -> None:
    kiosk.wait_for_load_state("networkidle")
    kiosk.evaluate(
        "const kept = JSON.parse(localStorage.getItem('kiosk-board')); kept.at -= 1900;"
        "localStorage.setItem('kiosk-board', JSON.stringify(kept))"
    )
    kiosk.context.set_offline(True)
    tap(kiosk, "长期稳定")
    expect(kiosk.locator("#offline .notice")).to_contain_text("请到窗口问")
    assert kiosk.locator("#offline .board li").count() == 0
    assert kiosk.evaluate("localStorage.getItem('kiosk-board')") is None


def test_a_posting_taken_down_while_it_is_on_the_screen_is_never_printed(
    kiosk: Page, office_server: OfficeServer
) -> None:
    kiosk.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    kiosk.goto("/kiosk")
    to_jobs(kiosk)
    posting = kiosk.locator('form[action="/kiosk/slip"] button').first.get_attribute("value") or ""
    database = open_database(office_server.config)
    with database.writing("test") as session:
        PostingRepository(session).set_states([posting], publish_state=PublishState.WITHDRAWN)
    database.close()
    tap(kiosk, "我要去")
    expect(kiosk.locator(".notice")).to_contain_text("没有打印")
    assert kiosk.evaluate("window.printed || 0") == 0
    tap(kiosk, "我要去")
    title(kiosk, "小票打好了")
    kiosk.wait_for_timeout(200)
    assert kiosk.evaluate("window.printed") == 1
    kiosk.emulate_media(media="print")
    expect(kiosk.locator(".paper")).to_be_visible()
    expect(kiosk.get_by_role("button", name="再打一次")).to_be_hidden()


def test_the_whole_way_by_keyboard(kiosk: Page) -> None:
    def press(name: str) -> None:
        for _ in range(40):
            kiosk.keyboard.press("Tab")
            if name in (kiosk.evaluate("document.activeElement.textContent") or ""):
                kiosk.keyboard.press("Enter")
                return
        raise AssertionError(f"no way by keyboard to {name}")

    press("今天就干")
    title(kiosk, "会干什么")
    press("都行")
    title(kiosk, "最远走多久")
    press("哪都行")
    title(kiosk, "先看这些")
    press("我要去")
    title(kiosk, "小票打好了")
    press("结束")
    title(kiosk, "您想找什么活")


def test_cleaning_locks_the_screen_for_a_minute(signed_in: OpenPage) -> None:
    page = signed_in(Role.KIOSK_DEVICE, viewport=STANDING)
    page.clock.install()
    page.goto("/kiosk")
    page.locator("#clean").dispatch_event("mousedown")
    page.clock.run_for(2_100)
    expect(page.locator("#cleaning")).to_be_visible()
    expect(page.locator("#app")).to_be_hidden()
    page.clock.run_for(61_000)
    expect(page.locator("#cleaning")).to_be_hidden()
    title(page, "您想找什么活")


def test_reading_aloud_is_offered_where_the_machine_has_a_voice(kiosk: Page) -> None:
    to_jobs(kiosk)
    expect(kiosk.locator(".speak").first).to_be_hidden()
    kiosk.add_init_script(
        "speechSynthesis.getVoices = () => [{lang: 'zh-CN', localService: true, name: '样例'}];"
        "speechSynthesis.speak = (words) => { window.said = words.text; };"
        "window.SpeechSynthesisUtterance = function (text) { this.text = text; };"
    )
    kiosk.goto("/kiosk")
    to_jobs(kiosk)
    card = kiosk.locator(".card").first
    card.locator(".speak").click()
    said = kiosk.evaluate("window.said")
    assert card.locator("h2").inner_text() in said


@pytest.mark.parametrize("size", [STANDING, LYING], ids=["standing", "lying"])
def test_every_screen_can_be_used_by_everybody(
    signed_in: OpenPage, axe_violations: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = signed_in(Role.KIOSK_DEVICE, viewport=size)
    page.goto("/kiosk")
    seen = []

    def look(text: str) -> None:
        title(page, text)
        seen.append(text)
        assert axe_violations(page) == [], text
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{text}: {wide} wide"

    look("您想找什么活")
    tap(page, "说一说")
    look("您说一句")
    tap(page, "上一步")
    tap(page, "我收到过信")
    look("请输信上的号码")
    tap(page, "上一步")
    tap(page, "包吃包住")
    look("会干什么")
    tap(page, "都行")
    look("最远走多久")
    tap(page, "哪都行")
    look("先看这些")
    tap(page, "我要去")
    look("小票打好了")
    tap(page, "窗口帮我")
    look("拿着窗口条")
    tap(page, "回去看岗位")
    tap(page, "看全部")
    look("全部岗位")
    assert len(seen) == 9
    small = page.evaluate(
        """() => Array.from(document.querySelectorAll('button')).filter((one) => one.offsetHeight
            && (one.offsetHeight < 60 || one.offsetWidth < 60)).map((one) => one.textContent.trim())"""
    )
    assert small == []
