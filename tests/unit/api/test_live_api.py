"""Livestreams over HTTP: run-sheet, two hosts, answers, leads, the public pages and their links."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_service import API, Service
from httpx import Response

from matcher.delivery.live_links import KEY_PURPOSE, LiveLinks
from matcher.services.installation import open_database
from tests.live_world import job, put, take_down

PHONE = "13800001234"


def call(service: Service, method: str, path: str, body: Any = None, scope: str = "events") -> Response:
    return service.client.request(method, f"{API}/live{path}", json=body, headers=service.headers(scope))


@pytest.fixture(scope="module")
def live(service: Service) -> int:
    """A livestream of two made-up postings, numbered 1 and 2."""
    database = open_database(service.config)
    put(database, job("live1"), job("live2", pay=None), job("live3"))
    database.close()
    starts = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = call(service, "POST", "", {"name": "样例直播", "starts_at": starts, "callers": ["样例乙"]})
    assert made.status_code == 201, made.text
    event = int(made.json()["event_id"])
    for posting_id in ("live1", "live3"):
        body = {"version": version(service, event), "posting_id": posting_id}
        assert call(service, "POST", f"/{event}/items", body).status_code == 201
    return event


def version(service: Service, event: int) -> int:
    return int(call(service, "GET", f"/{event}").json()["version"])


def links(service: Service) -> tuple[LiveLinks, datetime]:
    database = open_database(service.config)
    key, now = database.keyring.derived_key(KEY_PURPOSE), database.clock.now()
    database.close()
    return LiveLinks(key, "https://jy.example.test"), now


def test_the_run_sheet_edits_and_two_hosts(service: Service, live: int) -> None:
    seen = version(service, live)
    assert call(service, "POST", f"/{live}/air", {"version": seen, "short_no": 1}).status_code == 200
    second = call(service, "POST", f"/{live}/air", {"version": seen, "short_no": 2})
    assert second.status_code == 409
    assert "刚被别人改过" in second.json()["detail"]
    sheet = call(service, "GET", f"/{live}/run-sheet").json()
    assert (sheet["on_air"], [item["short_no"] for item in sheet["items"]]) == (1, [1, 2])
    lacking = call(service, "POST", f"/{live}/items", {"version": version(service, live), "posting_id": "live2"})
    assert lacking.status_code == 409
    assert "没写基本报酬" in lacking.json()["detail"]
    moved = {"version": version(service, live), "short_no": 2, "place": 1}
    assert call(service, "POST", f"/{live}/move", moved).status_code == 200
    assert call(service, "GET", "/999/run-sheet").status_code == 404


def test_a_viewer_is_answered_and_an_injection_gets_an_empty_answer(service: Service, live: int) -> None:
    answer = call(service, "POST", f"/{live}/answer", {"text": "50岁能去吗 电焊工 长白班"}).json()
    assert answer["cards"][0]["short_no"] in (1, 2)
    assert {tick["sign"] for tick in answer["cards"][0]["ticks"]} == {"✓"}
    for text in ("🌸🌸", "<script>alert(1)</script>", "哈" * 20_000, ""):
        empty = call(service, "POST", "/answer", {"text": text})
        assert empty.status_code == 200
        assert empty.json()["cards"] == []
        assert empty.json()["why_empty"]
    assert call(service, "POST", "/answer", {"text": "哈" * 20_001}).status_code == 422


def test_leads_are_masked_and_repeated_ones_counted_once(service: Service, live: int) -> None:
    first = call(service, "POST", f"/{live}/leads", {"text": f"1号 {PHONE}\n没头没尾"}).json()
    assert [lead["phone"] for lead in first["new"]] == ["138****1234"]
    assert len(first["ask_back"]) == 1
    again = call(service, "POST", f"/{live}/leads", {"text": f"1号 +86 {PHONE}"}).json()
    assert (len(again["new"]), len(again["repeated"])) == (0, 1)
    listed = call(service, "GET", f"/{live}/leads?only_due=true")
    assert PHONE not in listed.text
    lead = listed.json()[0]["lead_id"]
    assert call(service, "POST", f"/{live}/leads/{lead}", {"state": "interview"}).json()["state"] == "interview"
    assert call(service, "POST", f"/{live}/leads/{lead}", {"state": "new"}).status_code == 409
    assert call(service, "POST", f"/{live}/leads/{lead}", {}).status_code == 422
    assert call(service, "GET", f"/{live}/funnel").json()["total"]["leads"] == 1


def test_planning_needs_wishes_and_says_what_it_found(service: Service, live: int) -> None:
    both = call(service, "POST", f"/{live}/lineup", {"version": 1})
    assert both.status_code == 422
    begun = {"version": version(service, live), "wishes": ["电焊工"], "size": 2, "minutes": 10}
    assert call(service, "POST", f"/{live}/lineup", begun).status_code == 409
    starts = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    other = call(service, "POST", "", {"name": "样例直播二", "starts_at": starts}).json()["event_id"]
    plan = call(service, "POST", f"/{other}/lineup", begun | {"version": version(service, other)})
    assert plan.status_code == 200, plan.text
    assert plan.json()["items"] == 2


def test_every_route_asks_for_the_scope(service: Service, live: int) -> None:
    for method, path in (("GET", f"/{live}/run-sheet"), ("GET", f"/{live}/signals"), ("POST", f"/{live}/leads")):
        assert call(service, method, path, {"text": "1号"}, scope="match").status_code == 403


def test_the_overlay_takes_the_token_out_of_the_address(service: Service, live: int) -> None:
    path = call(service, "POST", f"/{live}/overlay-link").json()["path"]
    first = service.client.get(path, follow_redirects=False)
    assert first.status_code == 303
    assert "token" not in first.headers["location"]
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    page = service.client.get(f"/live/{live}/overlay")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    seen = version(service, live)
    assert call(service, "POST", f"/{live}/air", {"version": seen, "short_no": 2}).status_code == 200
    card = service.client.get(f"/live/{live}/overlay/card")
    assert "样例电焊工" in card.text
    assert not re.search(r"1[3-9]\d{9}", card.text)
    database = open_database(service.config)
    take_down(database, "live3")
    database.close()
    assert service.client.get(f"/live/{live}/overlay/card").status_code == 204
    service.client.cookies.clear()


def test_links_of_another_kind_another_event_or_nobody_open_no_overlay(service: Service, live: int) -> None:
    made, now = links(service)
    for token in (
        made.form_token(live, 1, now=now),
        made.overlay_token(live + 1, now=now),
        made.overlay_token(live, now=now - timedelta(days=3)),
        made.overlay_token(live, now=now)[:-1] + "x",
        "nonsense",
    ):
        refused = service.client.get(f"/live/{live}/overlay?token={token}", follow_redirects=False)
        assert refused.status_code == 404
        assert "链接已失效" in refused.text
    assert service.client.get(f"/live/{live}/overlay/signals").status_code == 404
    assert service.client.get(f"/l/{made.overlay_token(live, now=now)}").status_code == 404


def test_the_form_takes_a_phone_and_answers_alike_for_one_it_knows(service: Service, live: int) -> None:
    made, now = links(service)
    path = f"/l/{made.form_token(live, 1, now=now)}"
    assert "样例电焊工" in service.client.get(path).text
    wrong = service.client.post(path, data={"phone": "138"})
    assert wrong.status_code == 422
    assert "11 位手机号" in wrong.text
    texts = {service.client.post(path, data={"phone": one}).text for one in (PHONE, "139 0000 5678")}
    assert len(texts) == 1
    asked = {"phone": "13700009012", "whose": "other", "question": "我妈问5号 13811112222 管饭不"}
    assert "机主" in service.client.post(path, data=asked).text
    listed = call(service, "GET", f"/{live}/leads").json()
    family = next(lead for lead in listed if lead["phone"].endswith("9012"))
    assert (family["owner_known"], family["short_no"]) == (False, 1)
    assert "13811112222" not in str(listed)


def test_the_form_is_sent_a_few_times_a_minute_only(service: Service, live: int) -> None:
    made, now = links(service)
    path = f"/l/{made.form_token(live, 2, now=now)}"
    codes = [service.client.post(path, data={"phone": f"1390000{n:04d}"}).status_code for n in range(8)]
    assert codes.count(429) == 2


def test_the_form_of_a_posting_that_is_gone_shows_none_of_its_words(service: Service, live: int) -> None:
    made, now = links(service)
    database = open_database(service.config)
    take_down(database, "live1")
    database.close()
    page = service.client.get(f"/l/{made.form_token(live, 1, now=now)}")
    assert page.status_code == 200
    assert "已经招满或撤下" in page.text
    assert "样例电焊工" not in page.text
