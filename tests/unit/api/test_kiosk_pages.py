"""The kiosk over HTTP: the way from the first question to a slip, and what it never says or keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from api_service import Service
from fastapi.testclient import TestClient
from httpx import Response

from api.accounts.csrf import token_for
from api.pages.kiosk import taking
from matcher.delivery.posting_links import KEY_PURPOSE, PostingLinks
from matcher.domain.posting_terms import PublishState
from matcher.domain.service_terms import Role
from matcher.services.accounts.devices import pair_device, pairing_code
from matcher.services.accounts.managing import create_account
from matcher.services.installation import open_database
from matcher.services.kiosk.inbox import NOTED
from matcher.services.kiosk.jobs import Jobs, Listed
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository

NUMBER = "13900007777"
STEPS = (
    "aim", "trade", "reach", "words", "all", "for-me", "more", "another", "slip", "phone", "phone/leave",
    "window", "code",
)  # fmt: skip


@dataclass
class Machine:
    """A paired kiosk as its browser uses it: it knows the open screen and no more."""

    service: Service
    client: TestClient
    session: str
    html: str = ""
    part: bool = True

    def open(self) -> str:
        self.html = self.client.get("/kiosk").text
        return self.html

    def post(self, action: str, **fields: str) -> Response:
        visit = re.search(r'name="visit" value="([^"]*)"', self.html)
        data = {"visit": visit[1] if visit else ""} | fields
        headers = {"X-CSRF-Token": token_for(self.session), "Sec-Fetch-Site": "same-origin"}
        if self.part:
            headers["X-Kiosk"] = "1"
        answer = self.client.post(f"/kiosk/{action}", data=data, headers=headers)
        self.html = answer.text
        return answer

    def tap(self, action: str, **fields: str) -> str:
        answer = self.post(action, **fields)
        assert answer.status_code == 200, answer.text
        return answer.text

    def to_jobs(self) -> str:
        self.open()
        self.tap("aim", aim="steady")
        self.tap("trade", trade="any")
        return self.tap("reach", reach="anywhere")

    def postings(self) -> list[str]:
        return re.findall(r'name="posting" value="([^"]+)">我要去', self.html)


@pytest.fixture(scope="module")
def session(service: Service) -> str:
    database = open_database(service.config)
    create_account(database, "kiosk-test", Role.KIOSK_DEVICE, actor="test", name="样例自助机")
    token = pair_device(database, pairing_code(database, "kiosk-test", actor="test")).token
    database.close()
    return token


@pytest.fixture
def machine(service: Service, session: str) -> Machine:
    client = TestClient(service.client.app, cookies={"matcher_session": session}, follow_redirects=False)
    return Machine(service, client, session)


def set_state(service: Service, posting_id: str, state: PublishState) -> None:
    database = open_database(service.config)
    with database.writing("test") as writing:
        PostingRepository(writing).set_states([posting_id], publish_state=state)
    database.close()


def test_four_taps_lead_to_a_slip(machine: Machine) -> None:
    assert "您想找什么活" in machine.open()
    assert "会干什么" in machine.tap("aim", aim="today")
    assert "最远走多久" in machine.tap("trade", trade="any")
    assert "我要去" in machine.tap("reach", reach="anywhere")
    wanted = machine.postings()
    assert len(wanted) == 3
    slip = machine.tap("slip", posting=wanted[0])
    assert "不交钱 · 不押证 · 有问题打12333" in slip
    assert "补打" not in slip
    assert "补打" in machine.tap("slip", posting=wanted[0])
    assert "补打" not in machine.tap("slip", posting=wanted[1])


def test_every_screen_offers_the_end_and_equal_ways_without_recommendation(machine: Machine) -> None:
    screens = [machine.open(), machine.tap("aim", aim="near"), machine.tap("trade", trade="any")]
    screens += [machine.tap("reach", reach="ride_30"), machine.tap("words"), machine.tap("code")]
    assert all('action="/kiosk/end"' in one for one in screens)
    for one in (screens[0], screens[1], screens[3]):
        assert "不按我的情况推荐，看全部" in one


def test_the_address_never_says_anything(machine: Machine) -> None:
    html = machine.open() + machine.to_jobs()
    assert set(re.findall(r'method="(\w+)"', html)) == {"post"}
    assert not re.search(r'(?:href|action)="[^"]*\?', html)


def test_nothing_may_be_stored_and_no_script_of_others_runs(machine: Machine) -> None:
    machine.open()
    answer = machine.post("aim", aim="today")
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert " style=" not in answer.text
    assert not re.search(r" on\w+=", answer.text)


def test_another_card_takes_the_place_of_the_one_that_was_passed(machine: Machine) -> None:
    machine.to_jobs()
    before = machine.postings()
    machine.tap("another", posting=before[1])
    after = machine.postings()
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] not in before
    machine.tap("more")
    assert not set(machine.postings()) & {*before, *after}


def test_a_list_runs_out_in_words_and_never_goes_blank(machine: Machine) -> None:
    machine.to_jobs()
    for _ in range(20):
        page = machine.tap("more")
    assert "都看完了" in page
    assert "有了打我电话" in page
    assert "窗口帮我" in page


def test_everything_is_the_same_for_whoever_asks(machine: Machine) -> None:
    machine.to_jobs()
    asked = machine.tap("all") and machine.postings()
    assert "按我说的推荐" in machine.html
    assert "和想找的活很像" not in machine.html
    machine.open()
    machine.tap("aim", aim="board")
    machine.tap("all")
    assert machine.postings() == asked
    assert "最远走多久" not in machine.tap("for-me")


def test_a_posting_that_has_gone_is_not_printed_and_its_card_gives_way(
    machine: Machine, service: Service
) -> None:
    machine.to_jobs()
    gone = machine.postings()[0]
    set_state(service, gone, PublishState.FILLED)
    try:
        page = machine.tap("slip", posting=gone)
        assert "这个活刚刚招满或撤下了，没有打印" in page
        assert 'class="paper' not in page
        assert gone not in machine.postings()
        assert len(machine.postings()) == 3
    finally:
        set_state(service, gone, PublishState.LIVE)


def test_words_of_ones_own_are_enough(machine: Machine) -> None:
    machine.open()
    assert "别人这样说" in machine.tap("words")
    page = machine.tap("words", words="会贴砖，日结")
    assert machine.postings()
    assert "会贴砖" not in page, "what was said is not on the screen of the jobs"
    assert "会贴砖，日结" in machine.tap("back", to="words")


def test_a_phone_is_kept_with_a_yes_only_and_never_shown_again(machine: Machine) -> None:
    machine.to_jobs()
    machine.tap("slip", posting=machine.postings()[0])
    asked = machine.tap("phone")
    assert asked.count('class="main" name="agreed"') == 2, "two equal buttons"
    assert 'data-idle="30"' in asked
    assert "没有留号码" in machine.tap("phone/leave", phone=NUMBER, agreed="no")
    machine.tap("phone")
    assert "11 位数字" in machine.tap("phone/leave", phone="1390000", agreed="yes")
    kept = machine.tap("phone/leave", phone=NUMBER, agreed="yes")
    assert "139****7777" in kept
    assert NUMBER not in kept
    database = open_database(machine.service.config)
    with database.reading() as reading:
        assert len(WorkerRepository(reading).find_by_phone(NUMBER)) == 1, "the no was a no"
    database.close()


def test_a_ticket_for_the_window_says_what_was_looked_for_and_nobody(machine: Machine) -> None:
    machine.to_jobs()
    ticket = machine.tap("window")
    assert "长期稳定" in ticket
    assert "窗口条" in ticket


def test_wrong_codes_run_out_of_attempts(machine: Machine) -> None:
    machine.open()
    machine.tap("code")
    for _ in range(5):
        assert "没有这个号码" in machine.tap("code", code="123456789012")
    refused = machine.post("code", code="123456789012")
    assert refused.status_code == 429
    assert "试得太多了" in refused.text


def test_going_to_a_posting_of_ones_letter_is_noted_and_told_and_to_another_is_not(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.to_jobs()
    first, second = machine.postings()[:2]
    noted: list[int] = []
    monkeypatch.setattr(taking, "_allowed", lambda here, what: True)
    monkeypatch.setattr(taking, "jobs_of_letter", lambda *_: Jobs((Listed(first, "", 71), Listed(second))))
    monkeypatch.setattr(taking, "want_to_go", lambda database, office, push: noted.append(push) or NOTED)
    machine.tap("code", code="123456789012")
    assert NOTED not in machine.tap("slip", posting=second)
    assert noted == []
    assert NOTED in machine.tap("slip", posting=first)
    assert noted == [71]
    machine.tap("all")
    assert NOTED not in machine.tap("slip", posting=machine.postings()[0])
    assert noted == [71], "the list of everybody is nobody's letter"


def test_after_the_end_the_visit_opens_nothing(machine: Machine) -> None:
    machine.to_jobs()
    old = machine.html
    assert "您想找什么活" in machine.tap("end")
    machine.html = old
    page = machine.tap("back", to="jobs")
    assert "您想找什么活" in page
    assert "我要去" not in page
    machine.html = old
    assert "时间到了，请从头选" in machine.tap("more")


@pytest.mark.parametrize("action", STEPS)
def test_without_a_visit_every_step_begins_again(machine: Machine, action: str) -> None:
    machine.html = ""
    assert "您想找什么活" in machine.tap(action)


@pytest.mark.parametrize(
    ("action", "fields"), [("aim", {"aim": "x"}), ("trade", {"trade": "<b>"}), ("back", {"to": "x"})]
)
def test_what_is_no_button_of_the_screen_is_refused(
    machine: Machine, action: str, fields: dict[str, str]
) -> None:
    machine.open()
    assert machine.post(action, **fields).status_code == 422


def test_a_page_without_script_gets_whole_pages(machine: Machine) -> None:
    machine.open()
    machine.part = False
    assert machine.tap("aim", aim="today").lstrip().startswith("<!doctype html>")
    machine.open()
    machine.part = True
    assert not machine.tap("aim", aim="today").lstrip().startswith("<!doctype html>")


def test_the_machine_tells_that_it_lives_and_keeps_public_jobs_alone(machine: Machine) -> None:
    machine.open()
    assert machine.post("beat").json() == {"here": True}
    board = machine.client.get("/kiosk/board").json()
    assert 0 < len(board["jobs"]) <= 12
    assert set(board["jobs"][0]) == {"title", "pay", "unit", "settlement", "employer", "place", "when"}
    assert re.fullmatch(r"\d\d:\d\d", board["clock"])
    worker = machine.client.get("/kiosk/worker.js")
    assert worker.headers["service-worker-allowed"] == "/kiosk"


def test_a_machine_that_is_not_paired_sees_nothing(service: Service) -> None:
    stranger = TestClient(service.client.app, follow_redirects=False)
    assert stranger.get("/kiosk").status_code == 303
    assert stranger.get("/kiosk/board").status_code == 303
    assert stranger.post("/kiosk/all", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_the_pages_weigh_little(machine: Machine, service: Service) -> None:
    parts = [machine.client.get(f"/static/{name}").text for name in ("kiosk.css", "kiosk.js", "tokens.css")]
    weight = sum(len(one.encode()) for one in (machine.open(), *parts))
    assert weight <= 150_000


def test_the_link_of_a_slip_is_public_and_made_up_ones_open_one_page(service: Service, machine: Machine) -> None:
    machine.to_jobs()
    wanted = machine.postings()[0]
    database = open_database(service.config)
    token = PostingLinks(database.keyring.derived_key(KEY_PURPOSE)).token(wanted, database.clock.now())
    database.close()
    public = TestClient(service.client.app)
    shown = public.get(f"/j/{token}")
    assert shown.status_code == 200
    assert "这个岗位还在招" in shown.text
    assert "script" not in shown.text
    dead = [public.get(f"/j/{one}") for one in ("x", "a.b.c", token[:-2] + "AA", "y" * 500)]
    assert {one.status_code for one in dead} == {404}
    assert len({one.text for one in dead}) == 1
    set_state(service, wanted, PublishState.WITHDRAWN)
    try:
        gone = public.get(f"/j/{token}")
        assert gone.status_code == 410
        assert "已经招满或撤下" in gone.text
    finally:
        set_state(service, wanted, PublishState.LIVE)


@pytest.mark.parametrize("name", ["kiosk.js", "kiosk-worker.js"])
def test_the_scripts_are_written_for_old_browsers(machine: Machine, name: str) -> None:
    script = machine.client.get(f"/static/{name}").text
    bare = re.sub(r"/\*.*?\*/|'(?:[^'\\\n]|\\.)*'", "''", script, flags=re.DOTALL)
    for newer in (r"=>", r"\blet\b", r"\bconst\b", r"\bclass\b", r"`", r"\?\.", r"\?\?", r"\basync\b", r"\.\.\."):
        assert not re.search(newer, bare), newer
