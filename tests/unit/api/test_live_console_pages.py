"""The pages of a livestream over HTTP: what each answers, what a host never gets, what a caller gets for a reason."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from api_service import Service
from fastapi.testclient import TestClient
from office_people import Office, csrf

from api.accounts.access import ACCESS, ObjectScope
from matcher.domain.service_terms import Role
from matcher.services.installation import open_database
from matcher.services.live.sessions import create_live
from tests.live_world import job, put, version

PHONE = "15400007788"
PIECE = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def live(service: Service) -> int:
    """A livestream without postings, and two postings to put on it; the second has no pay."""
    database = open_database(service.config)
    put(database, job("console1", title="样例包装工"), job("console2", pay=None))
    starts = datetime.now(UTC) + timedelta(hours=1)
    made = create_live(database, "样例页面直播", starts, callers=["bangfu"], actor="样例")
    database.close()
    return made.event_id


@pytest.fixture
def host(office: Office) -> TestClient:
    browser = office.signed_in(Role.HOST)
    browser.headers["X-CSRF-Token"] = csrf(browser)
    return browser


@pytest.fixture
def caller(office: Office) -> TestClient:
    browser = office.signed_in(Role.CASEWORKER)
    browser.headers["X-CSRF-Token"] = csrf(browser)
    return browser


def edit(office: Office, browser: TestClient, live: int, act: str, **values: object) -> tuple[int, str]:
    seen = {"version": version(office.database, live)} | values
    answer = browser.post(f"/live/{live}/{act}", data=seen, headers=PIECE)
    return answer.status_code, html.unescape(answer.text)


def test_a_posting_is_added_aired_moved_and_taken_off(office: Office, host: TestClient, live: int) -> None:
    status, board = edit(office, host, live, "items", posting_id="console1")
    assert (status, "样例包装工" in board) == (200, True)
    number = re.search(r'id="air-(\d+)"', board)[1]
    status, board = edit(office, host, live, "air", short_no=number)
    assert f'data-on-air="{number}"' in board
    assert "号在播" in board
    assert f"{number}号岗位，" in host.get(f"/live/{live}/prompter/card").text
    assert edit(office, host, live, "move", short_no=number, place=1)[0] == 200
    status, told = edit(office, host, live, "air", short_no=number, version=1)
    assert (status, "刚被别人改过" in told) == (409, True)
    status, told = edit(office, host, live, "items", posting_id="console2")
    assert (status, "没写基本报酬" in told) == (409, True)
    status, board = edit(office, host, live, "off", short_no=number)
    assert 'data-on-air=""' in board
    assert "现在没有岗位在播" in host.get(f"/live/{live}/prompter").text
    assert f"{number}号 撤下" in host.get(f"/live/{live}/board").text


def test_a_viewers_words_are_answered_and_leave_no_address(host: TestClient, live: int) -> None:
    answer = host.post(f"/live/{live}/answer", data={"words": "50岁能去吗 电焊工 长白班"}, headers=PIECE)
    assert "可以这样说" in answer.text
    assert 0 < answer.text.count('class="card found"') <= 5
    empty = host.post(f"/live/{live}/answer", data={"words": "<script>alert(1)</script>"}, headers=PIECE)
    assert "<script>" not in empty.text
    assert 'class="card found"' not in empty.text
    assert host.post(f"/live/{live}/answer", data={"words": " "}, headers=PIECE).status_code == 200
    assert ("GET", "/live/{event_id}/answer") not in ACCESS


def test_leads_come_back_as_four_digits_and_repeats_are_told(
    office: Office, host: TestClient, caller: TestClient, live: int
) -> None:
    edit(office, host, live, "items", posting_id="console1")
    number = re.search(r'data-numbers="(\d+)', host.get(f"/live/{live}/board").text)[1]
    paste = {"paste": f"{number}号 {PHONE} 包吃吗\n没头没尾"}
    first = host.post(f"/live/{live}/leads", data=paste, headers=PIECE).text
    again = host.post(f"/live/{live}/leads", data=paste, headers=PIECE).text
    assert "尾号 7788" in first
    assert "要追问 1" in first
    assert "已经记过，不再记" in again
    for (method, path), access in ACCESS.items():
        if method == "GET" and access.scope is ObjectScope.EVENT and path.startswith("/live") and "signals" not in path:
            page = host.get(path.replace("{event_id}", str(live)))
            assert page.status_code == 200, path
            assert PHONE not in page.text
            assert PHONE[:7] not in page.text
            assert "包吃吗" not in page.text
    assert PHONE not in first + again
    a_caller_reads_it_for_a_reason(caller)


def a_caller_reads_it_for_a_reason(caller: TestClient) -> None:
    page = caller.get("/desk/leads").text
    assert "尾号 <b>7788</b>" in page
    assert PHONE not in page
    lead_id = re.search(r'id="lead-(\d+)"', page)[1]
    assert caller.post(f"/desk/leads/{lead_id}/reveal", data={"reason": " "}, headers=PIECE).status_code == 422
    assert PHONE in caller.post(f"/desk/leads/{lead_id}/reveal", data={"reason": "回电"}, headers=PIECE).text
    done = caller.post(f"/desk/leads/{lead_id}/result", data={"state": "reached", "whose": "own"}, headers=PIECE)
    assert "跟进中 1" in done.text
    assert caller.post(f"/desk/leads/{lead_id}/result", data={"state": "new"}, headers=PIECE).status_code == 409


@pytest.mark.parametrize("role", [Role.HOST, Role.ORGANISER, Role.MANAGER, Role.EMPLOYER, Role.KIOSK_DEVICE])
def test_no_role_but_the_caseworker_opens_the_leads(office: Office, role: Role) -> None:
    assert office.signed_in(role).get("/desk/leads").status_code == 403


def test_a_livestream_is_entered_planned_and_ended(office: Office, host: TestClient) -> None:
    starts = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    form = {"name": "样例新直播", "starts_at": starts, "caller": ["bangfu", "bangfu2"]}
    console = host.post("/live", data=form).headers["location"]
    page = host.get(console).text
    assert "样例帮扶干部、样例帮扶干部二" in page
    event_id = int(console.rpartition("/")[2])
    assert host.post("/live", data=form | {"starts_at": "明天"}).status_code == 422
    assert host.post(f"{console}/callers", data={"caller": ["bangfu2"]}).headers["location"] == console
    plan = {"wishes": "搬运工 包吃\n保洁 长白班", "size": "2", "minutes": "20", "older": "0", "local": "0"}
    status, told = edit(office, host, event_id, "lineup", **plan)
    assert (status, "排了 2 个岗位" in told) == (200, True), told
    both = edit(office, host, event_id, "lineup", **(plan | {"registered": "true"}))
    assert (both[0], "选一样" in both[1]) == (422, True)
    assert host.post(f"{console}/state", data={"to": "running"}).headers["location"] == console
    assert host.post(f"{console}/state", data={"to": "closed"}).headers["location"] == f"{console}/funnel"
    assert "还没有线索" in host.get(f"{console}/funnel").text
    assert edit(office, host, event_id, "air", short_no=1)[0] == 409
    assert "样例新直播" in host.get("/live").text


def test_the_overlay_link_opens_the_overlay_alone(office: Office, host: TestClient, live: int) -> None:
    shown = html.unescape(host.post(f"/live/{live}/overlay-link", headers=PIECE).text)
    address = re.search(r'value="http://testserver(/live/\d+/overlay\?token=[^"]+)"', shown)[1]
    stranger = office.client()
    assert stranger.get(address).status_code == 303
    assert stranger.get(f"/live/{live}").headers["location"].startswith("/sign-in")
    assert "token=" not in host.get(f"/live/{live}").text


def test_signals_are_for_those_who_may_open_the_console(office: Office, live: int) -> None:
    assert office.client().get(f"/live/{live}/signals").status_code == 303
    assert office.signed_in(Role.CASEWORKER).get(f"/live/{live}/signals").status_code == 403
    assert office.signed_in(Role.HOST).get("/live/999999/signals").status_code == 404
