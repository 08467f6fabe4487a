"""Urgent requests and swaps over HTTP: a whole life, who may, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_service import API, Service
from httpx import Response

from matcher.domain.service_terms import ConsentPurpose
from matcher.services.installation import open_database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.workers import WorkerRepository
from tests.push_world import consent


def post(service: Service, path: str, body: Any = None, scope: str = "events") -> Response:
    return service.client.post(f"{API}{path}", json=body, headers=service.headers(scope))


def get(service: Service, path: str, scope: str = "events") -> Response:
    return service.client.get(f"{API}{path}", headers=service.headers(scope))


@pytest.fixture(scope="module")
def people(service: Service) -> list[str]:
    """Everybody of the sample county may be contacted and is free for a day."""
    database = open_database(service.config)
    with database.writing("test") as session:
        ids = [one.worker_id for one in WorkerRepository(session).all_active()]
        for worker_id in ids:
            if not ConsentRepository(session).is_live(worker_id, ConsentPurpose.CONTACT):
                ConsentRepository(session).grant(worker_id, consent(ConsentPurpose.CONTACT))
    database.close()
    until = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
    for worker_id in ids:
        assert post(service, "/instant/free", {"worker_id": worker_id, "until": until}).status_code == 204
    return ids


def asked(service: Service, **changes: Any) -> Response:
    body = {
        "words": "要2个搬运工 容城县 200元一天",
        "employer_name": "样例物流公司",
        "need_by": (datetime.now(UTC) + timedelta(hours=6)).isoformat(),
    }
    return post(service, "/instant/requests", body | changes)


def test_a_request_goes_from_words_to_people_at_work(service: Service, people: list[str]) -> None:
    opened = asked(service)
    assert opened.status_code == 201, opened.text
    number = opened.json()["request_id"]
    assert opened.json()["people"] == 2
    wave = post(service, f"/instant/requests/{number}/waves").json()
    assert wave["asked"], wave
    assert set(wave["asked"]) <= set(people)
    assert post(service, f"/instant/requests/{number}/waves").json()["asked"] == []
    first = wave["asked"][0]
    said = post(service, f"/instant/requests/{number}/answers", {"worker_id": first, "yes": True})
    assert said.json()["place"] == "expected"
    board = get(service, "/gigs/today").json()
    assert opened.json()["posting_id"] in {gig["posting_id"] for gig in board["gigs"]}
    came = {"worker_id": first, "side": "employer", "came": True}
    assert post(service, f"/instant/requests/{number}/arrivals", came).status_code == 200
    assert get(service, f"/instant/requests/{number}").json()["there"] == 1
    assert post(service, f"/instant/requests/{number}/close", {}).json()["missing"] == 1
    late = post(service, f"/instant/requests/{number}/answers", {"worker_id": wave["asked"][1], "yes": True})
    assert late.status_code == 409
    assert "关闭" in late.json()["detail"]


def test_what_is_missing_is_said_and_nothing_is_opened(service: Service) -> None:
    before = len(get(service, "/instant/requests").json())
    read = asked(service, employer_name="")
    assert read.status_code == 200
    assert read.json()["missing"] == ["谁家用人"]
    assert read.json()["request_id"] is None
    for changes in ({"people": 0}, {"people": 10_000}, {"need_by": "2020-01-01T00:00:00Z"}):
        assert asked(service, **changes).status_code == 422
    assert len(get(service, "/instant/requests").json()) == before


def test_the_same_words_twice_are_a_conflict(service: Service) -> None:
    moment = (datetime.now(UTC) + timedelta(hours=9)).isoformat()
    assert asked(service, need_by=moment).status_code == 201
    assert asked(service, need_by=moment).status_code == 409


def test_another_scope_is_refused_and_unknown_requests_are_not_found(service: Service) -> None:
    assert get(service, "/gigs/today", scope="match").status_code == 403
    assert get(service, "/instant/requests/999999").status_code == 404
    assert post(service, "/swaps/plans", scope="match").status_code == 403


def test_swaps_are_planned_and_need_the_agreement(service: Service) -> None:
    unknown = {"employer_id": "nobody", "direction": "surplus", "headcount": 3}
    assert post(service, "/swaps/balances", unknown).status_code == 404
    assert post(service, "/swaps/plans").json()["swaps"] == []
    assert post(service, "/swaps/1/state", {"state": "agreed"}).status_code == 404
    nowhere = get(service, "/swaps/out-of-town")  # this county has not said which places are its own
    assert nowhere.status_code == 422
    assert "区域包" in nowhere.json()["detail"]
    day = datetime.now(UTC).date().isoformat()
    assert post(service, "/swaps/buses", {"first": day, "last": day}).json() == []
    assert post(service, "/swaps/buses", {"first": day, "last": day, "sizes": [0]}).status_code == 422
